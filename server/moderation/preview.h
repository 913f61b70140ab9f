/* SPDX-License-Identifier: ISC */
/* preview: a plan as a picture: what would change in the colour that it would get, the rest dimmed.
 */
#ifndef PLACED_MODERATION_PREVIEW_H
#define PLACED_MODERATION_PREVIEW_H

#include <stddef.h>
#include <stdint.h>

#include "moderation/plan.h"

enum { PREVIEW_SIDE = 4000 }; /* pixels; larger bounds are scaled down */

/* A PNG of the sealed plan's bounds, for free(). NULL when nothing would change, or without memory.
 */
uint8_t *preview_make(const struct plan *plan, size_t *len);

#endif
