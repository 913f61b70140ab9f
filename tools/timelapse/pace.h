/* SPDX-License-Identifier: ISC */
/*
 * pace: which frame is the first to show an edit. Frame 0 shows the picture before the first edit,
 * frame k what happened until k frames later. Pure.
 *
 * Either by time: `speed` times as fast as it happened, by the times of the records. The clock that
 * counts begins at the first of them and only goes forward: a record whose time was set back, or is
 * unknown, happens when the one before it did. Or by number: so many edits a frame.
 */
#ifndef PLACED_TIMELAPSE_PACE_H
#define PLACED_TIMELAPSE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_ALL_EDITS UINT64_MAX

struct pace_config {
    uint32_t fps;             /* frames a second */
    uint64_t edits_per_frame; /* 0: by time */
    uint64_t speed_milli;     /* by time: thousandths of the speed at which it happened */
    int64_t idle_ms;          /* by time: longer stretches without edits count so much; -1: as long
                                 as they are */
};

struct pace {
    struct pace_config config;
    bool has_clock; /* some record had a time */
    int64_t clock_ms;
    uint64_t elapsed_ms; /* since the first edit, without what was skipped */
    uint64_t edits;
};

void pace_init(struct pace *pace, const struct pace_config *config);

/* The next edits are of a record of this time (ms since 1970; negative: unknown). */
void pace_record(struct pace *pace, int64_t time_ms);

/* The first frame that shows the next edit: 1 or more, and never less than before. */
uint64_t pace_frame(const struct pace *pace);

/* How many of the next edits of this record that frame shows, at most. */
uint64_t pace_room(const struct pace *pace);

/* So many were taken, at most pace_room. */
void pace_take(struct pace *pace, uint64_t n);

#endif
