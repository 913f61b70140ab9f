/* SPDX-License-Identifier: ISC */
/*
 * sorter: rows in any order become rows in order of time, those of one time in the order in which
 * they came. Memory is bounded: runs that fit are sorted and written to files, which are merged,
 * in several rounds when there are too many of them to be read at once.
 *
 * The files are in a folder; when sorting is done, at most SORTER_FAN of them are left.
 */
#ifndef PLACED_IMPORT_SORTER_H
#define PLACED_IMPORT_SORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "row.h"
#include "run.h"

enum {
    SORTER_FAN = 128, /* runs merged at once, at most */
    SORTER_MEMORY_MIN = 64 * 1024,
};

struct sorter;

/* folder must be there, and outlive it. memory in bytes. NULL with a reason in error. */
struct sorter *sorter_create(const char *folder, size_t memory, char error[RUN_ERROR_BYTES]);
void sorter_destroy(struct sorter *sorter); /* NULL is fine; leaves the files */

/* 0, or -1 with a reason in error. */
int sorter_add(struct sorter *sorter, const struct row *row, char error[RUN_ERROR_BYTES]);

/* All rows are added: write what is left, and merge until few runs remain, all of them on the disk
 * for good. *runs (their order is that of equal times) is the sorter's. stop may be asked to end it
 * early; then -1 with an empty error. */
int sorter_finish(struct sorter *sorter, bool (*stop)(void), const struct run **runs,
                  size_t *n_runs, char error[RUN_ERROR_BYTES]);

#endif
