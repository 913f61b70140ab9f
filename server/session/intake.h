/* SPDX-License-Identifier: ISC */
/*
 * intake: gathers the edits of one shard's sessions into batches for the log, one canvas a batch,
 * and remembers who waits for which batch until it has been read back (or refused). Bounded
 * everywhere: what does not fit is refused at once. Shard's thread.
 */
#ifndef PLACED_SESSION_INTAKE_H
#define PLACED_SESSION_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/message.h"
#include "log/log.h"
#include "plane/canvases.h"
#include "plane/owners.h"
#include "rules/rules.h"
#include "session/gathering.h"
#include "sys/env.h"
#include "sys/metrics.h"

struct intake;

enum settled {
    SETTLED_PLACED,  /* in the log; visible at version */
    SETTLED_REFUSED, /* not in the log */
    SETTLED_UNKNOWN, /* nobody can say */
};

/* Who is told. Embed it. */
struct intake_sink {
    /* From intake_run, once a ticket; those of one canvas oldest first. */
    void (*settled)(struct intake_sink *sink, const struct ticket *ticket, enum settled what,
                    enum refusal reason, uint64_t version);
    /* intake_run has something to settle. Any thread; must be quick. */
    void (*ready)(struct intake_sink *sink);
};

struct intake_config {
    uint64_t batch_us;   /* how long the edits of a canvas are gathered */
    uint64_t unknown_us; /* how long an unknown outcome is waited for */
};

/* NULL when out of memory. */
struct intake *intake_create(struct env *env, struct log_writer *writer, struct canvases *canvases,
                             struct owners *owners, struct rules *rules, struct metrics *metrics,
                             struct intake_config config, struct intake_sink *sink);
void intake_destroy(struct intake *intake); /* NULL is fine */

/* Take a visitor's n edits of a canvas (in range, 3n bytes, n <= EDITS_PER_MESSAGE), if the rules
 * let it make them. True: the sink will hear of the ticket, whose reservation is made here. False:
 * not taken, and *verdict says why. */
bool intake_add(struct intake *intake, struct canvas_place *place, const struct visitor *visitor,
                struct ticket *ticket, const uint8_t *edits, struct verdict *verdict);

/* Settle what has come back, then give to the log what is due. Returns when it wants to be called
 * next (UINT64_MAX: when something happens). */
uint64_t intake_run(struct intake *intake);

/* Refuse what comes from now on; what was gathered is given to the log by the next intake_run. */
void intake_close(struct intake *intake);

/* Is nothing gathered and nothing in flight? */
bool intake_idle(const struct intake *intake);

#endif
