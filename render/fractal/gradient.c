/* SPDX-License-Identifier: ISC */
/* gradient: the tables of colours, and the choice of those that a picture uses. */
#include "render/fractal/gradient.h"

#include <stdbool.h>
#include <string.h>

#include "core/palette.h"

enum {
    STOPS = 5,
    SPAN = GRADIENT_CYCLE / STOPS,
    CANVAS_BLACK = 3,
    CANVAS_STOPS = 15,
};

static const uint8_t stops[PICTURE_PALETTE_COUNT][STOPS][3] = {
    [PICTURE_PALETTE_fire] = {{0x1a, 0x05, 0x06},
                              {0x7a, 0x10, 0x08},
                              {0xd8, 0x43, 0x0b},
                              {0xf9, 0xa1, 0x1b},
                              {0xff, 0xf3, 0xb0}},
    [PICTURE_PALETTE_ocean] = {{0x04, 0x10, 0x2a},
                               {0x0b, 0x3a, 0x6b},
                               {0x15, 0x80, 0xa6},
                               {0x5f, 0xc9, 0xc9},
                               {0xe8, 0xfb, 0xf4}},
    [PICTURE_PALETTE_forest] = {{0x0b, 0x14, 0x08},
                                {0x1f, 0x4a, 0x1c},
                                {0x5a, 0x8a, 0x2a},
                                {0xb9, 0xc6, 0x5a},
                                {0xf4, 0xef, 0xc4}},
    [PICTURE_PALETTE_grey] = {{0x10, 0x10, 0x10},
                              {0x5a, 0x5a, 0x5a},
                              {0xa8, 0xa8, 0xa8},
                              {0xf4, 0xf4, 0xf4},
                              {0xa8, 0xa8, 0xa8}},
};

/* Round the colour circle, with the greys and browns between purple and blue. */
static const uint8_t canvas_stops[CANVAS_STOPS] = {13, 12, 11, 10, 9, 8,  6, 5,
                                                   4,  0,  1,  2,  7, 15, 14};

void gradient_make(struct gradient *gradient, enum picture_palette name)
{
    gradient->palette = name;
    memset(gradient->rgb, 0, sizeof gradient->rgb);
    for (int step = 0; step < GRADIENT_CYCLE && name != PICTURE_PALETTE_canvas; step++) {
        const uint8_t *from = stops[name][step / SPAN];
        const uint8_t *to = stops[name][(step / SPAN + 1) % STOPS];
        const int part = step % SPAN;
        for (int i = 0; i < 3; i++)
            gradient->rgb[step][i] =
                (uint8_t)((from[i] * (SPAN - part) + to[i] * part + SPAN / 2) / SPAN);
    }
}

static unsigned place(uint16_t step)
{
    return (step + GRADIENT_SHIFT) % GRADIENT_CYCLE;
}

static unsigned colour_canvas(const uint16_t *steps, size_t n, uint8_t *pixels, uint8_t *rgb)
{
    for (size_t i = 0; i < CANVAS_COLOURS; i++)
        memcpy(rgb + 3 * i, (const uint8_t[3]){palette[i].red, palette[i].green, palette[i].blue},
               3);
    for (size_t i = 0; i < n; i++)
        pixels[i] = steps[i] == 0 ? CANVAS_BLACK
                                  : canvas_stops[place(steps[i]) / (GRADIENT_CYCLE / CANVAS_STOPS)];
    return CANVAS_COLOURS;
}

/* So many steps share a colour, as a power of two, that those in use and the inside are few enough;
 * with four that is certain. */
static unsigned choose_sharing(const bool used[GRADIENT_CYCLE])
{
    for (unsigned sharing = 0;; sharing++) {
        bool shared[GRADIENT_CYCLE] = {false};
        unsigned colours = 1;
        for (unsigned i = 0; i < GRADIENT_CYCLE; i++) {
            colours += used[i] && !shared[i >> sharing];
            shared[i >> sharing] |= used[i];
        }
        if (colours <= GRADIENT_COLOURS)
            return sharing;
    }
}

unsigned gradient_colour(const struct gradient *gradient, const uint16_t *steps, size_t n,
                         uint8_t *pixels, uint8_t rgb[3 * GRADIENT_COLOURS])
{
    if (gradient->palette == PICTURE_PALETTE_canvas)
        return colour_canvas(steps, n, pixels, rgb);
    bool seen[ESCAPE_STEPS] = {false}, used[GRADIENT_CYCLE] = {false};
    for (size_t i = 0; i < n; i++)
        seen[steps[i]] = true;
    for (unsigned step = 1; step < ESCAPE_STEPS; step++)
        used[place((uint16_t)step)] |= seen[step];
    const unsigned sharing = choose_sharing(used);

    uint8_t number[GRADIENT_CYCLE] = {0}, colour_of[ESCAPE_STEPS] = {0};
    unsigned colours = 0;
    memset(rgb, 0, 3); /* the inside */
    for (unsigned i = 0, last = GRADIENT_CYCLE; i < GRADIENT_CYCLE; i++) {
        if (used[i] && i >> sharing != last) {
            last = i >> sharing;
            colours++;
            memcpy(rgb + 3 * (size_t)colours, gradient->rgb[last << sharing], 3);
        }
        number[i] = (uint8_t)colours;
    }
    for (unsigned step = 1; step < ESCAPE_STEPS; step++)
        colour_of[step] = number[place((uint16_t)step)];
    for (size_t i = 0; i < n; i++)
        pixels[i] = colour_of[steps[i]];
    return colours + 1;
}
