/* SPDX-License-Identifier: ISC */
/*
 * repair: puts a plan's repairs into the log while others go on painting, and heals what they have
 * lost by it: a repair that landed on top of a bystander's edit is followed by that edit's colour.
 * When it is done, every planned pixel shows its target, or what somebody has painted since.
 */
#ifndef PLACED_MODERATION_REPAIR_H
#define PLACED_MODERATION_REPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "moderation/appender.h"
#include "moderation/plan.h"
#include "moderation/scan.h"
#include "sys/metrics.h"

struct repair_config {
    struct plan *plan; /* sealed, and followed by the scan's sink */
    struct scan *scan; /* has read what is in the log */
    struct log_writer *writer;
    struct owners *owners;
    struct canvases *canvases;
    struct metrics *metrics;
    uint64_t action; /* also plan->ours[0] */
    uint32_t rate;   /* edits a second; 0: as fast as the log takes them */
    /* Set by another thread: nothing more is repaired; what has been is healed. */
    const volatile int *cancel;
    /* Set by another thread: leave at once. */
    const volatile int *quit;
};

enum repair_end {
    REPAIR_DONE,
    REPAIR_CANCELLED,
    REPAIR_QUIT,   /* bystanders may have lost pixels: the next repair of this plan heals them */
    REPAIR_FAILED, /* the same; the reason is in scan->error */
};

/* How it goes. */
struct repair_progress {
    uint64_t sent;   /* edits given to the log */
    uint64_t healed; /* of them, those that give back what bystanders had painted */
    bool paused;     /* the log cannot be written at the moment */
    /* It has changed, or some time has passed. */
    void (*changed)(struct repair_progress *progress);
};

/* The job's thread; blocks until it is over. */
enum repair_end repair_run(const struct repair_config *config, struct repair_progress *progress);

#endif
