/* SPDX-License-Identifier: ISC */
/*
 * fuzz_canvas: any bytes as a log, folded by us and by a few naive lines.
 * Input: records of { u8 gap, u8 which headers, u8 length of each header, u8 value length, bytes }.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/authors.h"
#include "core/canvas.h"
#include "core/checksum.h"

enum { SEEN = 0xff }; /* no colour */

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

/* The rules of PROTOCOL.md in other words, for the canvas at (0, 0): returns the number of edits of
 * any canvas. */
static size_t naive_fold(uint8_t *pixels, struct span value)
{
    if (value.len % 3 == 2 || value.len == 1)
        return 0;
    size_t begin = value.len % 3 == 1 ? 4 : 0;
    bool here = true;
    for (size_t i = 0; i < begin; i += 2) {
        int part = value.data[i] | value.data[i + 1] << 8;
        if (part >= 1024 && part < 65536 - 1024)
            return 0;
        here &= part == 0;
    }
    for (size_t i = begin; i < value.len; i += 3)
        if ((value.data[i] | (value.data[i + 1] & 3) << 8) >= 1000 ||
            (value.data[i + 1] >> 2 | (value.data[i + 2] & 15) << 6) >= 1000)
            return 0;
    for (size_t i = begin; here && i < value.len; i += 3) {
        int x = value.data[i] | (value.data[i + 1] & 3) << 8;
        int y = value.data[i + 1] >> 2 | (value.data[i + 2] & 15) << 6;
        pixels[y * 1000 + x] = value.data[i + 2] >> 4;
    }
    return (value.len - begin) / 3;
}

/* Our own way. */
static size_t fold(struct canvas *canvas, const struct record *record)
{
    struct record_edits edits = record_edits(record);
    if (edits.n > 0 && position_equal(edits.position, (struct position){0, 0}))
        canvas_apply(canvas, edits.edits, edits.n, record->offset + 1);
    return edits.n;
}

/* What a header of authors says, added up by another loop. */
static void check_authors(struct span header)
{
    size_t n = authors_count(header), sum = 0;
    uint64_t last = n ? authors_of(header, n - 1) : 0;
    for (size_t at = 1; n && at + 10 <= header.len; at += 10) {
        sum += header.data[at] + 256u * header.data[at + 1];
        if (at + 10 == header.len && header.data[at + 9] != last >> 56)
            abort();
    }
    if (sum != n)
        abort();
}

/* The canvases are equal. Only pixels that a value names can have changed, and looking at those
 * alone is a hundred times faster; one time in 64 look at all. */
static void compare(const struct canvas *canvas, uint8_t *naive, const uint8_t *data, size_t len)
{
    static unsigned runs;
    if (runs++ % 64 == 0 && (memcmp(canvas->pixels, naive, CANVAS_PIXELS) != 0 ||
                             canvas->checksum != canvas_checksum(naive)))
        abort();
    uint64_t sum = 0;
    for (size_t i = 0; i + 3 <= len; i++) {
        uint32_t x = edit_x(edit_load(data + i)), y = edit_y(edit_load(data + i));
        if (x >= CANVAS_WIDTH || y >= CANVAS_HEIGHT)
            continue;
        uint32_t pixel = y * CANVAS_WIDTH + x;
        if (canvas->pixels[pixel] != naive[pixel] && naive[pixel] != SEEN)
            abort();
        if (naive[pixel] != SEEN)
            sum ^= checksum_pixel(pixel, naive[pixel]);
        naive[pixel] = SEEN;
    }
    if (sum != canvas->checksum)
        abort();
}

/* Blank both again, as compare walked them. */
static void wipe(struct canvas *canvas, uint8_t *naive, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i + 3 <= len; i++) {
        uint32_t word = edit_load(data + i);
        if (edit_in_range(word))
            canvas->pixels[edit_y(word) * CANVAS_WIDTH + edit_x(word)] =
                naive[edit_y(word) * CANVAS_WIDTH + edit_x(word)] = 0;
    }
    memset(canvas, 0, offsetof(struct canvas, pixels));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct canvas canvas; /* both blank between the runs */
    static uint8_t naive[CANVAS_PIXELS];
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
        check_authors(record.authors);
        struct anchor anchor = record_anchor(&record);
        if (fold(&canvas, &record) != naive_fold(naive, record.value) || anchor.offset != offset++)
            abort();
    }
    compare(&canvas, naive, data, len);
    wipe(&canvas, naive, data, len);
    return 0;
}
