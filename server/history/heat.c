/* SPDX-License-Identifier: ISC */
/* heat: see heat.h. */
#include "history/heat.h"

#include <math.h>
#include <string.h>

enum {
    EXACT = 64,    /* levels below are numbers */
    DOUBLING = 24, /* levels a doubling above */
    LEVEL_MAX = 255,
    NUMBERS = 16384, /* more than the least number of the highest level, 15,918 */
};

void heat_add(struct heat *heat, const uint8_t *edits, size_t n)
{
    for (const uint8_t *end = edits + n * EDIT_BYTES; edits < end; edits += EDIT_BYTES) {
        uint16_t *number = &heat->numbers[edit_load(edits) & 0xfffff];
        *number = (uint16_t)(*number + (*number != UINT16_MAX));
    }
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
        const uint16_t *row = &heat->numbers[y << 10];
        for (size_t x = 0; x < CANVAS_WIDTH; x++)
            *levels++ = row[x] < NUMBERS ? of[row[x]] : LEVEL_MAX;
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
