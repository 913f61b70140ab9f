/* SPDX-License-Identifier: ISC */
/*
 * activity: when a canvas was painted on, in at most 1,024 samples, however long its history is. A
 * sample stands after each record at which the number of the canvas's edits reaches or passes a
 * multiple of the step; the step starts at 1 and doubles, which drops the samples at which no
 * multiple of the new one was reached or passed, while there are too many. A fold: the same records
 * give the same samples. Pure.
 */
#ifndef PLACED_HISTORY_ACTIVITY_H
#define PLACED_HISTORY_ACTIVITY_H

#include <stddef.h>
#include <stdint.h>

enum { ACTIVITY_SAMPLES_MAX = 1024 };

struct activity_sample {
    uint64_t version; /* of the canvas after the record */
    int64_t time_ms;  /* of the record; -1: unknown */
    uint64_t edits;   /* of the canvas, up to and with the record */
    uint64_t before;  /* up to the record before it */
};

/* All zero is empty. */
struct activity {
    uint64_t step;  /* 0 stands for 1 */
    uint64_t edits; /* so far */
    struct activity_sample *samples;
    size_t n, room;
};

/* Make sure that the next activity_add has the memory it needs. 0, or -1 without. */
int activity_reserve(struct activity *activity);

/* One more record, of n edits. 0, or -1 without memory: nothing was changed then. */
int activity_add(struct activity *activity, uint64_t version, int64_t time_ms, uint32_t n);

static inline uint64_t activity_step(const struct activity *activity)
{
    return activity->step ? activity->step : 1;
}

void activity_finish(struct activity *activity); /* frees; empty again */

#endif
