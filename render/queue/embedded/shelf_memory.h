/* SPDX-License-Identifier: ISC */
/* shelf_memory: records in memory, for tests. */
#ifndef PLACED_RENDER_QUEUE_EMBEDDED_SHELF_MEMORY_H
#define PLACED_RENDER_QUEUE_EMBEDDED_SHELF_MEMORY_H

#include "render/queue/embedded/shelf.h"

/* NULL with a reason in error. */
struct shelf *shelf_memory_create(char error[QUEUE_ERROR_BYTES]);

#endif
