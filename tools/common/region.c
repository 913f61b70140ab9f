/* SPDX-License-Identifier: ISC */
/* region: see region.h. */
#include "region.h"

#include <string.h>

#include "core/decimal.h"

/* One of the four numbers, which ends at `end`; *text is then behind it. */
static bool take(const char **text, char end, int64_t min, int64_t max, int64_t *value)
{
    const char *stop = strchr(*text, end);
    if (!stop || !decimal_parse_canonical(*text, (size_t)(stop - *text), min, max, value))
        return false;
    *text = stop + (end != '\0');
    return true;
}

bool region_parse(const char *text, struct region *region)
{
    int64_t x, y, width, height;
    if (!take(&text, ',', REGION_MIN, REGION_END - 1, &x) ||
        !take(&text, ',', REGION_MIN, REGION_END - 1, &y) ||
        !take(&text, ',', 1, REGION_END - x, &width) ||
        !take(&text, '\0', 1, REGION_END - y, &height))
        return false;
    *region = (struct region){(int32_t)x, (int32_t)y, (uint32_t)width, (uint32_t)height};
    return true;
}

/* The canvas of a pixel that is on the plane. */
static struct position canvas_of(int64_t x, int64_t y)
{
    struct position canvas = {0, 0};
    uint32_t in_x, in_y;
    position_of_pixel(x, y, CANVAS_WIDTH, &canvas, &in_x, &in_y);
    return canvas;
}

void region_canvases(const struct region *region, struct position *first, struct position *last)
{
    *first = canvas_of(region->x, region->y);
    *last =
        canvas_of((int64_t)region->x + region->width - 1, (int64_t)region->y + region->height - 1);
}

struct region region_with(struct region region, struct position canvas)
{
    int64_t left = canvas.gx * CANVAS_WIDTH, top = canvas.gy * CANVAS_HEIGHT;
    int64_t right = left + CANVAS_WIDTH, bottom = top + CANVAS_HEIGHT;
    if (region.width > 0) {
        int64_t its_right = (int64_t)region.x + region.width;
        int64_t its_bottom = (int64_t)region.y + region.height;
        left = region.x < left ? region.x : left;
        top = region.y < top ? region.y : top;
        right = its_right > right ? its_right : right;
        bottom = its_bottom > bottom ? its_bottom : bottom;
    }
    return (struct region){(int32_t)left, (int32_t)top, (uint32_t)(right - left),
                           (uint32_t)(bottom - top)};
}

size_t region_count(const struct region *region, struct position canvas, const uint8_t *edits,
                    size_t n)
{
    int64_t left = region_left(region, canvas), top = region_top(region, canvas);
    if (left >= 0 && top >= 0 && left + CANVAS_WIDTH <= region->width &&
        top + CANVAS_HEIGHT <= region->height)
        return n; /* the usual case: the whole canvas */
    size_t inside = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t word = edit_load(edits + EDIT_BYTES * i);
        int64_t x = left + edit_x(word), y = top + edit_y(word);
        inside += x >= 0 && y >= 0 && x < region->width && y < region->height;
    }
    return inside;
}
