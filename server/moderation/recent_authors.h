/* SPDX-License-Identifier: ISC */
/*
 * recent_authors: who made the edits of the newest records, in memory: what people ask about most
 * was painted a moment ago, and a look into a Kafka log takes long. A fold of the log; what it has
 * does not outlive the process.
 */
#ifndef PLACED_MODERATION_RECENT_AUTHORS_H
#define PLACED_MODERATION_RECENT_AUTHORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plane/fold.h"

struct recent_authors;

enum {
    RECENT_RECORDS = 1 << 17,       /* at most */
    RECENT_BYTES = 8 * 1024 * 1024, /* of their headers, at most */
};

struct recent_authors *recent_authors_create(void);         /* NULL when out of memory */
void recent_authors_destroy(struct recent_authors *recent); /* NULL is fine */

/* For the reader. */
struct fold *recent_authors_fold(struct recent_authors *recent);

/* Who made edit number `index` of the record at an offset? False: it is not one of the newest. Any
 * thread; a lock that is held for a few assignments. */
bool recent_authors_find(struct recent_authors *recent, uint64_t offset, uint32_t index,
                         uint64_t *author);

#endif
