/* SPDX-License-Identifier: ISC */
/* pixels: see pixels.h. */
#include "pixels.h"

#include <stdlib.h>
#include <string.h>

#include "core/edit.h"
#include "core/nearest.h"
#include "core/palette.h"

enum { OPAQUE_FROM = 128 };

int pixels_init(struct pixels *pixels, struct region region)
{
    size_t n = (size_t)region.width * region.height;
    *pixels = (struct pixels){.region = region, .colours = malloc(n)};
    if (!pixels->colours)
        return -1;
    memset(pixels->colours, PIXELS_LEFT, n);
    return 0;
}

void pixels_finish(struct pixels *pixels)
{
    free(pixels->colours);
    pixels->colours = NULL;
}

uint64_t pixels_from_picture(struct pixels *pixels, const struct rgba *picture)
{
    size_t n = (size_t)pixels->region.width * pixels->region.height;
    uint64_t other = 0;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *p = picture->pixels + 4 * i;
        if (p[3] < OPAQUE_FROM)
            continue;
        uint8_t colour = nearest_colour(p[0], p[1], p[2]);
        const struct colour *is = &palette[colour];
        other += is->red != p[0] || is->green != p[1] || is->blue != p[2];
        pixels->colours[i] = colour;
    }
    return other;
}

/* The part of the canvas that lies in the region, in pixels of the canvas: empty if left >= right.
 */
struct part {
    int32_t left, top, right, bottom;
};

static struct part part_of(const struct region *region, struct position canvas)
{
    int32_t x = region_left(region, canvas), y = region_top(region, canvas);
    int32_t right = (int32_t)region->width - x, bottom = (int32_t)region->height - y;
    return (struct part){
        .left = x < 0 ? -x : 0,
        .top = y < 0 ? -y : 0,
        .right = right < CANVAS_WIDTH ? right : CANVAS_WIDTH,
        .bottom = bottom < CANVAS_HEIGHT ? bottom : CANVAS_HEIGHT,
    };
}

static size_t index_of(const struct region *region, struct position canvas, int32_t x, int32_t y)
{
    return (size_t)(y + region_top(region, canvas)) * region->width +
           (size_t)(x + region_left(region, canvas));
}

void pixels_from_canvas(struct pixels *pixels, struct position canvas, const struct rgba *picture)
{
    struct part part = part_of(&pixels->region, canvas);
    for (int32_t y = part.top; y < part.bottom; y++) {
        for (int32_t x = part.left; x < part.right; x++) {
            const uint8_t *p = picture->pixels + 4 * ((size_t)y * CANVAS_WIDTH + (size_t)x);
            pixels->colours[index_of(&pixels->region, canvas, x, y)] =
                nearest_colour(p[0], p[1], p[2]);
        }
    }
}

uint64_t pixels_count(const struct pixels *pixels)
{
    size_t n = (size_t)pixels->region.width * pixels->region.height;
    uint64_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += pixels->colours[i] != PIXELS_LEFT;
    return count;
}

size_t pixels_edits(const struct pixels *pixels, struct position canvas, uint64_t *at,
                    uint8_t *edits, size_t n)
{
    struct part part = part_of(&pixels->region, canvas);
    if (part.left >= part.right || part.top >= part.bottom)
        return 0;
    uint64_t width = (uint64_t)(part.right - part.left);
    uint64_t all = width * (uint64_t)(part.bottom - part.top);
    size_t made = 0;
    for (; *at < all && made < n; ++*at) {
        int32_t x = part.left + (int32_t)(*at % width), y = part.top + (int32_t)(*at / width);
        uint8_t colour = pixels->colours[index_of(&pixels->region, canvas, x, y)];
        if (colour != PIXELS_LEFT)
            edit_store(edits + EDIT_BYTES * made++, edit_pack((uint32_t)x, (uint32_t)y, colour));
    }
    return made;
}
