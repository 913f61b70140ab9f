/* SPDX-License-Identifier: ISC */
/*
 * record_authors: who made single edits, looked up in the log's records by their offsets, and
 * remembered. Of one thread; blocks.
 */
#ifndef PLACED_MODERATION_RECORD_AUTHORS_H
#define PLACED_MODERATION_RECORD_AUTHORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/log.h"

struct record_authors;

/* An edit: number `index` in the record at `offset`. */
struct record_edit {
    uint64_t offset;
    uint32_t index;
    bool known; /* its author was found */
    uint64_t author;
};

struct recent_authors;

/* recent: what is known of the newest records, NULL: nothing. NULL when out of memory. */
struct record_authors *record_authors_create(struct log *log, struct recent_authors *recent);
void record_authors_destroy(struct record_authors *authors); /* NULL is fine */

/* Find the authors of n edits whose offsets do not grow (the newest first), until deadline_ms
 * (clock_now_ms) or *stop is set. */
void record_authors_find(struct record_authors *authors, struct record_edit *edits, size_t n,
                         int64_t deadline_ms, const volatile int *stop);

#endif
