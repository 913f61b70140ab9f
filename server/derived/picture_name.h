/* SPDX-License-Identifier: ISC */
/*
 * picture_name: what a picture shows: the 2^zoom x 2^zoom canvases from (x * 2^zoom, y * 2^zoom)
 * on. At zoom 0 that is the canvas (x, y). One more name is that of the overview. Pure.
 */
#ifndef PLACED_DERIVED_PICTURE_NAME_H
#define PLACED_DERIVED_PICTURE_NAME_H

#include <stdbool.h>

#include "core/position.h"

enum {
    PICTURE_ZOOM_MAX = 11,  /* one of these is a quarter of the largest plane */
    PICTURE_OVERVIEW = 255, /* no zoom: the one at (0, 0) that shows all; see overview.h */
};

struct picture_name {
    unsigned zoom;
    int x, y;
};

/* Can there be such a picture in any plane? */
bool picture_name_valid(struct picture_name name);

bool picture_name_equal(struct picture_name a, struct picture_name b);

/* The first of its canvases, (0, 0) of the overview. At zoom 11 it may lie outside of the plane. */
struct position picture_name_first(struct picture_name name);

/* Is the canvas one of those that it shows? */
bool picture_name_holds(struct picture_name name, struct position position);

#endif
