/* SPDX-License-Identifier: ISC */
/* ws_link: see ws_link.h. */
#include "ws_link.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/stop.h"
#include "core/bytes.h"
#include "core/edit.h"
#include "edit-flood/wire.h"
#include "sys/clock.h"

enum {
    HELLO_MS = 10000,
    WAIT_MS = 100,
    RECEIVE_BYTES = 256 * 1024, /* more than the longest frame, 21,000 edits */
    SEND_BYTES = 64 * 1024,     /* kept at first */
    NOT_FOUND = 404,
    ANSWER_BYTES = 4096, /* of the head that answers the upgrade */
};

struct ws_link {
    int fd;
    struct tls *tls;
    bool is_missing, is_open, greeted,
        in_binary; /* in_binary: a message of several frames goes on */
    uint8_t *out;
    size_t out_len, out_sent, out_room;
    size_t in_len;
    uint8_t in[RECEIVE_BYTES];
};

static int fail(char error[WS_LINK_ERROR_BYTES], const char *what)
{
    snprintf(error, WS_LINK_ERROR_BYTES, "%s", what);
    return -1;
}

/* ---- writing */

/* Everything that there is room for. */
static int flush(struct ws_link *link, char error[WS_LINK_ERROR_BYTES])
{
    while (link->out_sent < link->out_len) {
        const uint8_t *at = link->out + link->out_sent;
        size_t len = link->out_len - link->out_sent;
        ssize_t n =
            link->tls ? tls_send(link->tls, at, len) : send(link->fd, at, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN)
            return 0;
        if (n <= 0)
            return fail(error, n == 0 ? "the server closed the connection" : strerror(errno));
        link->out_sent += (size_t)n;
    }
    link->out_sent = link->out_len = 0;
    return 0;
}

static int put(struct ws_link *link, const void *bytes, size_t len, char error[WS_LINK_ERROR_BYTES])
{
    if (link->out_len + len > link->out_room) {
        size_t room = link->out_room ? link->out_room : SEND_BYTES;
        while (room < link->out_len + len)
            room *= 2;
        uint8_t *out = realloc(link->out, room);
        if (!out)
            return fail(error, "no memory");
        link->out = out;
        link->out_room = room;
    }
    memcpy(link->out + link->out_len, bytes, len);
    link->out_len += len;
    return flush(link, error);
}

int ws_link_send(struct ws_link *link, uint32_t id, const uint8_t *edits, size_t n,
                 char error[WS_LINK_ERROR_BYTES])
{
    uint8_t payload[4 + EDIT_BYTES * WIRE_EDITS_MAX], frame[WIRE_HEAD_MAX + sizeof payload];
    store_u32(payload, id);
    memcpy(payload + 4, edits, EDIT_BYTES * n);
    return put(link, frame, wire_frame(frame, WIRE_BINARY, payload, 4 + EDIT_BYTES * n), error);
}

/* ---- reading */

struct listener {
    void (*heard)(void *arg, const struct said *said);
    void *arg;
};

static int take_close(const uint8_t *payload, size_t len, char error[WS_LINK_ERROR_BYTES])
{
    snprintf(error, WS_LINK_ERROR_BYTES, "the server closed the connection with code %d",
             len >= 2 ? payload[0] << 8 | payload[1] : 1005);
    return -1;
}

static int take_frame(struct ws_link *link, const struct wire_head *head, const uint8_t *payload,
                      const struct listener *to, char error[WS_LINK_ERROR_BYTES])
{
    uint8_t frame[WIRE_HEAD_MAX + WIRE_CONTROL_MAX];
    size_t len = (size_t)head->len;
    struct said said;
    switch ((enum wire_opcode)head->opcode) {
    case WIRE_PING:
        return put(link, frame, wire_frame(frame, WIRE_PONG, payload, len), error);
    case WIRE_PONG:
        return 0;
    case WIRE_CLOSE:
        return take_close(payload, len, error);
    case WIRE_BINARY:
        link->in_binary = !head->fin;
        return 0;
    case WIRE_CONTINUATION:
        if (!link->in_binary)
            return fail(error, "the server sent what it may not");
        link->in_binary = !head->fin;
        return 0;
    case WIRE_TEXT:
        break;
    }
    if (!head->fin || !said_parse((const char *)payload, len, &said))
        return fail(error, "the server said what cannot be understood");
    if (said.type == SAID_HELLO)
        link->greeted = true;
    to->heard(to->arg, &said);
    return 0;
}

static int take_answer(struct ws_link *link, size_t *used, char error[WS_LINK_ERROR_BYTES])
{
    int status;
    *used = 0;
    enum wire_answer answer = wire_upgraded(link->in, link->in_len, used, &status);
    if (answer == WIRE_UPGRADED) {
        link->is_open = true;
        return 0;
    }
    *used = 0;
    if (answer == WIRE_UNFINISHED && link->in_len < ANSWER_BYTES)
        return 0;
    link->is_missing = status == NOT_FOUND;
    snprintf(error, WS_LINK_ERROR_BYTES, "no WebSocket of placed, but HTTP status %d", status);
    return -1;
}

/* All whole frames that are there. */
static int take_all(struct ws_link *link, const struct listener *to,
                    char error[WS_LINK_ERROR_BYTES])
{
    size_t at = 0;
    if (!link->is_open && take_answer(link, &at, error) != 0)
        return -1;
    while (link->is_open) {
        struct wire_head head;
        enum wire_parse parsed = wire_head(link->in + at, link->in_len - at, &head);
        if (parsed == WIRE_MORE)
            break;
        if (parsed == WIRE_BAD || head.len > RECEIVE_BYTES - WIRE_HEAD_MAX)
            return fail(error, "the server sent what it may not");
        if (link->in_len - at - head.head_len < head.len)
            break;
        if (take_frame(link, &head, link->in + at + head.head_len, to, error) != 0)
            return -1;
        at += head.head_len + (size_t)head.len;
    }
    memmove(link->in, link->in + at, link->in_len - at);
    link->in_len -= at;
    return 0;
}

int ws_link_run(struct ws_link *link, void (*heard)(void *arg, const struct said *said), void *arg,
                char error[WS_LINK_ERROR_BYTES])
{
    const struct listener to = {heard, arg};
    for (;;) {
        uint8_t *at = link->in + link->in_len;
        size_t room = RECEIVE_BYTES - link->in_len;
        ssize_t n = link->tls ? tls_recv(link->tls, at, room) : recv(link->fd, at, room, 0);
        if (n < 0 && errno == EAGAIN)
            return flush(link, error);
        if (n <= 0)
            return fail(error, n == 0 ? "the server closed the connection" : strerror(errno));
        link->in_len += (size_t)n;
        if (take_all(link, &to, error) != 0)
            return -1;
    }
}

/* ---- opening */

static int wait_for(const struct ws_link *link, short events, int64_t deadline_ms,
                    char error[WS_LINK_ERROR_BYTES])
{
    struct pollfd poll_fd = {.fd = link->fd, .events = events};
    for (;;) {
        if (stop_asked())
            return fail(error, "");
        if (poll(&poll_fd, 1, WAIT_MS) > 0)
            return 0;
        if (clock_now_ms() >= deadline_ms)
            return fail(error, "no answer within 10 s");
    }
}

static int dial(struct ws_link *link, const struct target *target, struct tls_context *context,
                int64_t deadline_ms, char error[WS_LINK_ERROR_BYTES])
{
    int on = 1, why = 0;
    socklen_t len = sizeof why;
    link->fd = socket(target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->fd < 0)
        return fail(error, strerror(errno));
    setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(link->fd, (const struct sockaddr *)&target->address, target->address_len) != 0) {
        if (errno != EINPROGRESS)
            return fail(error, strerror(errno));
        if (wait_for(link, POLLOUT, deadline_ms, error) != 0)
            return -1;
        getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &why, &len);
        if (why != 0)
            return fail(error, strerror(why));
    }
    if (!target->tls)
        return 0;
    link->tls = tls_create(context, link->fd, target->name);
    if (!link->tls)
        return fail(error, "no memory");
    for (int done; (done = tls_handshake(link->tls)) <= 0;) {
        if (done < 0)
            return fail(error, "no TLS, or a certificate that is not trusted");
        if (wait_for(link, POLLIN, deadline_ms, error) != 0)
            return -1;
    }
    return 0;
}

static void hear_nothing(void *arg, const struct said *said)
{
    (void)arg;
    (void)said;
}

static int greet(struct ws_link *link, const struct target *target, struct position position,
                 int64_t deadline_ms, char error[WS_LINK_ERROR_BYTES])
{
    char path[TARGET_PATH], request[TARGET_PATH + TARGET_TEXT + 256];
    target_path(target, &position, "ws", path);
    size_t len = wire_upgrade(request, sizeof request, target->host, path, "", NULL);
    if (len == 0)
        return fail(error, "the address is too long");
    if (put(link, request, len, error) != 0)
        return -1;
    while (!link->greeted) {
        if (ws_link_run(link, hear_nothing, NULL, error) != 0)
            return -1;
        if (!link->greeted && wait_for(link, POLLIN, deadline_ms, error) != 0)
            return -1;
    }
    return 0;
}

struct ws_link *ws_link_open(const struct target *target, struct tls_context *context,
                             struct position position, bool *missing,
                             char error[WS_LINK_ERROR_BYTES])
{
    int64_t deadline_ms = clock_now_ms() + HELLO_MS;
    *missing = false;
    struct ws_link *link = calloc(1, sizeof *link);
    if (!link) {
        fail(error, "no memory");
        return NULL;
    }
    link->fd = -1;
    if (dial(link, target, context, deadline_ms, error) == 0 &&
        greet(link, target, position, deadline_ms, error) == 0)
        return link;
    *missing = link->is_missing;
    ws_link_close(link);
    return NULL;
}

void ws_link_close(struct ws_link *link)
{
    static const uint8_t normal[] = {1000 >> 8, 1000 & 0xff};
    uint8_t frame[WIRE_HEAD_MAX + sizeof normal];
    char error[WS_LINK_ERROR_BYTES];
    if (!link)
        return;
    if (link->is_open) /* a goodbye, if there is room for one; nobody waits for the answer */
        put(link, frame, wire_frame(frame, WIRE_CLOSE, normal, sizeof normal), error);
    tls_destroy(link->tls);
    if (link->fd >= 0)
        close(link->fd);
    free(link->out);
    free(link);
}

int ws_link_fd(const struct ws_link *link)
{
    return link->fd;
}

bool ws_link_waits(const struct ws_link *link)
{
    return link->out_sent < link->out_len;
}
