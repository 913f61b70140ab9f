/* SPDX-License-Identifier: ISC */
/*
 * edit: see edit.h. x, y and c come in the query, in a form or in a JSON object. A session that is
 * no viewer sends the edit, and the answer is written when it is known what became of it.
 */
#include "api/edit.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/parameters.h"
#include "core/close.h"
#include "core/edit.h"
#include "http/cors.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "http/who_asks.h"
#include "net/loop_state.h"
#include "plane/canvases.h"

enum {
    OUTCOME_US = 10 * 1000 * 1000, /* then the outcome is unknown */
    MESSAGE_ID = 1,
    EXTRA_BYTES = 48,
};

/* One edit, as the client said it. */
struct pixel {
    int64_t x, y; /* in plane coordinates */
    int64_t colour;
};

struct edit {
    struct session session;
    struct http *http;
    unsigned status; /* of the answer; 0: it is not known yet */
    uint64_t version;
    const char *error;  /* NULL: it was refused */
    uint64_t retry_ms;  /* then: when to try again; 0: not by itself */
    size_t refused_len; /* of the answer */
    char refused[MESSAGE_JSON_BYTES + 1];
};

/* ---- the parameters */

/* 0, or the status of the error, which is then in error. */
static unsigned read_pixel(const struct request *request, struct pixel *pixel,
                           char error[PARAMETERS_ERROR_BYTES])
{
    struct parameters from;
    unsigned status = parameters_read(&from, request, "x, y and c", error);
    if (status == 0 &&
        (parameters_number(&from, "x", PLANE_MIN, PLANE_MAX, &pixel->x, error) != 0 ||
         parameters_number(&from, "y", PLANE_MIN, PLANE_MAX, &pixel->y, error) != 0 ||
         parameters_number(&from, "c", 0, CANVAS_COLOURS - 1, &pixel->colour, error) != 0))
        status = 400;
    parameters_finish(&from);
    return status;
}

/* ---- the outcome */

/* What became of it is known. The answer is written in the loop's next round: no callback of a
 * session may call back into it. */
static void settle(struct session *session, unsigned status, const char *error, uint64_t version)
{
    struct edit *edit = (struct edit *)session;
    if (edit->status != 0)
        return;
    edit->status = status;
    edit->error = error;
    edit->version = version;
    stream_poke(&edit->http->stream);
}

static enum sent send_frame(struct session *session, const struct frame *frame)
{
    return SENT_OK; /* no viewer gets any */
}

/* One line, for who reads it in a terminal. */
static size_t write_refused(const struct message *message, char text[MESSAGE_JSON_BYTES + 1])
{
    size_t len = message_error_json(message, text);
    text[len] = '\n';
    return len + 1;
}

static void take_message(struct session *session, const struct message *message)
{
    struct edit *edit = (struct edit *)session;
    if (message->type == MESSAGE_PLACED)
        settle(session, 200, NULL, message->version);
    if (message->type != MESSAGE_REFUSED || edit->status != 0)
        return;
    edit->refused_len = write_refused(message, edit->refused);
    edit->retry_ms = message_retry_ms(message);
    settle(session, refusal_status(message->reason), NULL, 0);
}

static enum sent send_messages(struct session *session, const struct message *messages, size_t n)
{
    for (size_t i = 0; i < n; i++)
        take_message(session, &messages[i]);
    return SENT_OK;
}

static void send_close(struct session *session, unsigned code, const char *reason)
{
    settle(session, 503, code == CLOSE_UNKNOWN ? "unknown" : "closed", 0);
}

static const struct session_ops session_ops = {
    .frame = send_frame,
    .messages = send_messages,
    .close = send_close,
};

static void leave(struct http *http)
{
    struct edit *edit = http->work;
    http->work = NULL;
    session_finish(&edit->session);
    free(edit);
}

/* With the field of HTTP for when to try again, which is in whole seconds. A server that ends says
 * so, too: another one may be there by then. */
static void reply_refused(struct http *http, const struct edit *edit)
{
    char extra[EXTRA_BYTES] = "";
    uint64_t seconds = edit->retry_ms / 1000 + (edit->retry_ms % 1000 > 0);
    if (seconds == 0 && edit->status == 503)
        seconds = 1;
    if (seconds > 0)
        snprintf(extra, sizeof extra, "Retry-After: %llu\r\n", (unsigned long long)seconds);
    reply_send(http, (struct reply){.status = edit->status,
                                    .type = "application/json",
                                    .extra = extra,
                                    .body = edit->refused,
                                    .len = edit->refused_len});
}

static void on_settled(struct conn *conn)
{
    struct http *http = http_of(conn);
    struct edit edit = *(struct edit *)http->work;
    leave(http);
    if (edit.status == 200) {
        cJSON *json = cJSON_CreateObject();
        cJSON_AddNumberToObject(json, "version", (double)edit.version);
        reply_json(http, (struct reply){.status = 200, .extra = "Cache-Control: no-store\r\n"},
                   json);
    } else if (edit.error) {
        bool again = strcmp(edit.error, "unknown") != 0;
        reply_error(
            http,
            (struct reply){.status = edit.status, .extra = again ? "Retry-After: 1\r\n" : NULL},
            edit.error);
    } else {
        reply_refused(http, &edit);
    }
}

static void on_expired(struct conn *conn)
{
    struct http *http = http_of(conn);
    leave(http);
    reply_error(http, (struct reply){.status = 503}, "unknown");
}

static void on_closed(struct conn *conn)
{
    struct http *http = http_of(conn);
    leave(http);
    http_free(http);
}

static const struct conn_ops waiting_ops = {
    .readable = on_settled, /* when it is poked; nothing is read while it waits */
    .expired = on_expired,
    .closed = on_closed,
};

void edit_post(struct http *http)
{
    struct pixel pixel = {0};
    char error[PARAMETERS_ERROR_BYTES];
    if (!cors_allows(http)) {
        reply_error(http, (struct reply){.status = 403}, "origin: not allowed");
        return;
    }
    unsigned status = read_pixel(&http->request, &pixel, error);
    if (status != 0) {
        reply_error(http, (struct reply){.status = status}, error);
        return;
    }
    struct visitor visitor;
    if (!who_asks(http, &visitor))
        return;
    struct position position;
    uint32_t x, y;
    struct canvas_place *place = NULL;
    if (position_of_pixel(pixel.x, pixel.y, CANVAS_WIDTH, &position, &x, &y))
        place = canvases_find(http->site->canvases, position);
    if (!place) {
        const struct message locked = {.type = MESSAGE_REFUSED, .reason = REFUSAL_LOCKED};
        struct edit refused = {.status = refusal_status(REFUSAL_LOCKED)};
        refused.refused_len = write_refused(&locked, refused.refused);
        reply_refused(http, &refused);
        return;
    }
    struct edit *edit = calloc(1, sizeof *edit);
    struct shard *shard = http->conn->loop->shard;
    if (!edit || session_init(&edit->session, shard, place, &session_ops, &visitor, false,
                              FROM_PRESENT, 0) != 0) {
        free(edit);
        reply_error(http, (struct reply){.status = 503, .extra = "Retry-After: 1\r\n"}, "busy");
        return;
    }
    edit->http = http;
    http_wait(http, &waiting_ops, edit, OUTCOME_US);
    uint8_t bytes[EDIT_BYTES];
    edit_store(bytes, edit_pack(x, y, (uint32_t)pixel.colour));
    session_submit(&edit->session, MESSAGE_ID, bytes, 1);
}
