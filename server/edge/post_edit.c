/* SPDX-License-Identifier: ISC */
/*
 * post_edit: POST /edit?x=&y=&c=, one pixel by curl or a bot. A session that is no viewer sends the
 * edit, and the answer is written when the pipeline has said what became of it.
 */
#include <libwebsockets.h>
#include <stdio.h>
#include <string.h>

#include "core/close.h"
#include "core/edit.h"
#include "edge/guard.h"
#include "edge/handlers.h"
#include "edge/http.h"
#include "edge/loop_state.h"
#include "edge/parse.h"

enum {
    BODY_BYTES = 4096,             /* a body says nothing to us: a short one is let pass */
    BODY_US = 5 * 1000 * 1000,     /* for all of it */
    OUTCOME_US = 10 * 1000 * 1000, /* then the outcome is unknown */
    MESSAGE_ID = 1,
    ERROR_BYTES = 96,
};

static struct conn *conn_of(struct session *session)
{
    return (struct conn *)((char *)session - offsetof(struct conn, edit.session));
}

/* The pipeline has spoken: the answer is written from the next writable callback. */
static void settle(struct conn *conn, unsigned status, const char *error, uint64_t version)
{
    if (conn->edit.state == EDIT_ANSWERED)
        return;
    conn->edit.state = EDIT_ANSWERED;
    conn->edit.status = status;
    conn->edit.error = error;
    conn->edit.version = version;
    conn_want_writable(conn);
}

static enum sent send_frame(struct session *session, const struct frame *frame)
{
    return SENT_OK; /* no viewer gets any */
}

static enum sent send_message(struct session *session, const struct message *message)
{
    struct conn *conn = conn_of(session);
    if (message->type == MESSAGE_PLACED)
        settle(conn, 200, NULL, message->version);
    else if (message->type == MESSAGE_REFUSED)
        settle(conn, refusal_status(message->reason), refusal_name(message->reason), 0);
    return SENT_OK;
}

static void send_close(struct session *session, unsigned code, const char *reason)
{
    settle(conn_of(session), 503, code == CLOSE_UNKNOWN ? "unknown" : "closed", 0);
}

static const struct session_ops ops = {
    .frame = send_frame,
    .message = send_message,
    .close = send_close,
};

/* One parameter; 0, or -1 with what was expected in error. */
static int read_number(struct conn *conn, const char *name, unsigned max, unsigned *number,
                       char error[ERROR_BYTES])
{
    char value[HTTP_ARG_BYTES];
    uint64_t parsed;
    int len = http_arg(conn, name, value);
    if (len >= 0 && parse_decimal(value, (size_t)len, max, &parsed)) {
        *number = (unsigned)parsed;
        return 0;
    }
    snprintf(error, ERROR_BYTES, "%s: expected one whole number from 0 to %u", name, max);
    return -1;
}

static int submit(struct conn *conn)
{
    struct conn_edit *edit = &conn->edit;
    if (session_init(&edit->session, conn->loop->shard, conn->loop->place, &ops, false, FROM_PRESENT, 0) != 0)
        return reply_error(conn, (struct reply){.status = 503, .extra = "Retry-After: 1\r\n"},
                           "busy");
    conn->joined = true;
    edit->state = EDIT_WAITING;
    conn->deadline_us = env_now_us(conn->loop->config.env) + OUTCOME_US;
    lws_set_timeout(conn->wsi, NO_PENDING_TIMEOUT, 0); /* the deadline is ours */
    conn_pause(conn);
    session_submit(&edit->session, MESSAGE_ID, edit->edit, 1);
    return 0;
}

int edit_request(struct conn *conn)
{
    unsigned x = 0, y = 0, colour = 0;
    char error[ERROR_BYTES];
    if (!guard_origin(conn))
        return reply_error(conn, (struct reply){.status = 403}, "origin: not allowed");
    if (read_number(conn, "x", CANVAS_WIDTH - 1, &x, error) != 0 ||
        read_number(conn, "y", CANVAS_HEIGHT - 1, &y, error) != 0 ||
        read_number(conn, "c", CANVAS_COLOURS - 1, &colour, error) != 0)
        return reply_error(conn, (struct reply){.status = 400}, error);
    if (conn->body_bytes > BODY_BYTES)
        return reply_error(conn, (struct reply){.status = 413, .close = true},
                           "body: expected none");
    memset(&conn->edit, 0, sizeof conn->edit);
    edit_store(conn->edit.edit, edit_pack(x, y, colour));
    conn->kind = CONN_EDIT;
    if (conn->body_bytes == 0)
        return submit(conn);
    conn->edit.state = EDIT_BODY;
    conn->deadline_us = env_now_us(conn->loop->config.env) + BODY_US;
    return 0;
}

int edit_body_end(struct conn *conn)
{
    return conn->edit.state == EDIT_BODY ? submit(conn) : 0; /* an empty one was not waited for */
}

int edit_writable(struct conn *conn)
{
    struct conn_edit edit = conn->edit;
    if (edit.state != EDIT_ANSWERED && !conn->late)
        return 0;
    http_end(conn); /* the session leaves before the answer takes its place */
    if (edit.state == EDIT_BODY)
        return reply_error(conn, (struct reply){.status = 408, .close = true},
                           "body: did not come in time");
    if (edit.state == EDIT_WAITING)
        return reply_error(conn, (struct reply){.status = 503}, "unknown");
    if (edit.status == 200) {
        char json[64];
        int n =
            snprintf(json, sizeof json, "{\"version\":%llu}\n", (unsigned long long)edit.version);
        return reply_send(conn, (struct reply){.status = 200,
                                               .type = "application/json",
                                               .extra = "Cache-Control: no-store\r\n",
                                               .body = json,
                                               .len = (size_t)n});
    }
    bool again = edit.status == 429 || (edit.status == 503 && strcmp(edit.error, "unknown") != 0);
    return reply_error(
        conn, (struct reply){.status = edit.status, .extra = again ? "Retry-After: 1\r\n" : NULL},
        edit.error);
}
