/* SPDX-License-Identifier: ISC */
/*
 * stream: the bytes of one connection, plain or through TLS, and the waiting for them. Whoever
 * reads HTTP from it knows neither OpenSSL nor libwebsockets. Loop's thread.
 */
#ifndef PLACED_NET_STREAM_H
#define PLACED_NET_STREAM_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct conn;
struct loop;
struct ssl_st;

enum {
    STREAM_END = 0,     /* the peer sends no more */
    STREAM_AGAIN = -1,  /* nothing now: wait with stream_watch */
    STREAM_BROKEN = -2, /* give the connection up */
};

enum stream_wish {
    STREAM_REST,  /* wait for nothing */
    STREAM_READ,  /* ops->readable, when there may be something to read */
    STREAM_WRITE, /* ops->writable, when there may be room */
};

struct stream {
    ev_io watcher;
    struct conn *conn;
    struct stream *next_poked;
    struct ssl_st *ssl; /* NULL: plain; else libwebsockets owns it, and the socket */
    int fd;
    uint8_t wish;          /* enum stream_wish */
    bool poked;            /* in loop->poked */
    bool read_needs_write; /* TLS cannot read before it has written, */
    bool write_needs_read; /* or the other way round */
    bool shadowed;         /* libwebsockets has read the beginning of a request's head, too, */
    bool spoiled;          /* of one that it was not given the end of */
    uint16_t held;         /* bytes that were given out and that TLS still holds */
};

/* Of a connection, on this accepted socket. 0, or -1 when TLS cannot begin; the socket is the
 * stream's in any case, see stream_close. */
int stream_open(struct stream *stream, struct conn *conn, int fd, bool tls);

/* Read up to len bytes: how many, or one of the above. */
ssize_t stream_read(struct stream *stream, void *bytes, size_t len);

/* The same for what may be the head of an upgrade to WebSocket: when all of it has been read so,
 * the connection can be handed to libwebsockets (see websocket.h). begins: it is the head's first
 * bytes that are read. */
ssize_t stream_read_head(struct stream *stream, void *bytes, size_t len, bool begins);

/* Write the first bytes of these two pieces, one after the other: how many were taken, possibly 0,
 * or STREAM_BROKEN. What was not taken must be offered again before anything else. */
ssize_t stream_write(struct stream *stream, const void *head, size_t head_len, const void *body,
                     size_t body_len);

void stream_watch(struct stream *stream, enum stream_wish wish);

/* Have ops->readable called in the loop's next round, whether something arrives or not: there is
 * more to do, and others shall have their turn first. */
void stream_poke(struct stream *stream);

/* Wait for more to read, when all that was read has been dealt with. */
void stream_await(struct stream *stream);

/* The loop's round: call those that were poked. True: there were some. */
bool stream_call_poked(struct loop *loop);

/* Nothing more is sent, and the peer learns of it. */
void stream_shut(struct stream *stream);

/* Throw away what has arrived: STREAM_AGAIN when that was all, STREAM_END, or STREAM_BROKEN. */
ssize_t stream_discard(struct stream *stream);

/* Nothing of the loop's points to it any more. */
void stream_forget(struct stream *stream);

/* Forget it and close the socket. */
void stream_close(struct stream *stream);

#endif
