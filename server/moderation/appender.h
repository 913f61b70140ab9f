/* SPDX-License-Identifier: ISC */
/*
 * appender: the edits of one action on their way into the log, cut into records, and what became of
 * them. One thread, which is not an event loop's.
 */
#ifndef PLACED_MODERATION_APPENDER_H
#define PLACED_MODERATION_APPENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "log/log.h"
#include "plane/canvases.h"
#include "plane/owners.h"

struct appender;

enum {
    APPENDER_FLIGHTS = 8,          /* records without outcome at a time, */
    APPENDER_RECORD_EDITS = 16384, /* of so many edits at most: together a quarter of what shards
                                      may have in flight, so that viewers keep up */
    APPENDER_UNKNOWN_MS = 12000,   /* how long a record without known outcome is waited for */
};

/* Who is told what did not get into the log. Embed it. */
struct appender_sink {
    void (*lost)(struct appender_sink *sink, struct position position, const uint8_t *edits,
                 size_t n);
};

/* action: the author of all edits. NULL when out of memory. */
struct appender *appender_create(struct log_writer *writer, struct owners *owners,
                                 struct canvases *canvases, uint64_t action,
                                 struct appender_sink *sink);
void appender_destroy(struct appender *appender); /* NULL is fine */

/* How many edits fit into the next record; 0: too many records have no outcome yet. */
size_t appender_room(struct appender *appender);

/* Give the log a record of n edits (3n bytes), 1 to appender_room. LOG_ACCEPTED, or why nothing was
 * taken. */
enum log_append appender_append(struct appender *appender, struct position position,
                                const uint8_t *edits, size_t n);

/* Tell the sink of what was lost; wait up to timeout_ms for an outcome when there is none yet.
 * Returns how many records have none. */
size_t appender_settle(struct appender *appender, int timeout_ms);

#endif
