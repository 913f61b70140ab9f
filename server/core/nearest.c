/* SPDX-License-Identifier: ISC */
/* nearest: see nearest.h. */
#include "core/nearest.h"

#include "core/palette.h"

uint8_t nearest_colour(uint8_t red, uint8_t green, uint8_t blue)
{
    uint8_t best = 0;
    int best_distance = INT32_MAX;
    for (uint8_t i = 0; i < CANVAS_COLOURS; i++) {
        int r = palette[i].red - red, g = palette[i].green - green, b = palette[i].blue - blue;
        int distance = r * r + g * g + b * b;
        if (distance < best_distance) {
            best_distance = distance;
            best = i;
        }
    }
    return best;
}
