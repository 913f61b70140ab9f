/* SPDX-License-Identifier: ISC */
/*
 * reply: the head and the body go out together as far as the socket takes them. The rest of the
 * head is copied and the body stays where it is, so that a slow reader holds next to no memory.
 */
#include "http/reply.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/http.h"
#include "http/site.h"
#include "net/loop_state.h"

enum {
    HEAD_BYTES = 4096,
    SHORT_BYTES = 4096,         /* a body that goes out in one piece with the head */
    SEND_US = 60 * 1000 * 1000, /* for a whole body */
    DATE_BYTES = 40,
};

static const char *reason_of(unsigned status)
{
    static const struct {
        unsigned status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {204, "No Content"},
        {302, "Found"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "-";
}

/* The present second, written once in it. */
static const char *date_now(void)
{
    static _Thread_local char date[DATE_BYTES];
    static _Thread_local time_t written;
    time_t now = time(NULL);
    struct tm utc;
    if (now != written && gmtime_r(&now, &utc)) {
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
        written = now;
    }
    return date;
}

bool reply_pending(const struct http *http)
{
    const struct http_output *output = &http->output;
    return output->head_sent < output->head_len || output->body_sent < output->body_len;
}

/* n bytes more have been sent. */
static void advance(struct http_output *output, size_t n)
{
    size_t head = output->head_len - output->head_sent;
    size_t of_head = n < head ? n : head;
    output->head_sent += of_head;
    output->body_sent += n - of_head;
}

/* Offer the socket what has not been sent yet. */
static ssize_t write_rest(struct http *http, const char *head)
{
    const struct http_output *output = &http->output;
    size_t head_left = output->head_len - output->head_sent;
    size_t body_left = output->body_len - output->body_sent;
    const uint8_t *body = body_left > 0 ? output->body + output->body_sent : NULL;
    if (head_left == 0)
        return stream_write(&http->stream, body, body_left, NULL, 0);
    return stream_write(&http->stream, head + output->head_sent, head_left, body, body_left);
}

int reply_go_on(struct http *http)
{
    struct http_output *output = &http->output;
    if (reply_pending(http)) {
        ssize_t n = write_rest(http, output->head);
        if (n < 0)
            return -1;
        advance(output, (size_t)n);
        if (reply_pending(http)) {
            stream_watch(&http->stream, STREAM_WRITE);
            return 0;
        }
    }
    http_drop_output(http);
    return 1;
}

/* Send what is in output, whose head is the caller's: what is left of that becomes our own. 1, 0 or
 * -1 as of reply_go_on. */
static int send_first(struct http *http)
{
    struct http_output *output = &http->output;
    const char *head = output->head;
    output->head = NULL;
    ssize_t n = write_rest(http, head);
    if (n < 0) {
        http_drop_output(http);
        return -1;
    }
    advance(output, (size_t)n);
    if (!reply_pending(http)) {
        http_drop_output(http);
        return 1;
    }
    size_t left = output->head_len - output->head_sent;
    output->head_len = output->head_sent = 0;
    if (left > 0) {
        output->head = malloc(left);
        if (!output->head) {
            http_drop_output(http);
            return -1;
        }
        memcpy(output->head, head + n, left);
        output->head_len = left;
    }
    stream_watch(&http->stream, STREAM_WRITE);
    return 0;
}

static void on_writable(struct conn *conn)
{
    struct http *http = http_of(conn);
    switch (reply_go_on(http)) {
    case 1:
        http->answered(http);
        break;
    case 0:
        break;
    default:
        conn_kill(conn);
    }
}

static void on_closed(struct conn *conn)
{
    http_free(http_of(conn));
}

/* Sending what the socket did not take at once. */
static const struct conn_ops sending_ops = {.writable = on_writable, .closed = on_closed};

int reply_bytes(struct http *http, const void *bytes, size_t len)
{
    http->output.head = (char *)(uintptr_t)bytes;
    http->output.head_len = len;
    return send_first(http) < 0 ? -1 : 0;
}

void reply_send(struct http *http, struct reply reply)
{
    char bytes[HEAD_BYTES + SHORT_BYTES], length[48] = "";
    const struct loop *loop = http->conn->loop;
    const char *connection = "", *templates = http->site->template_sources;
    /* The page reads what it makes templates of. */
    const char *shown = templates ? " " : "", *fetched = templates ? "; connect-src 'self' " : "";
    templates = templates ? templates : "";
    metric_add(loop->config.metrics, http_requests_total, 1);
    http->close |= reply.close || !http->request.keep_alive || loop->phase != LOOP_RUNS;
    if (http->close)
        connection = "Connection: close\r\n";
    else if (http->request.http_10)
        connection = "Connection: keep-alive\r\n";
    if (reply.status != 304 && reply.status != 204)
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", reply.len);
    int n = snprintf(bytes, HEAD_BYTES,
                     "HTTP/1.1 %u %s\r\n"
                     "Date: %s\r\n"
                     "%s%s%s"
                     "%s%s%s%s"
                     "Content-Security-Policy: default-src 'self'; "
                     "img-src 'self' blob: data:%s%s%s%s; frame-ancestors %s\r\n"
                     "X-Content-Type-Options: nosniff\r\n"
                     "Referrer-Policy: same-origin\r\n"
                     "\r\n",
                     reply.status, reason_of(reply.status), date_now(),
                     reply.type ? "Content-Type: " : "", reply.type ? reply.type : "",
                     reply.type ? "\r\n" : "", length, reply.extra ? reply.extra : "",
                     http->cors ? http->cors : "", connection, shown, templates, fetched, templates,
                     http->site->frame_ancestors);
    struct http_output *output = &http->output;
    *output = (struct http_output){.release = reply.release, .owned = reply.owned};
    if (n < 0 || n >= HEAD_BYTES) {
        http_drop_output(http);
        conn_kill(http->conn);
        return;
    }
    output->head = bytes;
    output->head_len = (size_t)n;
    if (!http->head_only && reply.status != 304 && reply.len > 0) {
        if (reply.len <= SHORT_BYTES) {
            memcpy(bytes + n, reply.body, reply.len);
            output->head_len += reply.len;
        } else {
            output->body = reply.body;
            output->body_len = reply.len;
        }
    }
    http->phase = HTTP_ANSWER;
    http->conn->ops = &sending_ops;
    switch (send_first(http)) {
    case 1:
        http->answered(http);
        break;
    case 0:
        conn_set_deadline(http->conn, SEND_US);
        break;
    default:
        conn_kill(http->conn);
    }
}

void reply_json(struct http *http, struct reply reply, struct cJSON *json)
{
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    if (!text) {
        reply_send(http, (struct reply){.status = 500});
        return;
    }
    size_t len = strlen(text);
    text[len] = '\n'; /* where the NUL was: one line for who reads it in a terminal */
    reply.type = "application/json";
    reply.body = reply.owned = text;
    reply.len = len + 1;
    reply.release = free;
    reply_send(http, reply);
}

void reply_error(struct http *http, struct reply reply, const char *error)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "error", error);
    reply_json(http, reply, json);
}
