/* SPDX-License-Identifier: ISC */
/*
 * store_name: which names a store takes. Whoever calls a store has checked the name by its meaning
 * (picture.h); that a name cannot lead out of the store's folder is checked here again, where it
 * would do harm. Pure.
 */
#ifndef PLACED_RENDER_STORE_STORE_NAME_H
#define PLACED_RENDER_STORE_STORE_NAME_H

#include <stdbool.h>

enum { STORE_NAME_PARTS = 8 };

/* A path of 2 to 8 parts, each of the characters a-z A-Z 0-9 , . @ - _ and none beginning with a
 * dot, shorter than PICTURE_NAME_BYTES. */
bool store_name_good(const char *name);

#endif
