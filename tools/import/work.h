/* SPDX-License-Identifier: ISC */
/*
 * work: the folder of an import: the sorted runs, and state.json, which says what they are and
 * where in which log the import began. It is written when the sorting is done and before the first
 * record is appended, each time whole (temporary file, rename). How far the appending has come is
 * not in it: the log itself says that.
 */
#ifndef PLACED_IMPORT_WORK_H
#define PLACED_IMPORT_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sorter.h"
#include "tally.h"

enum {
    WORK_ERROR_BYTES = 512,
    WORK_ID_BYTES = 32 + 1, /* 32 hexadecimal digits and a NUL */
    WORK_LOG_BYTES = 512,
};

struct work_state {
    char id[WORK_ID_BYTES]; /* of the import: its files and what is made of them */
    struct tally tally;
    int64_t first_ms, last_ms; /* times of the rows that have one; 0: none has */
    struct run runs[SORTER_FAN];
    size_t n_runs;

    char log[WORK_LOG_BYTES]; /* which log, or which server; "": none yet */
    uint64_t first;           /* offset of the first record; for a server: edits placed so far */
};

struct work;

/* Make the folder, or take up the one that is there; nobody else may be using it. NULL with a
 * reason in error. */
struct work *work_open(const char *folder, char error[WORK_ERROR_BYTES]);
void work_close(struct work *work); /* NULL is fine; leaves the folder */

const char *work_folder(const struct work *work);

/* 1 and the state; 0: there is none; -1 with a reason in error. */
int work_load(struct work *work, struct work_state *state, char error[WORK_ERROR_BYTES]);

/* 0, or -1 with a reason in error. */
int work_save(struct work *work, const struct work_state *state, char error[WORK_ERROR_BYTES]);

/* Remove our files; after that work_close also removes the folder if nothing else is in it. */
void work_clear(struct work *work);

#endif
