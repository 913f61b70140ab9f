/* SPDX-License-Identifier: ISC */
/*
 * detector: a rule that watches edits and says what looks like a raid; it never acts. A fold over
 * samples in the order of the log, in bounded memory, so that it gives the same for what happens
 * now and for last week. Not for several threads.
 */
#ifndef PLACED_MODERATION_DETECTOR_H
#define PLACED_MODERATION_DETECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "moderation/sample.h"
#include "moderation/suspects.h"

struct detector;

struct detector_ops {
    void (*take)(struct detector *detector, const struct sample *sample);
    void (*destroy)(struct detector *detector);
};

/* Each rule embeds it. */
struct detector {
    const struct detector_ops *ops;
    int rule;
    uint32_t threshold;        /* at least so much is found */
    struct suspects *suspects; /* that it finds */
};

static inline void detector_take(struct detector *detector, const struct sample *sample)
{
    detector->ops->take(detector, sample);
}

static inline void detector_destroy(struct detector *detector) /* NULL is fine */
{
    if (detector)
        detector->ops->destroy(detector);
}

#endif
