/* SPDX-License-Identifier: ISC */
/* merge: runs of rows, each in order of time, read as one. */
#ifndef PLACED_IMPORT_MERGE_H
#define PLACED_IMPORT_MERGE_H

#include <stddef.h>

#include "row.h"
#include "run.h"

struct merge;

/* The runs' order decides between equal times. memory bounds the buffers (a page each at least).
 * NULL with a reason in error. */
struct merge *merge_open(const char *folder, const struct run *runs, size_t n, size_t memory,
                         char error[RUN_ERROR_BYTES]);
void merge_close(struct merge *merge); /* NULL is fine */

/* 1 and the next row; 0 at the end, where the files are proved to be what was written; -1 with a
 * reason in error. */
int merge_next(struct merge *merge, struct row *row, char error[RUN_ERROR_BYTES]);

#endif
