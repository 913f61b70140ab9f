/* SPDX-License-Identifier: ISC */
/* patch: what one frame has to store to follow another. Pure. */
#ifndef PLACED_TIMELAPSE_PATCH_H
#define PLACED_TIMELAPSE_PATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "rect.h"

enum { PATCH_KEEP = 16 }; /* among colours: what the frame before shows */

/* The smallest rectangle with an even corner, as WebP wants it, outside of which `now` is as
 * `before` was; empty when nothing changed. Both are `width` wide. Only `within` is looked at. */
struct rect patch_rect(const uint8_t *before, const uint8_t *now, uint32_t width,
                       struct rect within);

/* Fill `patch`, rect.width by rect.height colours, such that it makes `now` of `before`: with
 * PATCH_KEEP where nothing changed, or, when that breaks up the rows less, with all of `now`.
 * Returns whether PATCH_KEEP is in it. */
bool patch_fill(const uint8_t *before, const uint8_t *now, uint32_t width, struct rect rect,
                uint8_t *patch);

#endif
