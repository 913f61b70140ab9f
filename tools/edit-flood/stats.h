/* SPDX-License-Identifier: ISC */
/*
 * stats: everything that is counted. Each process of the flood writes its own block in shared
 * memory; the counters may be read by others at any time, the rest when the process has ended.
 */
#ifndef PLACED_EDIT_FLOOD_STATS_H
#define PLACED_EDIT_FLOOD_STATS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "histogram.h"

/* X(name) */
#define STATS_COUNTERS(X)                                                                          \
    X(open)             /* connections that have said hello and stand now */                       \
    X(connects)         /* connections that said hello */                                          \
    X(connect_failures) /* tries that did not get there */                                         \
    X(gave_up)          /* connections that failed too often */                                    \
    X(resumes)          /* connected again and resumed */                                          \
    X(resets)           /* were sent to the picture */                                             \
    X(closed_behind)    /* closed with 4001 */                                                     \
    X(closed_restart)   /* closed with 1012 */                                                     \
    X(closed_unknown)   /* closed with 1011 */                                                     \
    X(closed_full)      /* closed with 1013 */                                                     \
    X(closed_other)     /* closed with another code */                                             \
    X(lost)             /* ended without a close frame */                                          \
    X(deliveries)       /* frames received */                                                      \
    X(delivered_edits)  /* edits in them */                                                        \
    X(delivered_bytes)  /* bytes received on open WebSockets */                                    \
    X(stream_edits)     /* edits of the reference stream */                                        \
    X(messages_sent)                                                                               \
    X(edits_sent)                                                                                  \
    X(edits_acknowledged)                                                                          \
    X(edits_refused)                                                                               \
    X(edits_unknown) /* their connection ended before the answer */                                \
    X(edits_seen)    /* of ours, in the stream */                                                  \
    X(foreign)       /* in the stream, and not expected from us */                                 \
    X(held_back)     /* edits that were due, and dropped because no writer could send them */      \
    X(polls)         /* answers to long polls, */                                                  \
    X(polls_empty)   /* of them: nothing has come (204), */                                        \
    X(polls_moved)   /* sent to the canonical version (302), */                                    \
    X(polls_refused) /* and any other status but 200 */                                            \
    X(cache_hits)    /* what their X-Cache-Status said */                                          \
    X(cache_misses)                                                                                \
    X(cache_others)                                                                                \
    X(checksums)  /* compared */                                                                   \
    X(pictures)   /* compared */                                                                   \
    X(unchecked)  /* edits delivered that were too old to be compared */                           \
    X(restarts)   /* the reference was lost, and begun anew at a picture */                        \
    X(new_logs)   /* the log began anew: another genesis */                                        \
    X(unverified) /* edits acknowledged while there was no reference */

/* X(name, what it says): all must be 0. */
#define STATS_FAULTS(X)                                                                            \
    X(missing, "edits that a reader never got")                                                    \
    X(repeated, "edits that a reader got again")                                                   \
    X(wrong, "edits that a reader got differently from others")                                    \
    X(backwards, "frames whose version went back")                                                 \
    X(misnumbered, "frames with a version of another place in the stream")                         \
    X(unseen, "edits acknowledged, but not in the stream at that version")                         \
    X(early, "acknowledgements before the frame that shows the edit")                              \
    X(unanswered, "edits that were never acknowledged nor refused")                                \
    X(bad_answers, "answers to messages that nobody sent, or in the wrong order")                  \
    X(bad_checksums, "canvases that differ from the server's checksum")                            \
    X(bad_pictures, "pixels of a reader's canvas that differ from the server's picture")           \
    X(bad_frames, "breaches of the protocol")                                                      \
    X(unasked, "edits in the stream that nobody sent, or that were refused")                       \
    X(mixed_logs, "connections to a log that others had left for a new one")

enum {
    STATS_REASONS = 12,
    STATS_REASON_BYTES = 16,
    STATS_TEXTS = 12,
    STATS_TEXT_BYTES = 192,
};

struct stats_reason {
    char name[STATS_REASON_BYTES];
    uint64_t edits;
};

struct stats {
#define X(name) _Atomic uint64_t name;
    STATS_COUNTERS(X)
#undef X
#define X(name, text) _Atomic uint64_t name;
    STATS_FAULTS(X)
#undef X
    struct stats_reason reasons[STATS_REASONS];
    uint64_t n_texts; /* faults described; the first STATS_TEXTS are kept */
    char texts[STATS_TEXTS][STATS_TEXT_BYTES];

    struct histogram eyes;         /* us from sending an edit to its arrival at a reader */
    struct histogram acks;         /* us from sending an edit to its acknowledgement */
    struct histogram handshakes;   /* us from connect to hello */
    struct histogram reader_bytes; /* bytes a reader received */

    /* Until every connection stood for the first time: how many, from the first try to the last
     * hello */
    uint64_t ramp_connects, connect_first_us, connect_last_us;
    uint64_t load_us;                    /* how long the load lasted */
    uint64_t cpu_user_us, cpu_system_us; /* spent during the load */
    uint64_t load_deliveries;            /* during the load */
    uint64_t resident_kb;                /* at most */
    uint64_t final_version;
    bool finished;                        /* came to its end, and did not crash */
    char connect_error[STATS_TEXT_BYTES]; /* why the last try failed */
};

/* One writer a block: no locked instruction. */
#define stat_add(stats, name, n)                                                                   \
    atomic_store_explicit(&(stats)->name, stat_get(stats, name) + (uint64_t)(n),                   \
                          memory_order_relaxed)
#define stat_get(stats, name) atomic_load_explicit(&(stats)->name, memory_order_relaxed)

/* Count edits refused for this reason. */
void stats_refused(struct stats *stats, const char *reason, uint64_t edits);

/* Describe a fault in one line, which is kept as long as there is room. */
void stats_note(struct stats *stats, const char *format, ...) __attribute__((format(printf, 2, 3)));

void stats_merge(struct stats *into, const struct stats *from);

/* The number of all faults. */
uint64_t stats_faults(const struct stats *stats);

#endif
