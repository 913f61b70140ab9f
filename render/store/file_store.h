/* SPDX-License-Identifier: ISC */
/* file_store: pictures as files, so that nginx can serve them by itself. See store.h. */
#ifndef PLACED_RENDER_STORE_FILE_STORE_H
#define PLACED_RENDER_STORE_FILE_STORE_H

#include "render/store/store_ops.h"

struct store *file_store_open(const char *dir, char error[STORE_ERROR_BYTES]);

#endif
