/* SPDX-License-Identifier: ISC */
/* conn: one connection once its socket exists: sending, its end, and what becomes of it then. */
#ifndef PLACED_EDIT_FLOOD_CONN_H
#define PLACED_EDIT_FLOOD_CONN_H

#include <sys/types.h>

#include "state.h"

enum conn_end {
    CONN_END_FAILED, /* before hello */
    CONN_END_LOST,   /* without a close frame */
    CONN_END_CLOSED, /* by the server's close frame */
    CONN_END_LEFT,   /* by us */
};

/* What connections tell the modules above them, which know what the bytes mean. */
struct conn_handlers {
    void (*frame)(struct flood *flood, struct conn *conn, const uint8_t *payload, size_t len);
    void (*text)(struct flood *flood, struct conn *conn, const uint8_t *text, size_t len);
    void (*sendable)(struct flood *flood, struct conn *conn); /* all that was kept has left */
    void (*ended)(struct flood *flood, struct conn *conn);    /* after it had said hello */
    /* Of pollers: it is connected; bytes have come, how many were taken; its timer. */
    void (*poller_opened)(struct flood *flood, struct conn *conn);
    size_t (*poller_take)(struct flood *flood, struct conn *conn, const uint8_t *bytes, size_t len);
    void (*poller_timer)(struct flood *flood, struct conn *conn);
};

/* Send, or keep for later. False: the connection is gone. */
bool conn_send(struct flood *flood, struct conn *conn, const uint8_t *bytes, size_t len);
bool conn_sendable(const struct conn *conn);                      /* nothing is kept for later */
void conn_flush(struct flood *flood, struct conn *conn);          /* the socket takes more */
ssize_t conn_receive(struct conn *conn, void *bytes, size_t len); /* as recv() */

/* Its rarely needed part, made now when there is none; NULL when out of memory. */
struct extra *conn_extra(struct conn *conn);

/* Why the connection cannot be made; the last reason is reported. */
void conn_explain(struct flood *flood, const struct conn *conn, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Give it up for now: it connects again after a while, unless it has failed too often. */
void conn_end(struct flood *flood, struct conn *conn, enum conn_end how, unsigned code);
void conn_leave(struct flood *flood, struct conn *conn); /* send a close frame and end */
void conn_answer_close(struct flood *flood, struct conn *conn, const uint8_t *payload, size_t len);
void conn_breach(struct flood *flood, struct conn *conn, const char *what); /* by the server */

void conn_greeted(struct flood *flood, struct conn *conn); /* it is open */
void conn_settled(struct flood *flood, struct conn *conn); /* it is open, or never will be */
void conn_destroy(struct conn *conn);                      /* at the very end */
const char *conn_name(const struct flood *flood, const struct conn *conn); /* static buffer */

#endif
