/* SPDX-License-Identifier: ISC */
/*
 * fuzz_canvas: any bytes as a log, folded by us and by a few naive lines.
 * Input: records of { u8 gap, u8 which headers, u8 length of each header, u8 value length, bytes }.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/canvas.h"
#include "core/checksum.h"

struct input {
    const uint8_t *at, *end;
};

static uint8_t take_byte(struct input *input)
{
    return input->at < input->end ? *input->at++ : 0;
}

static struct span take(struct input *input, size_t len)
{
    size_t left = (size_t)(input->end - input->at);
    struct span span = {input->at, len < left ? len : left};
    input->at += span.len;
    return span;
}

/* The rules of PROTOCOL.md in other words: returns the number of edits folded. */
static size_t naive_fold(uint8_t *pixels, struct span value)
{
    if (value.len % 3)
        return 0;
    for (size_t i = 0; i < value.len; i += 3)
        if ((value.data[i] | (value.data[i + 1] & 3) << 8) >= 1000 ||
            (value.data[i + 1] >> 2 | (value.data[i + 2] & 15) << 6) >= 1000)
            return 0;
    for (size_t i = 0; i < value.len; i += 3) {
        int x = value.data[i] | (value.data[i + 1] & 3) << 8;
        int y = value.data[i + 1] >> 2 | (value.data[i + 2] & 15) << 6;
        pixels[y * 1000 + x] = value.data[i + 2] >> 4;
    }
    return value.len / 3;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct canvas canvas;
    static uint8_t naive[CANVAS_PIXELS];
    canvas_init(&canvas);
    memset(naive, 0, sizeof naive);
    struct input input = {data, data + len};
    uint64_t offset = 0;
    while (input.at < input.end) {
        offset += take_byte(&input);
        uint8_t headers = take_byte(&input), header_len = take_byte(&input);
        struct record record = {.offset = offset, .time_ms = headers};
        record.value = take(&input, take_byte(&input));
        if (headers & 1)
            record.authors = take(&input, header_len);
        if (headers & 2)
            record.origin = take(&input, header_len);
        if (headers & 4)
            record.genesis = take(&input, header_len);
        struct origin origin;
        if (record_origin(&record, &origin) &&
            (record.origin.len != ORIGIN_BYTES || !record.origin.data))
            abort();
        struct anchor anchor = record_anchor(&record);
        if (canvas_fold(&canvas, &record) != naive_fold(naive, record.value) ||
            canvas.version != ++offset || !anchor_equal(&anchor, &canvas.anchor))
            abort();
    }
    if (memcmp(canvas.pixels, naive, sizeof naive) != 0 ||
        canvas.checksum != canvas_checksum(naive))
        abort();
    return 0;
}
