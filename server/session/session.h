/* SPDX-License-Identifier: ISC */
/*
 * session: one client of one canvas: a cursor into the canvas's ring, the edits it is waiting for,
 * and the notices that it has not been sent yet. No queue: what is pending is state, and newer
 * state replaces older.
 *
 * The edge (or a test) embeds a struct session in its own connection, hands in the ops by which the
 * session reaches the client, and calls everything here from its shard's thread.
 */
#ifndef PLACED_SESSION_SESSION_H
#define PLACED_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/message.h"
#include "session/frame.h"
#include "session/intake.h"
#include "session/refusals.h"

struct audience;
struct canvas_place;
struct shard;
struct session;

enum {
    EDITS_PER_MESSAGE = 256,
    SESSION_MESSAGE_BYTES = 4 + 3 * EDITS_PER_MESSAGE, /* the longest binary message */
    SESSION_MESSAGES_MAX = 16,                         /* that a client is sent at once */
};

enum sent {
    SENT_OK,   /* taken whole, though part of it may still wait in the transport */
    SENT_BUSY, /* nothing taken: session_writable will be called when there is room */
    SENT_GONE, /* the connection is broken: session_finish follows soon, from the event loop */
};

/* How a session reaches its client. None of them may call back into the session. */
struct session_ops {
    enum sent (*frame)(struct session *session, const struct frame *frame); /* and its messages */
    /* Several messages, in one go: a packet costs more than they do. At most
     * SESSION_MESSAGES_MAX; all of them are taken or none. */
    enum sent (*messages)(struct session *session, const struct message *messages, size_t n);
    /* A frame comes in a moment: have the memory fetched that sending it reads. NULL is fine. */
    void (*prefetch)(struct session *session);
    enum sent (*ping)(struct session *session); /* NULL: never pinged */
    bool pongs; /* answers pings: closed when it was not heard from one ping to the next */
    /* Close with a WebSocket code; session_finish follows later, from the event loop. */
    void (*close)(struct session *session, unsigned code, const char *reason);
};

/* Bits of session->pending, in the order in which they are sent. */
enum {
    PENDING_HELLO = 1 << 0,
    PENDING_RESET = 1 << 1,
    PENDING_NOTICE = 1 << 2,
    PENDING_REFUSALS = 1 << 3,
    PENDING_PLACED = 1 << 4, /* sent when the client has the frame that shows it */
    PENDING_ENERGY = 1 << 5, /* after the placed, if there is one */
    PENDING_ONLINE = 1 << 6,
    PENDING_RULES = 1 << 7,
};

struct session {
    /* What a tick reads comes first, so that it lies together: with thousands of sessions all of
     * them are cold. */
    const struct session_ops *ops;
    struct audience *audience; /* gets frames and notices; NULL for one POST */
    uint64_t position;         /* cursor: the next edit to send */
    uint64_t version;          /* the client's: of the last frame sent, or where it began */
    uint64_t busy_since_us;    /* when the transport first said busy; 0: it is not */
    uint16_t pending;          /* bits: what is to be sent besides frames */
    bool closing;              /* ops->close was called: nothing more is sent */
    bool companion;            /* its page has another session that is counted */
    bool heard;                /* said something since the last ping */
    uint32_t slot;             /* in the shard's roster */
    uint32_t member;           /* in the audience */
    uint32_t last_id;          /* the newest message id seen; 0: none */
    uint32_t placed_id;        /* of the pending placed */
    uint64_t placed_version;   /* and its version */
    struct refusals refusals;  /* that could not be sent yet */
    struct shard *shard;
    struct canvas_place *place;
    uint64_t rate_us;  /* when the messages so far would have come at the rate that is allowed */
    uint64_t taken_us; /* when it was last said that its edits are taken; 0: never */
    struct visitor visitor;
};

/* Where a client wants to begin. */
enum session_from {
    FROM_PRESENT, /* no version given */
    FROM_VERSION,
    FROM_GARBAGE, /* something was given that is not a version: reset */
};

/* Parse the text of a `from` (not NUL-terminated; NULL when there was none). */
enum session_from session_parse_from(const char *text, size_t len, uint64_t *version);

/* Join the shard, at one canvas; the visitor is copied. A viewer's hello (and perhaps a reset) is
 * pending, and it gets frames from now on; what is pending is sent by the next shard_run, or at
 * session_writable. 0, or -1 when out of memory. */
int session_init(struct session *session, struct shard *shard, struct canvas_place *place,
                 const struct session_ops *ops, const struct visitor *visitor, bool viewer,
                 enum session_from from, uint64_t version);

/* A viewer that has joined just now belongs to a page that has another session already: it is not
 * counted as another person. */
void session_set_companion(struct session *session);

/* For a transport that has a place for it in its own answer: the hello as text, which is then no
 * longer pending, and its length. */
size_t session_take_hello(struct session *session, char json[MESSAGE_JSON_BYTES]);

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

/* There is room in the transport again: send what is pending. */
void session_writable(struct session *session);

/* Leave the shard; what is in flight of this session goes on without it. */
void session_finish(struct session *session);

/* ---- for the shard ---- */

/* These bits are to be sent in the shard's next turn. */
void session_set_pending(struct session *session, unsigned bits);

/* Send the tick's frames to a viewer, then what is pending. */
void session_tick(struct session *session, uint64_t now_us);

/* Send what is pending: a hello, the frames that it is behind, then the rest. */
void session_flush(struct session *session, uint64_t now_us);

/* One of its messages has been settled. */
void session_settled(struct session *session, uint32_t id, enum settled what, enum refusal reason,
                     uint64_t version);

/* Close it; nothing more is sent. */
void session_close(struct session *session, unsigned code, const char *reason);

#endif
