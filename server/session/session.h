/* SPDX-License-Identifier: ISC */
/*
 * session: one client as the pipeline knows it: a cursor into the ring, the edits it is waiting
 * for, and what it has not been told yet. No queue: what is owed is state, and newer state replaces
 * older.
 *
 * The edge (or a test) embeds a struct session in its own connection, hands in the ops by which the
 * pipeline reaches the client, and calls everything here from its shard's thread.
 */
#ifndef PLACED_SESSION_SESSION_H
#define PLACED_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/message.h"

struct shard;
struct session;

enum {
    EDITS_PER_MESSAGE = 256,
    SESSION_MESSAGE_BYTES = 4 + 3 * EDITS_PER_MESSAGE, /* the longest binary message */
    FRAME_HEADROOM = 32,                               /* writable bytes before a frame's payload */
    FRAME_TAILROOM = 1024,                             /* and after it */
    FRAME_RIDERS = 2,                                  /* messages that go with a frame, at most */
    FRAME_EDITS_MAX = 21000,                           /* edits a frame: 63 kB, one send */
};

/* One encoded binary message, shared by all that are at the same place. */
struct frame {
    uint64_t serial; /* no two frames of a shard have the same */
    uint64_t version;
    uint64_t from, to; /* positions in the ring: edits [from, to) */
    uint8_t *payload;  /* u64 version | 3n bytes; the room before and after it is the transport's */
    size_t len;
    /* What everybody is told at this time, right after the frame: a send costs the same with it. */
    struct message riders[FRAME_RIDERS];
    size_t n_riders;
};

enum sent {
    SENT_OK,   /* taken whole, though part of it may still wait in the transport */
    SENT_BUSY, /* nothing taken: session_writable will be called when there is room */
    SENT_GONE, /* the connection is broken: session_finish follows soon, from the event loop */
};

/* How the pipeline reaches a client. None of them may call back into the session. */
struct session_ops {
    enum sent (*frame)(struct session *session, const struct frame *frame); /* with its riders */
    enum sent (*message)(struct session *session, const struct message *message);
    /* A frame comes in a moment: have the memory fetched that sending it reads. NULL is fine. */
    void (*soon)(struct session *session);
    enum sent (*ping)(struct session *session); /* NULL: never pinged */
    bool pongs; /* answers pings: closed when it was not heard from one ping to the next */
    /* Close with a WebSocket code; session_finish follows later, from the event loop. */
    void (*close)(struct session *session, unsigned code, const char *reason);
};

/* One refusal that could not be told yet. */
struct owed_refusal {
    uint32_t id;
    enum refusal reason;
};

struct session {
    /* What a tick reads comes first, so that it lies together: with thousands of sessions all of
     * them are cold. */
    const struct session_ops *ops;
    struct shard *shard;
    uint64_t position;             /* cursor: the next edit to send */
    uint64_t version;              /* the client's: of the last frame sent, or where it began */
    uint64_t busy_since_us;        /* when the transport first said busy; 0: it is not */
    uint16_t owed;                 /* bits: what is to be told, see owed.h */
    bool viewer;                   /* gets frames and notices; false for one POST */
    bool closing;                  /* ops->close was called: nothing more is sent */
    bool heard;                    /* said something since the last ping */
    bool listed;                   /* in the shard's list of sessions that are owed something */
    uint8_t n_refusals;            /* in refusals */
    uint32_t slot;                 /* in the shard's table */
    uint32_t last_id;              /* the newest message id seen; 0: none */
    uint32_t placed_id;            /* of the owed placed */
    uint64_t placed_version;       /* and its version */
    struct owed_refusal *refusals; /* allocated when first needed */
};

/* Where a client wants to begin. */
enum session_from {
    FROM_PRESENT, /* no version given */
    FROM_VERSION,
    FROM_GARBAGE, /* something was given that is not a version: reset */
};

/* Parse the text of a `from` (not NUL-terminated; NULL when there was none). */
enum session_from session_parse_from(const char *text, size_t len, uint64_t *version);

/* Join the shard. A viewer is owed a hello (and perhaps a reset) and gets frames from now on; what
 * is owed is sent by the next shard_run, or at session_writable. 0, or -1 when out of memory. */
int session_init(struct session *session, struct shard *shard, const struct session_ops *ops,
                 bool viewer, enum session_from from, uint64_t version);

/* For a transport that has a place for it in its own answer: the hello, which is then no longer
 * owed. */
struct message session_take_hello(struct session *session);

/* A whole binary message from the client: u32 id | 3n bytes. 0, or the code to close with (1007,
 * 1008, 1009); the caller then closes. */
unsigned session_message(struct session *session, const uint8_t *bytes, size_t len);

/* Edits that have been decoded already (POST): n edits, 3n bytes, n <= EDITS_PER_MESSAGE. The
 * answer comes as MESSAGE_PLACED or MESSAGE_REFUSED by the ops, never before this returns; or, when
 * the outcome cannot be known, as close with 1011. */
void session_submit(struct session *session, uint32_t id, const uint8_t *edits, size_t n);

/* The client asked for its energy. */
void session_ask_energy(struct session *session);

/* The client said anything at all (a pong too). */
void session_heard(struct session *session);

/* There is room in the transport again: send what is owed. */
void session_writable(struct session *session);

/* Leave the shard; what is in flight of this session goes on without it. */
void session_finish(struct session *session);

#endif
