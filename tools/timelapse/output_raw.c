/* SPDX-License-Identifier: ISC */
/* output_raw: see output_raw.h. The picture is kept as it is written, and only what changed in it
 * is made again. */
#include "output_raw.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/palette.h"

enum { PIXEL_BYTES = 3 };

struct raw {
    struct output output;
    uint8_t *pixels; /* of the picture that frame `at` shows */
    size_t len;
    uint64_t at; /* the first frame that is not written; UINT64_MAX: none has come */
};

static int write_all(struct raw *raw)
{
    for (size_t at = 0; at < raw->len;) {
        ssize_t n = write(STDOUT_FILENO, raw->pixels + at, raw->len - at);
        if (n < 0 && errno != EINTR) {
            snprintf(raw->output.error, OUTPUT_ERROR_BYTES, "standard output: %s", strerror(errno));
            return -1;
        }
        at += n > 0 ? (size_t)n : 0;
    }
    raw->output.bytes += raw->len;
    return 0;
}

/* The picture stays until before this frame. */
static int repeat_until(struct raw *raw, uint64_t frame)
{
    for (; raw->at < frame; raw->at++) {
        if (write_all(raw) != 0)
            return -1;
    }
    return 0;
}

static void draw(struct raw *raw, struct rect rect, const uint8_t *now)
{
    const struct output_config *config = &raw->output.config;
    size_t zoom = config->zoom, row_bytes = PIXEL_BYTES * zoom * config->width;
    for (size_t y = rect.y; y < (size_t)rect.y + rect.height; y++) {
        const uint8_t *colours = now + y * config->width + rect.x;
        uint8_t *row = raw->pixels + row_bytes * zoom * y + PIXEL_BYTES * zoom * rect.x;
        for (size_t x = 0; x < rect.width * zoom; x++) {
            const struct colour *colour = &palette[colours[x / zoom]];
            row[PIXEL_BYTES * x] = colour->red;
            row[PIXEL_BYTES * x + 1] = colour->green;
            row[PIXEL_BYTES * x + 2] = colour->blue;
        }
        for (size_t i = 1; i < zoom; i++)
            memcpy(row + row_bytes * i, row, PIXEL_BYTES * zoom * rect.width);
    }
}

static int raw_frame(struct output *output, uint64_t frame, struct rect rect, const uint8_t *before,
                     const uint8_t *now)
{
    struct raw *raw = (struct raw *)output;
    if (raw->at == UINT64_MAX)
        raw->at = frame;
    if (repeat_until(raw, frame) != 0)
        return -1;
    draw(raw, rect, now);
    output->images++;
    return 0;
}

static int raw_finish(struct output *output, uint64_t end, bool complete, uint32_t picture_crc)
{
    struct raw *raw = (struct raw *)output;
    if (raw->at == UINT64_MAX)
        return 0;
    if (complete)
        end += (uint64_t)output->config.hold_ms * output->config.fps / 1000;
    return repeat_until(raw, end);
}

static void raw_destroy(struct output *output)
{
    struct raw *raw = (struct raw *)output;
    free(raw->pixels);
    free(raw);
}

struct output *output_raw_create(const struct output_config *config, char error[OUTPUT_ERROR_BYTES])
{
    static const struct output_ops ops = {raw_frame, raw_finish, raw_destroy};
    struct raw *raw = calloc(1, sizeof *raw);
    if (raw) {
        raw->output = (struct output){.ops = &ops, .config = *config};
        raw->at = UINT64_MAX;
        raw->len =
            (size_t)PIXEL_BYTES * config->zoom * config->zoom * config->width * config->height;
        raw->pixels = malloc(raw->len);
        if (raw->pixels)
            return &raw->output;
        raw_destroy(&raw->output);
    }
    snprintf(error, OUTPUT_ERROR_BYTES, "out of memory");
    return NULL;
}
