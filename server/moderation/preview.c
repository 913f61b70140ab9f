/* SPDX-License-Identifier: ISC */
/*
 * preview: one byte a pixel, of a palette that has every colour twice. Scaled down, a pixel that
 * would change is seen before one that would not.
 */
#include "moderation/preview.h"

#include <stdlib.h>
#include <string.h>

#include "core/palette.h"
#include "derived/picture_png.h"

enum {
    CHANGES = CANVAS_COLOURS, /* added to the colour of a pixel that would change */
    BACKDROP = 96,            /* a grey that dimmed colours fade into */
};

static uint8_t dim(uint8_t part)
{
    return (uint8_t)((part + 3 * BACKDROP) / 4);
}

static void make_colours(struct picture_colour colours[PICTURE_LEVELS])
{
    memset(colours, 0, PICTURE_LEVELS * sizeof *colours);
    for (size_t i = 0; i < CANVAS_COLOURS; i++) {
        const struct colour *colour = &palette[i];
        colours[i] =
            (struct picture_colour){dim(colour->red), dim(colour->green), dim(colour->blue), 255};
        colours[CHANGES + i] =
            (struct picture_colour){colour->red, colour->green, colour->blue, 255};
    }
    for (size_t i = 2 * CANVAS_COLOURS; i < PICTURE_LEVELS; i++)
        colours[i].alpha = 255;
}

static uint8_t level_of(uint16_t pixel)
{
    return (uint8_t)(pixel & PLAN_PLANNED ? CHANGES + (pixel >> 4 & 0xf) : pixel & 0xf);
}

static void draw(const struct plan *plan, const struct plan_canvas *canvas, int64_t scale,
                 int64_t width, uint8_t *levels)
{
    const struct plan_bounds *bounds = &plan->bounds;
    int64_t left = (int64_t)canvas->position.gx * CANVAS_WIDTH - bounds->x;
    int64_t top = (int64_t)canvas->position.gy * CANVAS_HEIGHT - bounds->y;
    for (int64_t y = top < 0 ? -top : 0; y < CANVAS_HEIGHT && top + y < bounds->h; y++) {
        for (int64_t x = left < 0 ? -left : 0; x < CANVAS_WIDTH && left + x < bounds->w; x++) {
            uint8_t level = level_of(canvas->pixels[y << 10 | x]);
            uint8_t *into = &levels[(top + y) / scale * width + (left + x) / scale];
            if (level >= CHANGES || *into < CHANGES)
                *into = level;
        }
    }
}

uint8_t *preview_make(const struct plan *plan, size_t *len)
{
    const struct plan_bounds *bounds = &plan->bounds;
    if (bounds->w == 0)
        return NULL;
    int64_t longer = bounds->w > bounds->h ? bounds->w : bounds->h;
    int64_t scale = (longer + PREVIEW_SIDE - 1) / PREVIEW_SIDE;
    int64_t width = (bounds->w + scale - 1) / scale, height = (bounds->h + scale - 1) / scale;
    uint8_t *levels = calloc((size_t)(width * height), 1);
    if (!levels)
        return NULL;
    for (size_t i = 0; i < plan->n_canvases; i++)
        draw(plan, &plan->canvases[i], scale, width, levels);
    struct picture_colour colours[PICTURE_LEVELS];
    make_colours(colours);
    uint8_t *png = picture_encode_levels_area(levels, (uint32_t)width, (uint32_t)height, colours,
                                              NULL, 0, len);
    free(levels);
    return png;
}
