/* SPDX-License-Identifier: ISC */
/* stencil: see stencil.h. */
#include "render/image/stencil.h"

#include <stdlib.h>
#include <string.h>

#include "core/nearest.h"
#include "core/palette.h"
#include "derived/picture_png.h"

enum { CHANNELS = 3, SHARES = 16 }; /* an error is divided into 7, 3, 5 and 1 sixteenths */

static uint8_t clamped(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* One pixel, and its error onto the neighbours. now and below: errors in sixteenths for this row
 * and the next one, of this pixel's column; there is one more column at either side. forward: 1, or
 * -1 for rows that go from right to left. */
static uint8_t dither_pixel(const uint8_t *pixel, int *now, int *below, int forward)
{
    int wanted[CHANNELS];
    for (int c = 0; c < CHANNELS; c++)
        wanted[c] = clamped(pixel[c] + (now[c] + (now[c] < 0 ? -SHARES / 2 : SHARES / 2)) / SHARES);
    const uint8_t index =
        nearest_colour((uint8_t)wanted[0], (uint8_t)wanted[1], (uint8_t)wanted[2]);
    const int got[CHANNELS] = {palette[index].red, palette[index].green, palette[index].blue};
    for (int c = 0; c < CHANNELS; c++) {
        const int error = wanted[c] - got[c];
        now[c + forward * CHANNELS] += 7 * error;
        below[c - forward * CHANNELS] += 3 * error;
        below[c] += 5 * error;
        below[c + forward * CHANNELS] += error;
    }
    return index;
}

/* Every second row from right to left, so that errors do not all drift one way. Clear pixels take
 * the errors of their neighbours and pass none on: a picture does not bleed across a hole. */
static int map_dithered(const uint8_t *rgba, uint32_t width, uint32_t height, uint8_t *colours)
{
    const size_t row = ((size_t)width + 2) * CHANNELS;
    int *errors = calloc(2 * row, sizeof *errors);
    if (!errors)
        return -1;
    for (uint32_t y = 0; y < height; y++) {
        int *now = errors + row * (y % 2) + CHANNELS,
            *below = errors + row * ((y + 1) % 2) + CHANNELS;
        memset(below - CHANNELS, 0, row * sizeof *below);
        for (uint32_t i = 0; i < width; i++) {
            const size_t x = y % 2 ? width - 1 - i : i, at = (size_t)y * width + x;
            const uint8_t *pixel = rgba + 4 * at;
            colours[at] =
                pixel[3] < STENCIL_ALPHA_MIN
                    ? STENCIL_CLEAR
                    : dither_pixel(pixel, now + x * CHANNELS, below + x * CHANNELS, y % 2 ? -1 : 1);
        }
    }
    free(errors);
    return 0;
}

int stencil_map(const uint8_t *rgba, uint32_t width, uint32_t height, bool dither, uint8_t *colours)
{
    if (dither)
        return map_dithered(rgba, width, height, colours);
    for (size_t i = 0, n = (size_t)width * height; i < n; i++, rgba += 4)
        colours[i] =
            rgba[3] < STENCIL_ALPHA_MIN ? STENCIL_CLEAR : nearest_colour(rgba[0], rgba[1], rgba[2]);
    return 0;
}

uint8_t *stencil_png(const uint8_t *colours, uint32_t width, uint32_t height, size_t *len)
{
    if (!memchr(colours, STENCIL_CLEAR, (size_t)width * height))
        return picture_encode_area(colours, width, height, NULL, 0, len); /* half as large */
    struct picture_colour table[PICTURE_LEVELS] = {{0}};
    for (size_t i = 0; i < CANVAS_COLOURS; i++)
        table[i] = (struct picture_colour){palette[i].red, palette[i].green, palette[i].blue, 255};
    return picture_encode_levels_area(colours, width, height, table, NULL, 0, len);
}
