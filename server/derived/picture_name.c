/* SPDX-License-Identifier: ISC */
/* picture_name: see picture_name.h. */
#include "derived/picture_name.h"

enum { SHIFT = 1 << PICTURE_ZOOM_MAX }; /* a multiple of every 2^zoom that makes places positive */

/* The place of the tile that holds a canvas: floor(canvas / 2^zoom). */
static int tile_of(int canvas, unsigned zoom)
{
    return (int)((unsigned)(canvas + SHIFT) >> zoom) - (SHIFT >> zoom);
}

static bool in_range(int place, unsigned zoom)
{
    return place >= tile_of(POSITION_MIN, zoom) && place <= tile_of(POSITION_MAX, zoom);
}

bool picture_name_valid(struct picture_name name)
{
    if (name.zoom == PICTURE_OVERVIEW)
        return name.x == 0 && name.y == 0;
    return name.zoom <= PICTURE_ZOOM_MAX && in_range(name.x, name.zoom) &&
           in_range(name.y, name.zoom);
}

bool picture_name_equal(struct picture_name a, struct picture_name b)
{
    return a.zoom == b.zoom && a.x == b.x && a.y == b.y;
}

struct position picture_name_first(struct picture_name name)
{
    if (name.zoom == PICTURE_OVERVIEW)
        return (struct position){0, 0};
    int side = 1 << name.zoom;
    return (struct position){(int16_t)(name.x * side), (int16_t)(name.y * side)};
}

bool picture_name_holds(struct picture_name name, struct position position)
{
    if (name.zoom == PICTURE_OVERVIEW)
        return true;
    return tile_of(position.gx, name.zoom) == name.x && tile_of(position.gy, name.zoom) == name.y;
}
