/* SPDX-License-Identifier: ISC */
/* lmdb_store: pictures in one file of a fixed size, out of which the oldest go. See store.h. */
#ifndef PLACED_RENDER_STORE_LMDB_STORE_H
#define PLACED_RENDER_STORE_LMDB_STORE_H

#include <stdint.h>

#include "render/store/store_ops.h"

#define LMDB_STORE_MIN_BYTES (UINT64_C(8) << 20)

/* bytes: of the file, at least LMDB_STORE_MIN_BYTES. A picture takes at most a quarter of it. */
struct store *lmdb_store_open(const char *dir, uint64_t bytes, char error[STORE_ERROR_BYTES]);

#endif
