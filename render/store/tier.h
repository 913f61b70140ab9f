/* SPDX-License-Identifier: ISC */
/* tier: one store before another: read through with a copy into the cache, written to both. See
 * store.h. */
#ifndef PLACED_RENDER_STORE_TIER_H
#define PLACED_RENDER_STORE_TIER_H

#include "render/store/store_ops.h"

struct store *tier_open(struct store *cache, struct store *main, char error[STORE_ERROR_BYTES]);

#endif
