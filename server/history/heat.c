/* SPDX-License-Identifier: ISC */
/* heat: see heat.h. */
#include "history/heat.h"

#include <math.h>
#include <string.h>

#include "core/bytes.h"

enum {
    EXACT = 64,    /* levels below are numbers */
    DOUBLING = 24, /* levels a doubling above */
    LEVEL_MAX = 255,
    NUMBERS = 16384, /* more than the least number of the highest level, 15,918 */
};

static inline void add(struct heat *heat, uint64_t word)
{
    size_t i = word & (HEAT_PIXELS - 1);
    if (++heat->low[i] == 0 && heat->high[i] < UINT8_MAX)
        heat->high[i]++;
}

void heat_add(struct heat *heat, const uint8_t *edits, size_t n)
{
    /* 8 edits are 3 words of 64 bits: a third of the time that it takes one by one. */
    for (; n >= 8; n -= 8, edits += 8 * EDIT_BYTES) {
        uint64_t a = load_u64(edits), b = load_u64(edits + 8), c = load_u64(edits + 16);
        add(heat, a);
        add(heat, a >> 24);
        add(heat, a >> 48 | b << 16);
        add(heat, b >> 8);
        add(heat, b >> 32);
        add(heat, b >> 56 | c << 8);
        add(heat, c >> 16);
        add(heat, c >> 40);
    }
    for (; n > 0; n--, edits += EDIT_BYTES)
        add(heat, edit_load(edits));
}

static uint8_t level_of(unsigned number)
{
    if (number < EXACT)
        return (uint8_t)number;
    /* Only powers of 2 are where the logarithm is a whole number, and there it is exact. */
    double level = EXACT + floor(DOUBLING * log2((double)number / EXACT));
    return level < LEVEL_MAX ? (uint8_t)level : LEVEL_MAX;
}

void heat_levels(const struct heat *heat, uint8_t levels[CANVAS_PIXELS])
{
    uint8_t of[NUMBERS];
    for (unsigned i = 0; i < NUMBERS; i++)
        of[i] = level_of(i);
    for (size_t y = 0; y < CANVAS_HEIGHT; y++) {
        const uint8_t *low = &heat->low[y << 10], *high = &heat->high[y << 10];
        for (size_t x = 0; x < CANVAS_WIDTH; x++) {
            unsigned number = low[x] | (unsigned)high[x] << 8;
            *levels++ = number < NUMBERS ? of[number] : LEVEL_MAX;
        }
    }
}

void heat_colours(struct picture_colour colours[PICTURE_LEVELS])
{
    /* Where the eye's lightness (CIE L*, 16 to 100) grows evenly with the level. */
    static const struct {
        int level, red, green, blue;
    } stops[] = {
        {1, 90, 0, 0},      {82, 200, 30, 0},    {127, 240, 90, 0},
        {162, 255, 140, 0}, {227, 255, 230, 60}, {255, 255, 255, 255},
    };
    memset(&colours[0], 0, sizeof colours[0]);
    for (size_t i = 0; i + 1 < sizeof stops / sizeof *stops; i++) {
        int span = stops[i + 1].level - stops[i].level;
        for (int at = 0; at <= span; at++)
            colours[stops[i].level + at] = (struct picture_colour){
                (uint8_t)(stops[i].red + (stops[i + 1].red - stops[i].red) * at / span),
                (uint8_t)(stops[i].green + (stops[i + 1].green - stops[i].green) * at / span),
                (uint8_t)(stops[i].blue + (stops[i + 1].blue - stops[i].blue) * at / span),
                255,
            };
    }
}
