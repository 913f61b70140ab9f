/* SPDX-License-Identifier: ISC */
/*
 * load: a canvas's history from its files, as far as they are whole, of this log, and proved. What
 * lies beyond is removed, so that the files can be gone on with.
 */
#ifndef PLACED_HISTORY_LOAD_H
#define PLACED_HISTORY_LOAD_H

#include "history/disk.h"
#include "history/shelf.h"

enum {
    LOAD_ERROR_BYTES = DISK_PATH_BYTES + 128,
};

/* The shelf of a canvas with all records below offset `read` that its files still hold without a
 * gap. NULL with a reason in error when memory or the disk is in the way; damage is none: it ends
 * what is loaded. Missing keyframes are made. It takes as long as reading all of them does, and
 * fails early when *stop is set. */
struct shelf *load_canvas(const struct disk *disk, struct position position, uint64_t read,
                          const volatile int *stop, char error[LOAD_ERROR_BYTES]);

#endif
