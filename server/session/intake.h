/* SPDX-License-Identifier: ISC */
/*
 * intake: gathers the edits of one shard's sessions into batches for the log, and remembers who
 * waits for which batch until it has been read back (or refused). Bounded everywhere: what does not
 * fit is refused at once.
 *
 * From the shard's thread, but for intake_landed and intake_outcome.
 */
#ifndef PLACED_SESSION_INTAKE_H
#define PLACED_SESSION_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/message.h"
#include "log/log.h"
#include "plane/reducer.h"
#include "sys/env.h"
#include "sys/metrics.h"

struct intake;
struct shard;

/* Who sent a message: a session's slot and its generation (see shard.c), and the message's id. */
struct ticket {
    uint64_t handle;
    uint32_t id;
    uint32_t edits;
};

enum settled {
    SETTLED_PLACED,  /* in the log; visible at version */
    SETTLED_REFUSED, /* not in the log */
    SETTLED_UNKNOWN, /* nobody can say */
};

/* Who is told. Embed it. Called from intake_run, once a ticket, oldest first. */
struct intake_sink {
    void (*settled)(struct intake_sink *sink, const struct ticket *ticket, enum settled what,
                    enum refusal reason, uint64_t version);
};

struct intake_config {
    uint64_t batch_us;
    uint64_t unknown_us;
};

/* NULL when out of memory, or when the reducer knows too many intakes. wake: see shard_notify. */
struct intake *intake_create(struct env *env, struct log_writer *writer, struct reducer *reducer,
                             struct metrics *metrics, struct intake_config config,
                             struct intake_sink *sink, struct shard *shard);
void intake_destroy(struct intake *intake); /* NULL is fine */

/* Take n edits (in range, 3n bytes, n <= EDITS_PER_MESSAGE). True: the sink will hear of the
 * ticket. False: not taken, and *reason says why. */
bool intake_add(struct intake *intake, const struct ticket *ticket, const uint8_t *edits,
                enum refusal *reason);

/* Settle what has come back, then flush the gathered edits if that is due. Returns when it wants to
 * be called next (UINT64_MAX: when something happens). */
uint64_t intake_run(struct intake *intake);

/* Refuse what comes from now on; what was gathered is flushed by the next intake_run at once. */
void intake_close(struct intake *intake);

/* Is nothing gathered and nothing in flight? */
bool intake_idle(const struct intake *intake);

/* Is origin one of ours? Any thread. */
bool intake_owns(const struct intake *intake, struct origin origin);

/* Our batch was read from the log; the canvas is at version with it. Reader's thread. */
void intake_landed(struct intake *intake, uint64_t batch, uint64_t version);

/* The log told a batch's outcome. Any thread. */
void intake_outcome(struct intake *intake, uint64_t batch, enum log_outcome outcome);

#endif
