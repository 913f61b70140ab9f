/* SPDX-License-Identifier: ISC */
/*
 * owners: by header `o` a server knows the records that it appended itself. Whoever appends
 * registers here and is told when a batch of its own has been read back, and what the log said of
 * it.
 */
#ifndef PLACED_PLANE_OWNERS_H
#define PLACED_PLANE_OWNERS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/record.h"
#include "log/log.h"
#include "plane/fold.h"

struct owners;

/* Somebody who appends. Embed it. The callbacks must be quick and must not call owners. */
struct batch_owner {
    uint64_t nonce; /* of all its batches */
    /* The batch was read back; it ends at version and shows in its canvas. Reader's thread. */
    void (*landed)(struct batch_owner *owner, uint64_t batch, uint64_t version);
    /* Some have landed, and no more are there at the moment. Reader's thread. */
    void (*delivered)(struct batch_owner *owner);
    /* The log told the batch's outcome. Any thread. */
    void (*outcome)(struct batch_owner *owner, uint64_t batch, enum log_outcome outcome);
    bool has_landed; /* since delivered was called */
    struct batch_owner *next;
};

struct owners *owners_create(void);         /* NULL when out of memory */
void owners_destroy(struct owners *owners); /* no owner is left. NULL is fine */

/* For the reader, after the canvases' fold: who hears of a batch finds it in the canvas. */
struct fold *owners_fold(struct owners *owners);

/* For log_writer_create. */
struct log_outcomes *owners_outcomes(struct owners *owners);

/* Any thread. After owners_remove nothing is told any more. */
void owners_add(struct owners *owners, struct batch_owner *owner);
void owners_remove(struct owners *owners, struct batch_owner *owner);

#endif
