/* SPDX-License-Identifier: ISC */
/*
 * pixel: who painted a pixel: for everybody by names that tell nothing else, for moderators by
 * author ids and networks.
 */
#ifndef PLACED_API_PIXEL_H
#define PLACED_API_PIXEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http;

void pixel_get(struct http *http);

/* The pixel at x, y of the plane. For a moderator (staff) with at most `room` changes. */
struct pixel_wanted {
    int64_t x, y;
    size_t room;
    bool staff;
};

/* Answer it, later. */
void pixel_serve(struct http *http, struct pixel_wanted wanted);

#endif
