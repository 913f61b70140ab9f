/* SPDX-License-Identifier: ISC */
/*
 * conn: see conn.h. What the socket does not take is kept; a connection with something kept sends
 * nothing new.
 */
#include "conn.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "timers.h"

enum {
    TRIES_MAX = 6,
    RETRY_US = 200 * 1000,     /* after the first failure; twice as long after each */
    RECONNECT_US = 100 * 1000, /* at least, after a connection that was open */
    OUT_BYTES_MAX = 1 << 20,
    CLOSE_GOING_AWAY = 1001,
};

static const char *const kinds[] = {"reader", "writer", "full reader"};

const char *conn_name(const struct flood *flood, const struct conn *conn)
{
    static char name[TARGET_TEXT + 64];
    unsigned number = conn_number(flood, conn);
    if (conn->kind == CONN_READER)
        number -= flood->n_full + flood->n_writers;
    else if (conn->kind == CONN_WRITER)
        number -= flood->n_full;
    snprintf(name, sizeof name, "%s %u of process %u", kinds[conn->kind], number, flood->process);
    return name;
}

struct extra *conn_extra(struct conn *conn)
{
    if (!conn->extra)
        conn->extra = calloc(1, sizeof *conn->extra);
    return conn->extra;
}

ssize_t conn_receive(struct conn *conn, void *bytes, size_t len)
{
    return conn->extra && conn->extra->tls ? tls_recv(conn->extra->tls, bytes, len)
                                           : recv(conn->fd, bytes, len, 0);
}

static ssize_t give_bytes(struct conn *conn, const void *bytes, size_t len)
{
    return conn->extra && conn->extra->tls ? tls_send(conn->extra->tls, bytes, len)
                                           : send(conn->fd, bytes, len, MSG_NOSIGNAL);
}

bool conn_sendable(const struct conn *conn)
{
    return !conn->extra || conn->extra->out_len == 0;
}

/* Keep what the socket did not take. */
static bool keep_out(struct conn *conn, const uint8_t *bytes, size_t len)
{
    struct extra *extra = conn_extra(conn);
    if (!extra || extra->out_len + len > OUT_BYTES_MAX)
        return false;
    uint8_t *out = realloc(extra->out, extra->out_len + len);
    if (!out)
        return false;
    memcpy(out + extra->out_len, bytes, len);
    extra->out = out;
    extra->out_len += len;
    return true;
}

bool conn_send(struct flood *flood, struct conn *conn, const uint8_t *bytes, size_t len)
{
    if (conn_sendable(conn)) {
        ssize_t n = give_bytes(conn, bytes, len);
        if (n < 0 && errno != EAGAIN) {
            conn_end(flood, conn, CONN_END_LOST, 0);
            return false;
        }
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
    if (len > 0 && !keep_out(conn, bytes, len)) {
        conn_end(flood, conn, CONN_END_LOST, 0);
        return false;
    }
    return true;
}

void conn_flush(struct flood *flood, struct conn *conn)
{
    struct extra *extra = conn->extra;
    while (extra && extra->out_at < extra->out_len) {
        ssize_t n = give_bytes(conn, extra->out + extra->out_at, extra->out_len - extra->out_at);
        if (n < 0) {
            if (errno != EAGAIN)
                conn_end(flood, conn, CONN_END_LOST, 0);
            return;
        }
        extra->out_at += (size_t)n;
    }
    if (extra && extra->out_len > 0) {
        free(extra->out);
        extra->out = NULL;
        extra->out_len = extra->out_at = 0;
        flood->handlers->sendable(flood, conn);
    }
}

/* ---- its end */

static void count_close(struct flood *flood, struct conn *conn, unsigned code)
{
    struct stats *stats = flood->stats;
    switch (code) {
    case 4001:
        stat_add(stats, closed_behind, 1);
        break;
    case 1012:
        stat_add(stats, closed_restart, 1);
        break;
    case 1011:
        stat_add(stats, closed_unknown, 1);
        break;
    case 1013:
        stat_add(stats, closed_full, 1);
        break;
    case 1002:
    case 1003:
    case 1007:
    case 1008:
    case 1009:
        /* It says that we broke the protocol; we did not. */
        stat_add(stats, closed_other, 1);
        stat_add(stats, bad_frames, 1);
        stats_note(stats, "%s: closed by the server with %u", conn_name(flood, conn), code);
        break;
    default:
        stat_add(stats, closed_other, 1);
        break;
    }
}

void conn_explain(struct flood *flood, const struct conn *conn, const char *format, ...)
{
    char why[STATS_TEXT_BYTES / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    snprintf(flood->stats->connect_error, STATS_TEXT_BYTES, "%.*s: %s", STATS_TEXT_BYTES / 2 - 4,
             target_of(flood, conn)->url, why);
}

static void release(struct conn *conn)
{
    struct extra *extra = conn->extra;
    if (extra) {
        tls_destroy(extra->tls);
        free(extra->out);
        free(extra->message);
        extra->tls = NULL;
        extra->out = extra->message = NULL;
        extra->out_len = extra->out_at = extra->message_len = 0;
    }
    free(conn->partial);
    conn->partial = NULL;
    conn->partial_len = 0;
    if (conn->fd >= 0)
        close(conn->fd);
    conn->fd = -1;
}

void conn_end(struct flood *flood, struct conn *conn, enum conn_end how, unsigned code)
{
    if (conn->state == CONN_IDLE || conn->state == CONN_GAVE_UP)
        return;
    bool was_greeted = conn->greeted;
    timer_clear(flood, conn);
    if (conn->state != CONN_OPEN || !was_greeted)
        flood->n_connecting--;
    release(conn);
    conn->state = CONN_IDLE;
    conn->greeted = false;
    if (how == CONN_END_CLOSED)
        count_close(flood, conn, code);
    if (was_greeted) {
        stat_add(flood->stats, open, -1);
        if (how == CONN_END_LOST)
            stat_add(flood->stats, lost, 1);
        flood->handlers->ended(flood, conn);
        timer_set(flood, conn, RECONNECT_US + flood_random(flood) % (4 * RECONNECT_US));
        return;
    }
    stat_add(flood->stats, connect_failures, 1);
    if (++conn->tries < TRIES_MAX) {
        timer_set(flood, conn, (uint64_t)RETRY_US << (conn->tries - 1));
        return;
    }
    conn->state = CONN_GAVE_UP;
    stat_add(flood->stats, gave_up, 1);
    conn_settled(flood, conn);
}

void conn_greeted(struct flood *flood, struct conn *conn)
{
    struct stats *stats = flood->stats;
    conn->greeted = true;
    conn->tries = 0;
    flood->n_connecting--;
    stat_add(stats, open, 1);
    stat_add(stats, connects, 1);
    if (!conn->settled) {
        stats->connect_last_us = flood->now_us;
        stats->ramp_connects++;
    }
    histogram_add(&stats->handshakes, since_begun(flood) - conn->began_us, 1);
    timer_clear(flood, conn);
}

void conn_settled(struct flood *flood, struct conn *conn)
{
    flood->n_settled += !conn->settled;
    conn->settled = true;
}

void conn_destroy(struct conn *conn)
{
    if (conn->fd >= 0)
        release(conn);
    if (conn->extra)
        free(conn->extra->pixels);
    free(conn->extra);
}

void conn_leave(struct flood *flood, struct conn *conn)
{
    uint8_t code[2] = {CLOSE_GOING_AWAY >> 8, CLOSE_GOING_AWAY & 0xff};
    uint8_t frame[WIRE_HEAD_MAX + sizeof code];
    if (conn->state == CONN_OPEN && !conn->polls && conn_sendable(conn))
        (void)give_bytes(conn, frame, wire_frame(frame, WIRE_CLOSE, code, sizeof code));
    conn_end(flood, conn, CONN_END_LEFT, 0);
}

void conn_breach(struct flood *flood, struct conn *conn, const char *what)
{
    stat_add(flood->stats, bad_frames, 1);
    stats_note(flood->stats, "%s: %s", conn_name(flood, conn), what);
    conn_end(flood, conn, CONN_END_LOST, 0);
}

void conn_answer_close(struct flood *flood, struct conn *conn, const uint8_t *payload, size_t len)
{
    uint8_t frame[WIRE_HEAD_MAX + 2];
    unsigned code = len >= 2 ? (unsigned)payload[0] << 8 | payload[1] : 1005;
    if (conn_sendable(conn)) /* the answer; it need not arrive */
        (void)give_bytes(conn, frame, wire_frame(frame, WIRE_CLOSE, payload, len >= 2 ? 2 : 0));
    conn_end(flood, conn, CONN_END_CLOSED, code);
}
