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

#include "core/close.h"
#include "core/decimal.h"
#include "core/edit.h"
#include "http/cors.h"
#include "http/field.h"
#include "http/form.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "http/who_asks.h"
#include "net/loop_state.h"
#include "plane/canvases.h"

enum {
    OUTCOME_US = 10 * 1000 * 1000, /* then the outcome is unknown */
    MESSAGE_ID = 1,
    ERROR_BYTES = 96,
    VALUE_BYTES = 32,
    PLANE_MIN = POSITION_MIN * CANVAS_WIDTH, /* pixels; canvases are square */
    PLANE_MAX = (POSITION_MAX + 1) * CANVAS_WIDTH - 1,
};

/* One edit, as the client said it. */
struct pixel {
    int64_t x, y; /* in plane coordinates */
    int64_t colour;
};

/* How a client may say them. */
struct parameters {
    const struct request *request;
    cJSON *json; /* of the body; NULL: it is a form, or nothing */
    bool form;
};

struct edit {
    struct session session;
    struct http *http;
    unsigned status; /* of the answer; 0: it is not known yet */
    uint64_t version;
    const char *error;
};

/* ---- the parameters */

/* One parameter as text: its length, or what form_get says. */
static int find_text(const struct parameters *from, const char *name, char value[VALUE_BYTES])
{
    const struct request *request = from->request;
    int in_query = form_get(request->query, request->query_len, name, value, VALUE_BYTES);
    if (from->json) {
        const cJSON *found = NULL, *item;
        cJSON_ArrayForEach(item, from->json)
        {
            if (strcmp(item->string, name) != 0)
                continue;
            if (found || in_query != FORM_NONE)
                return FORM_TWICE;
            found = item;
        }
        if (!found)
            return in_query;
        if (!cJSON_IsNumber(found))
            return FORM_LONG;
        return snprintf(value, VALUE_BYTES, "%.15g", found->valuedouble);
    }
    if (!from->form)
        return in_query;
    char other[VALUE_BYTES];
    int in_body = form_get(request->body, request->body_read, name, other, sizeof other);
    if (in_body == FORM_NONE)
        return in_query;
    if (in_query != FORM_NONE)
        return FORM_TWICE;
    if (in_body >= 0)
        memcpy(value, other, (size_t)in_body + 1);
    return in_body;
}

/* One parameter; 0, or -1 with what was expected in error. */
static int read_number(const struct parameters *from, const char *name, int64_t min, int64_t max,
                       int64_t *number, char error[ERROR_BYTES])
{
    char value[VALUE_BYTES];
    uint64_t parsed;
    int len = find_text(from, name, value);
    bool negative = len > 0 && min < 0 && value[0] == '-';
    if (len >= negative && decimal_parse(value + negative, (size_t)(len - negative),
                                         (uint64_t)(negative ? -min : max), &parsed)) {
        *number = negative ? -(int64_t)parsed : (int64_t)parsed;
        return 0;
    }
    snprintf(error, ERROR_BYTES, "%s: expected one whole number from %lld to %lld", name,
             (long long)min, (long long)max);
    return -1;
}

/* What the body is. A JSON object is recognised by its brace: curl -d calls it a form, and a page's
 * fetch calls it text. The status of an error, or 0. */
static unsigned read_body(struct parameters *from, const char **error)
{
    const struct request *request = from->request;
    const char *type = request_field(request, "content-type");
    const char *body = request->body;
    size_t len = request->body_read, blank = 0;
    if (len == 0)
        return 0;
    bool json = type && field_is_type(type, "application/json");
    from->form = type && field_is_type(type, "application/x-www-form-urlencoded");
    if (type && !json && !from->form && !field_is_type(type, "text/plain")) {
        *error = "content-type: expected application/json or application/x-www-form-urlencoded";
        return 415;
    }
    while (blank < len && strchr(" \t\r\n", body[blank]) && body[blank])
        blank++;
    if (!json && (blank == len || body[blank] != '{'))
        return 0;
    char text[HTTP_BODY_MAX + 1]; /* with a NUL behind it, so that "whole" can be asked for */
    memcpy(text, body, len);
    text[len] = '\0';
    from->json =
        memchr(text, '\0', len) ? NULL : cJSON_ParseWithLengthOpts(text, len + 1, NULL, true);
    if (cJSON_IsObject(from->json))
        return 0;
    *error = "body: expected a JSON object of x, y and c";
    return 400;
}

/* 0, or the status of the error, which is then in error. */
static unsigned read_pixel(const struct request *request, struct pixel *pixel,
                           char error[ERROR_BYTES])
{
    struct parameters from = {.request = request};
    const char *words = NULL;
    unsigned status = read_body(&from, &words);
    if (status != 0)
        snprintf(error, ERROR_BYTES, "%s", words);
    else if (read_number(&from, "x", PLANE_MIN, PLANE_MAX, &pixel->x, error) != 0 ||
             read_number(&from, "y", PLANE_MIN, PLANE_MAX, &pixel->y, error) != 0 ||
             read_number(&from, "c", 0, CANVAS_COLOURS - 1, &pixel->colour, error) != 0)
        status = 400;
    cJSON_Delete(from.json);
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

static enum sent send_message(struct session *session, const struct message *message)
{
    if (message->type == MESSAGE_PLACED)
        settle(session, 200, NULL, message->version);
    else if (message->type == MESSAGE_REFUSED)
        settle(session, refusal_status(message->reason), refusal_name(message->reason), 0);
    return SENT_OK;
}

static void send_close(struct session *session, unsigned code, const char *reason)
{
    settle(session, 503, code == CLOSE_UNKNOWN ? "unknown" : "closed", 0);
}

static const struct session_ops session_ops = {
    .frame = send_frame,
    .message = send_message,
    .close = send_close,
};

static void leave(struct http *http)
{
    struct edit *edit = http->work;
    http->work = NULL;
    session_finish(&edit->session);
    free(edit);
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
        return;
    }
    bool again = edit.status == 429 || (edit.status == 503 && strcmp(edit.error, "unknown") != 0);
    reply_error(http,
                (struct reply){.status = edit.status, .extra = again ? "Retry-After: 1\r\n" : NULL},
                edit.error);
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
    char error[ERROR_BYTES];
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
        reply_error(http, (struct reply){.status = refusal_status(REFUSAL_LOCKED)},
                    refusal_name(REFUSAL_LOCKED));
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
