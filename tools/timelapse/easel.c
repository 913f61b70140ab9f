/* SPDX-License-Identifier: ISC */
/* easel: see easel.h. */
#include "easel.h"

#include <stdlib.h>

int easel_init(struct easel *easel, const struct region *region, uint32_t shrink)
{
    *easel = (struct easel){.region = *region};
    easel->pixels = calloc((size_t)region->width * region->height, 1);
    if (!easel->pixels)
        return -1;
    if (shrink > 1 && cells_init(&easel->cells, shrink, region->width, region->height) != 0) {
        easel_finish(easel);
        return -1;
    }
    return 0;
}

void easel_finish(struct easel *easel)
{
    free(easel->pixels);
    cells_finish(&easel->cells);
    *easel = (struct easel){0};
}

static void paint(struct easel *easel, uint32_t x, uint32_t y, uint8_t colour)
{
    uint8_t *pixel = easel->pixels + (size_t)y * easel->region.width + x;
    if (*pixel == colour)
        return;
    *pixel = colour;
    if (easel->cells.side > 0)
        cells_mark(&easel->cells, x, y);
    else
        easel->touched = rect_with(easel->touched, x, y);
}

size_t easel_paint(struct easel *easel, struct position canvas, const uint8_t *edits, size_t n,
                   uint64_t limit, uint64_t *inside)
{
    int64_t left = region_left(&easel->region, canvas), top = region_top(&easel->region, canvas);
    *inside = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t word = edit_load(edits + EDIT_BYTES * i);
        int64_t x = left + edit_x(word), y = top + edit_y(word);
        if (x < 0 || y < 0 || x >= easel->region.width || y >= easel->region.height)
            continue;
        if (*inside == limit)
            return i;
        ++*inside;
        paint(easel, (uint32_t)x, (uint32_t)y, (uint8_t)edit_colour(word));
    }
    return n;
}

struct picture easel_picture(struct easel *easel)
{
    const struct region *region = &easel->region;
    struct cells *cells = &easel->cells;
    if (cells->side > 0)
        return (struct picture){
            .touched = cells_update(cells, easel->pixels, region->width, region->height),
            .pixels = cells->colours,
            .width = cells->width,
            .height = cells->height};
    struct picture picture = {easel->pixels, region->width, region->height, easel->touched};
    easel->touched = (struct rect){0};
    return picture;
}
