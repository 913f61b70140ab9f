/* SPDX-License-Identifier: ISC */
/* canvas: the fold. */
#include "core/canvas.h"

#include <string.h>

#include "core/checksum.h"

void canvas_init(struct canvas *canvas)
{
    memset(canvas, 0, sizeof *canvas);
}

size_t canvas_fold(struct canvas *canvas, const struct record *record)
{
    if (!canvas->has_genesis && record->genesis.data && record->genesis.len == GENESIS_BYTES) {
        canvas->has_genesis = true;
        memcpy(canvas->genesis, record->genesis.data, GENESIS_BYTES);
    }
    size_t n = record_edits(record);
    uint64_t sum = canvas->checksum;
    for (size_t i = 0; i < n; i++) {
        uint32_t word = edit_load(record->value.data + EDIT_BYTES * i);
        uint32_t pixel = edit_y(word) * CANVAS_WIDTH + edit_x(word);
        sum ^= checksum_pixel(pixel, canvas->pixels[pixel]);
        sum ^= checksum_pixel(pixel, edit_colour(word));
        canvas->pixels[pixel] = (uint8_t)edit_colour(word);
    }
    canvas->checksum = sum;
    canvas->anchor = record_anchor(record);
    canvas->version = record->offset + 1;
    return n;
}

uint64_t canvas_checksum(const uint8_t pixels[CANVAS_PIXELS])
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < CANVAS_PIXELS; i++)
        sum ^= checksum_pixel(i, pixels[i]);
    return sum;
}
