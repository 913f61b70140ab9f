/* SPDX-License-Identifier: ISC */
/* state: what the files of one flood process share. Nothing in here is for others. */
#ifndef PLACED_EDIT_FLOOD_STATE_H
#define PLACED_EDIT_FLOOD_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flood.h"
#include "follower.h"
#include "ledger.h"
#include "options.h"
#include "pattern.h"
#include "reference.h"
#include "stats.h"
#include "tls.h"
#include "wire.h"

enum {
    RECEIVE_BYTES = 256 * 1024,
    FRAME_BYTES_MAX = 1 << 20, /* the longest frame that we take from a server */
    WHEEL_SLOTS = 4096,
    WHEEL_US = 10 * 1000,          /* a slot */
    WAITING_BYTES_MAX = 256 << 20, /* frames that wait for the reference, in all */
    NO_CONN = -1,
};

enum conn_state {
    CONN_IDLE, /* not begun, or waits to come back */
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
struct rare {
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
    struct rare *rare;
    int fd;
    int timer_prev, timer_next; /* in its slot; NO_CONN */
    uint32_t timer_slot;
    uint32_t partial_len;
    uint32_t began_us;
    uint32_t last_placed;
    uint8_t state, kind, habit, target, tries;
    bool timed;       /* in the wheel */
    bool greeted;     /* hello has come */
    bool known;       /* has a version to come back with */
    bool settled;     /* counted in n_settled */
    bool catching_up; /* the next frame is late on purpose */
    bool reads;       /* false: slow or stalled, reads by the clock or not at all */
    bool in_waiting;  /* in the list of those with frames that wait */
    bool hungry;      /* a writer that may send more */
};

/* A message without an answer. */
struct flight {
    uint64_t first; /* its edits are first to first + n - 1 of the pattern */
    uint32_t id;
    uint32_t sent_us;
    uint16_t n;
    bool refused;
};

struct writer {
    uint32_t next_id;
    uint32_t in_window;    /* messages neither acknowledged nor refused */
    uint32_t first, count; /* of flights, circular */
    uint32_t room;         /* a power of two */
    uint64_t placed_version;
    uint64_t rest_until_us;
    struct flight *flights;
};

/* An acknowledged message whose version the reference has not reached yet. */
struct claim {
    uint64_t version;
    uint64_t first;
    uint32_t conn;
    uint32_t sent_us;
    uint32_t n;
};

struct flood {
    const struct options *options;
    struct shared *shared;
    struct stats *stats;
    struct ledger *ledger;
    struct pattern *pattern;
    struct tls_context *tls;
    unsigned process;
    bool accounts; /* this process sends, and keeps the ledger */
    int epoll;
    uint64_t now_us;
    uint64_t random;

    struct conn *conns; /* full readers first, then writers, then readers */
    unsigned n_conns, n_full, n_writers;
    unsigned n_begun, n_settled; /* n_settled: said hello or gave up, once */
    unsigned n_connecting;

    struct reference reference;
    uint32_t reference_us; /* when its epoch began: what was sent before may not be in it */
    uint32_t *waiting;     /* connections with frames that wait */
    uint32_t n_waiting;
    size_t waiting_bytes;

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
    uint32_t *hungry;
    uint32_t n_hungry;
    struct claim *claims; /* circular */
    size_t claims_first, claims_count, claims_room;
};

static inline uint32_t since_begun(const struct flood *flood)
{
    return (uint32_t)(flood->now_us - flood->shared->begun_us);
}

static inline unsigned conn_number(const struct flood *flood, const struct conn *conn)
{
    return (unsigned)(conn - flood->conns);
}

uint64_t flood_random(struct flood *flood);
void flood_touch_clock(struct flood *flood);

/* conn.c: sockets, handshakes, frames in and out */
void conn_begin(struct flood *flood, struct conn *conn);
void conn_event(struct flood *flood, struct conn *conn, uint32_t events);
/* Read what is there, at most about `limit` bytes. */
void conn_read(struct flood *flood, struct conn *conn, size_t limit);
/* Send, or keep for later. False: the connection is gone. */
bool conn_send(struct flood *flood, struct conn *conn, const uint8_t *bytes, size_t len);
bool conn_sendable(const struct conn *conn); /* nothing is kept for later */
struct rare *conn_rare(struct conn *conn);
enum conn_end {
    CONN_END_FAILED, /* before hello */
    CONN_END_LOST,   /* without a close frame */
    CONN_END_CLOSED, /* by the server's close frame */
    CONN_END_LEFT,   /* by us */
};
void conn_end(struct flood *flood, struct conn *conn, enum conn_end how, unsigned code);
void conn_leave(struct flood *flood, struct conn *conn);   /* say goodbye and end */
void conn_settled(struct flood *flood, struct conn *conn); /* it stands, or never will */
void conn_destroy(struct flood *flood, struct conn *conn); /* at the very end */
const char *conn_name(const struct flood *flood, const struct conn *conn); /* static buffer */

/* viewer.c: what is done with what the server says */
void viewer_frame(struct flood *flood, struct conn *conn, const uint8_t *payload, size_t len);
void viewer_text(struct flood *flood, struct conn *conn, const uint8_t *text, size_t len);
void viewer_ended(struct flood *flood, struct conn *conn);
/* Try the frames that wait again. */
void viewer_retry_waiting(struct flood *flood);
/* Fetch the picture; the connection will go on from it. 0 or -1. */
int viewer_fetch(struct flood *flood, struct conn *conn, const char **error);
/* Everybody has to be at version now: count who is not. */
void viewer_final(struct flood *flood, uint64_t version);
/* Is everybody there? */
bool viewer_all_at(const struct flood *flood, uint64_t version);
/* Compare with the server's picture. False: try again. */
bool viewer_compare_picture(struct flood *flood, unsigned target);

/* writer.c */
struct writer *writer_create(void);
void writer_destroy(struct writer *writer);
void writer_opened(struct flood *flood, struct conn *conn);
void writer_ended(struct flood *flood, struct conn *conn);
void writer_placed(struct flood *flood, struct conn *conn, uint64_t id, uint64_t version);
void writer_refused(struct flood *flood, struct conn *conn, uint64_t id, const char *reason,
                    uint64_t retry_ms);
void writer_hungry(struct flood *flood, struct conn *conn);
/* Send what is due. */
void writers_run(struct flood *flood);
/* The reference has grown: were the acknowledged edits in it? */
void writers_check_claims(struct flood *flood);
bool writers_idle(const struct flood *flood);
void writers_final(struct flood *flood);

/* timers.c: one timer a connection, in a wheel */
void timer_set(struct flood *flood, struct conn *conn, uint64_t in_us);
void timer_clear(struct flood *flood, struct conn *conn);
void timers_run(struct flood *flood, void (*fire)(struct flood *flood, struct conn *conn));

#endif
