/* SPDX-License-Identifier: ISC */
/* state: what the modules of one flood process work on together. Nothing in here is for others. */
#ifndef PLACED_EDIT_FLOOD_STATE_H
#define PLACED_EDIT_FLOOD_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board.h"
#include "follower.h"
#include "ledger.h"
#include "options.h"
#include "pattern.h"
#include "said.h"
#include "shared.h"
#include "shuffle.h"
#include "stats.h"
#include "sys/clock.h"
#include "tls.h"
#include "wire.h"

enum {
    RECEIVE_BYTES = 256 * 1024,
    FRAME_BYTES_MAX = 1 << 20, /* the longest frame that we take from a server */
    WHEEL_SLOTS = 4096,
    WHEEL_US = 10 * 1000,          /* a slot */
    WAITING_BYTES_MAX = 256 << 20, /* frames that wait for the reference, in all */
    NO_LOG = UINT16_MAX,
};

enum conn_state {
    CONN_IDLE, /* not begun, or waits before it connects again */
    CONN_CONNECTING,
    CONN_TLS,
    CONN_UPGRADING,
    CONN_OPEN,
    CONN_GAVE_UP,
};

enum conn_kind {
    CONN_READER,
    CONN_WRITER,
    CONN_FULL, /* keeps a canvas, and may extend the reference */
};

enum conn_habit {
    HABIT_NORMAL,
    HABIT_SLOW,
    HABIT_STALLED,
    HABIT_RECONNECTING,
};

/* A frame that came before the reference had got there. */
struct waiting {
    struct waiting *next;
    uint64_t version;
    uint32_t n;
    uint32_t when_us;
    uint8_t edits[];
};

/* What only few connections have. */
struct extra {
    uint8_t *out; /* not taken by the socket yet: [out_at, out_len) */
    size_t out_len, out_at;
    uint8_t *message; /* fragments so far */
    size_t message_len;
    uint8_t message_opcode;
    struct tls *tls;
    struct writer *writer;
    uint8_t *pixels; /* of a full reader */
    uint64_t checksum;
};

struct conn {
    struct follower follower;
    uint64_t seen_version; /* of the last frame received, which may wait to be judged */
    uint64_t bytes;        /* received */
    uint8_t *partial;      /* an unfinished frame */
    struct waiting *first, *last;
    struct extra *extra;
    int fd;
    int timer_prev, timer_next; /* in its slot; NO_CONN */
    int next_waiting;           /* in the list of its board; NO_CONN */
    uint32_t timer_slot;
    uint32_t partial_len;
    uint32_t began_us;
    uint32_t last_placed;
    uint16_t board;
    uint16_t log_number; /* of the log that its frames are of; NO_LOG: not to be judged */
    uint8_t state, kind, habit, target, tries;
    uint8_t moves;    /* of a poller: how often its question was sent elsewhere, in a row */
    bool timed;       /* in the wheel */
    bool greeted;     /* hello has come */
    bool known;       /* has a version to resume from */
    bool settled;     /* counted in n_settled */
    bool catching_up; /* the next frame is late on purpose */
    bool reads;       /* false: slow or stalled, reads by the clock or not at all */
    bool in_waiting;  /* in its board's list of those with frames that wait */
    bool queued;      /* a writer in the queue of those that may send more */
    bool polls;       /* a reader by long polls, without WebSocket */
    bool asked;       /* a poller that waits for its answer */
};

struct flood {
    const struct options *options;
    struct shared *shared;
    struct stats *stats;
    struct ledger *ledger;
    struct pattern *pattern;
    struct tls_context *tls;
    const struct conn_handlers *handlers;
    unsigned process;
    bool accounts; /* this process sends, and keeps the ledger */
    int epoll;
    uint64_t now_us;
    uint64_t random;

    struct board *boards;
    unsigned n_boards;
    struct conn *conns; /* full readers first, then writers, then readers */
    unsigned n_conns, n_full, n_writers;
    unsigned n_begun, n_settled; /* n_settled: said hello or gave up, once */
    unsigned n_connecting;
    size_t waiting_bytes;

    char genesis[SAID_GENESIS_BYTES]; /* of the log; "": not known yet */
    char left[SAID_GENESIS_BYTES];    /* of the log before; "": there was none */
    uint64_t learn_us;                /* when to ask for it again, while it is not known */
    uint16_t log_number;              /* how many logs have followed upon the first */

    uint8_t *receive; /* RECEIVE_BYTES + FRAME_BYTES_MAX + WIRE_HEAD_MAX */
    uint8_t send[64 * 1024];
    int wheel[WHEEL_SLOTS]; /* first connection in each slot */
    uint64_t wheel_at;      /* the next slot to look at, as a time */

    /* writing */
    uint64_t next_edit; /* of the pattern */
    uint64_t dropped;   /* edits that were due and are not made up for */
    uint64_t in_flight; /* edits */
    uint64_t in_flight_max;
    uint64_t sending_since_us;
    bool pattern_over;
    uint32_t next_writer; /* round robin */
    uint32_t *queue;      /* writers that may send more */
    uint32_t n_queue;
};

static inline uint32_t since_begun(const struct flood *flood)
{
    return (uint32_t)(flood->now_us - flood->shared->begun_us);
}

static inline unsigned conn_number(const struct flood *flood, const struct conn *conn)
{
    return (unsigned)(conn - flood->conns);
}

static inline struct board *board_of(const struct flood *flood, const struct conn *conn)
{
    return &flood->boards[conn->board];
}

/* Where it connects to. */
static inline const struct target *target_of(const struct flood *flood, const struct conn *conn)
{
    return conn->polls ? &flood->options->poll : &flood->options->targets[conn->target];
}

static inline void touch_clock(struct flood *flood)
{
    flood->now_us = clock_now_us();
}

static inline uint64_t flood_random(struct flood *flood)
{
    return shuffle_mix(flood->random++);
}

#endif
