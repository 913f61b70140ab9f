/* SPDX-License-Identifier: ISC */
/*
 * shape: the detector of many who draw one thing together: at least so many authors, who draw next
 * to nothing elsewhere, paint one cell of 64 x 64 pixels within a minute in the same one or two
 * colours.
 */
#ifndef PLACED_MODERATION_SHAPE_H
#define PLACED_MODERATION_SHAPE_H

#include "moderation/detector.h"

enum {
    SHAPE_WINDOW_MS = 60 * 1000,
    SHAPE_ELSEWHERE = 10, /* edits of an author elsewhere at most */
};

/* NULL when out of memory. */
struct detector *shape_create(void);

#endif
