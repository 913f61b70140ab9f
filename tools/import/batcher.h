/* SPDX-License-Identifier: ISC */
/*
 * batcher: rows in order of time become records. The edits of one second and one canvas are a
 * record, or several when there are many; so no record mixes times far apart, and those of each
 * canvas keep their order. The same rows make the same records always: that is what resuming
 * rests on.
 */
#ifndef PLACED_IMPORT_BATCHER_H
#define PLACED_IMPORT_BATCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/record.h"
#include "row.h"

enum { BATCHER_EDITS_MAX = 65535 };

/* What one record is to hold. It lives until the next call. */
struct batch {
    struct position position;
    struct span value;    /* as the log has it */
    struct span authors;  /* header a; data is NULL without authors */
    const uint8_t *edits; /* in value */
    size_t n;
    int64_t time_ms; /* of its last edit */
};

/* Who is given the batches, in order. Not 0: it cannot go on. */
struct batches {
    int (*batch)(struct batches *batches, const struct batch *batch);
};

struct batcher;

/* At most `edits` a batch, 1 to BATCHER_EDITS_MAX; whole: as many as that, from whatever seconds,
 * for whom times do not matter. NULL when out of memory. */
struct batcher *batcher_create(size_t edits, bool authors, bool whole, struct batches *batches);
void batcher_destroy(struct batcher *batcher); /* NULL is fine */

/* 0; -1 when out of memory; else what batches said. */
int batcher_add(struct batcher *batcher, const struct row *row);

/* The rows have come to an end. */
int batcher_finish(struct batcher *batcher);

#endif
