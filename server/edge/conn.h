/* SPDX-License-Identifier: ISC */
/*
 * conn: one accepted socket and what it is doing. Lives as long as libwebsockets' own object for it
 * (its opaque pointer), so no callback can find it gone. For the files of this folder only.
 */
#ifndef PLACED_EDGE_CONN_H
#define PLACED_EDGE_CONN_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/session.h"

struct loop;
struct lws;
struct snapshot;

enum conn_kind {
    CONN_HTTP,    /* between requests, or reading one */
    CONN_REPLY,   /* sending a body */
    CONN_PICTURE, /* waits for the picture */
    CONN_EDIT,    /* POST /edit: waits for its body, then for the log */
    CONN_EVENTS,  /* an event stream */
    CONN_WS,      /* a WebSocket */
};

struct conn_reply {
    const uint8_t *body;
    size_t len, sent;
    size_t seen;               /* sent at the last sweep */
    void *owned;               /* to free, or NULL */
    struct snapshot *snapshot; /* to release, or NULL */
};

enum edit_state {
    EDIT_BODY,     /* its body is still coming */
    EDIT_WAITING,  /* given to the pipeline */
    EDIT_ANSWERED, /* the fields below are the answer, to be written */
};

struct conn_edit {
    struct session session;
    enum edit_state state;
    unsigned status;
    uint64_t version;
    const char *error;
    uint8_t edit[3];
};

struct conn_events {
    struct session session;
    uint64_t wrote_us; /* when something was last sent */
};

struct conn_ws {
    struct session session;
    uint64_t version;  /* of `from`, until the session begins */
    uint32_t received; /* by the kernel before the upgrade was answered */
    uint8_t *partial;  /* a message that came in pieces; NULL: none */
    uint16_t partial_len;
    uint8_t from;      /* enum session_from */
    bool may_be_early; /* its first message has yet to come: see early.h */
};

struct conn {
    /* In loop->http; a WebSocket is in no list. Begins a cache line: a tick reads two then. */
    alignas(64) struct conn *prev;
    struct conn *next;
    uint64_t deadline_us;     /* then it is answered without what it waits for, or cut; 0: none */
    uint64_t body_bytes;      /* that the request announced */
    const char *close_reason;
    /* From here on a tick reads, up to the first half of a session. */
    struct lws *wsi;
    struct loop *loop;
    uint16_t close_code; /* a WebSocket's, owed to the client; 0: none */
    uint8_t kind;        /* enum conn_kind */
    bool admin;          /* came in by the admin listener */
    bool over_limit;     /* accepted only to be told that there is no room */
    bool joined;         /* its session is in the shard */
    bool head;           /* the request is HEAD: no body is sent */
    bool close;          /* close after the answer */
    bool body;           /* the request announced a body */
    bool body_read;      /* all of it */
    bool paused;         /* nothing is read from it */
    bool late;           /* its deadline has passed once */
    uint8_t requests;    /* made so far; stays at 255 */
    int fd;              /* a WebSocket's frames go straight to it; -1: to its TLS */
    union {
        struct conn_reply reply;
        struct conn_edit edit;
        struct conn_events events;
        struct conn_ws ws;
    };
};

/* Stop or go on reading. libwebsockets 4.1 does not read while an HTTP answer is being waited for,
 * but keeps polling: a client that half-closes or sends more would make the loop spin. While paused
 * no HTTP_WRITEABLE comes either: conn_want_writable ends the pause. */
void conn_pause(struct conn *conn);
void conn_want_writable(struct conn *conn);

/* Cut the connection soon, without ceremony; the callbacks follow from the event loop. */
void conn_kill(struct conn *conn);

#endif
