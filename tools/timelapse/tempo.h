/* SPDX-License-Identifier: ISC */
/*
 * tempo: which frame is the first to show an edit. Frame 0 shows the picture before the first edit,
 * frame k what happened until k frames later. Pure.
 *
 * Either by time: `speed` times as fast as it happened, by the times of the records. The clock that
 * counts begins at the first of them and only goes forward: a record whose time was set back, or is
 * unknown, happens when the one before it did. Or by number: so many edits a frame.
 */
#ifndef PLACED_TIMELAPSE_TEMPO_H
#define PLACED_TIMELAPSE_TEMPO_H

#include <stdbool.h>
#include <stdint.h>

#define TEMPO_ALL_EDITS UINT64_MAX

struct tempo_config {
    uint32_t fps;             /* frames a second */
    uint64_t edits_per_frame; /* 0: by time */
    uint64_t speed_milli;     /* by time: thousandths of the speed at which it happened */
    int64_t idle_ms;          /* by time: longer stretches without edits count so much; -1: as long
                                 as they are */
};

struct tempo {
    struct tempo_config config;
    bool has_clock; /* some record had a time */
    int64_t clock_ms;
    uint64_t elapsed_ms; /* since the first edit, without what was skipped */
    uint64_t edits;
};

void tempo_init(struct tempo *tempo, const struct tempo_config *config);

/* The next edits are of a record of this time (ms since 1970; negative: unknown). */
void tempo_record(struct tempo *tempo, int64_t time_ms);

/* The first frame that shows the next edit: 1 or more, and never less than before. */
uint64_t tempo_frame(const struct tempo *tempo);

/* How many of the next edits of this record that frame shows, at most. */
uint64_t tempo_room(const struct tempo *tempo);

/* So many were taken, at most tempo_room. */
void tempo_take(struct tempo *tempo, uint64_t n);

#endif
