/* SPDX-License-Identifier: ISC */
/*
 * fold: something that is computed from the log's records alone. It says from which offset it needs
 * them and gets each one once, in order, from the reader's thread.
 */
#ifndef PLACED_PLANE_FOLD_H
#define PLACED_PLANE_FOLD_H

#include <stdint.h>

#include "core/record.h"

struct fold;

enum { FOLD_ERROR_BYTES = 256 };

/* A record, and what every fold would otherwise find out by itself. */
struct fold_record {
    const struct record *record;
    struct record_edits edits;
    struct anchor anchor;
};

struct fold_ops {
    /* One record, at or after fold->from. 0, or -1 with a message in error: the reader stops. */
    int (*record)(struct fold *fold, const struct fold_record *record,
                  char error[FOLD_ERROR_BYTES]);
    /* Several records have been given, no more are there at the moment. NULL is fine. */
    void (*delivered)(struct fold *fold);
    /* All that was in the log at the start has been given; what comes now is new. NULL is fine. */
    void (*live)(struct fold *fold);
};

/* Embed it. */
struct fold {
    const struct fold_ops *ops;
    /* The offset from which records are needed; the reader moves it on with each record. FOLD_LIVE:
     * only what is new. */
    uint64_t from;
};

#define FOLD_LIVE UINT64_MAX

#endif
