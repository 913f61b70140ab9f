/* SPDX-License-Identifier: ISC */
/* http: see http.h. */
#include "http.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/decimal.h"
#include "sys/clock.h"

enum {
    FETCH_US = 10 * 1000 * 1000,
    ANSWER_BYTES = 4 << 20, /* head and body; a picture has at most half a megabyte */
};

struct link {
    int fd;
    struct tls *tls;
    uint64_t deadline_us;
};

/* Wait for the socket. 0, or -1 when the time is over. */
static int wait_for(const struct link *link, short events)
{
    uint64_t now = clock_now_us();
    struct pollfd poll_fd = {.fd = link->fd, .events = events};
    return now < link->deadline_us &&
                   poll(&poll_fd, 1, (int)((link->deadline_us - now) / 1000 + 1)) > 0
               ? 0
               : -1;
}

static int send_all(const struct link *link, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n =
            link->tls ? tls_send(link->tls, bytes, len) : send(link->fd, bytes, len, MSG_NOSIGNAL);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (n == 0 || errno != EAGAIN || wait_for(link, POLLIN | POLLOUT) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Everything up to the end of the connection. */
static ssize_t recv_all(const struct link *link, uint8_t *bytes, size_t room)
{
    size_t len = 0;
    while (len < room) {
        ssize_t n = link->tls ? tls_recv(link->tls, bytes + len, room - len)
                              : recv(link->fd, bytes + len, room - len, 0);
        if (n > 0) {
            len += (size_t)n;
        } else if (n == 0 ||
                   errno == EPROTO) { /* without TLS's closing message: Content-Length decides */
            return (ssize_t)len;
        } else if (errno != EAGAIN || wait_for(link, POLLIN) != 0) {
            return -1;
        }
    }
    return -1;
}

static int exchange(struct link *link, const struct target *target,
                    const struct http_request *asked, uint8_t *bytes, size_t *len)
{
    char request[TARGET_PATH + TARGET_TEXT + 512];
    bool posts = strcmp(asked->method, "POST") == 0;
    int request_len =
        snprintf(request, sizeof request,
                 "%s %s HTTP/1.1\r\nHost: %s\r\n%s%sConnection: close\r\n\r\n", asked->method,
                 asked->path, target->host, asked->fields, posts ? "Content-Length: 0\r\n" : "");
    if (request_len >= (int)sizeof request)
        return -1;
    if (asked->from) {
        struct sockaddr_in source = {.sin_family = AF_INET, .sin_addr = *asked->from};
        if (bind(link->fd, (const struct sockaddr *)&source, sizeof source) != 0)
            return -1;
    }
    if (connect(link->fd, (const struct sockaddr *)&target->address, target->address_len) != 0 &&
        (errno != EINPROGRESS || wait_for(link, POLLOUT) != 0))
        return -1;
    while (link->tls) {
        int done = tls_handshake(link->tls);
        if (done > 0)
            break;
        /* Both directions would be ready at once; what is wanted next is mostly their answer. */
        if (done < 0 || wait_for(link, POLLIN) != 0)
            return -1;
    }
    if (send_all(link, request, (size_t)request_len) != 0)
        return -1;
    ssize_t got = recv_all(link, bytes, ANSWER_BYTES - 1);
    if (got <= 0)
        return -1;
    *len = (size_t)got;
    return 0;
}

bool http_header(const struct http_answer *answer, const char *name, char *value, size_t room)
{
    size_t len = strlen(name);
    for (const char *line = strstr(answer->head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, len) != 0 || line[len] != ':')
            continue;
        const char *text = line + len + 1;
        text += strspn(text, " \t");
        snprintf(value, room, "%.*s", (int)strcspn(text, "\r"), text);
        return true;
    }
    return false;
}

/* Find head, status and body in the bytes. */
static int take_apart(uint8_t *bytes, size_t len, struct http_answer *answer)
{
    char value[32];
    uint8_t *body = memmem(bytes, len, "\r\n\r\n", 4);
    if (!body || strncmp((char *)bytes, "HTTP/1.1 ", 9) != 0)
        return -1;
    *body = '\0';
    body += 4;
    *answer = (struct http_answer){.head = (char *)bytes,
                                   .body = body,
                                   .body_len = len - (size_t)(body - bytes),
                                   .status = atoi((char *)bytes + 9)};
    if (!http_header(answer, "Content-Length", value, sizeof value))
        return 0;
    uint64_t length;
    if (!decimal_parse(value, strlen(value), answer->body_len, &length))
        return -1;
    answer->body_len = (size_t)length;
    return 0;
}

int http_get(const struct target *target, struct tls_context *context, const char *path,
             struct http_answer *answer, const char **error)
{
    return http_ask(target, context,
                    &(struct http_request){.method = "GET", .path = path, .fields = ""}, answer,
                    error);
}

int http_ask(const struct target *target, struct tls_context *context,
             const struct http_request *request, struct http_answer *answer, const char **error)
{
    struct link link = {.deadline_us = clock_now_us() + FETCH_US};
    uint8_t *bytes = malloc(ANSWER_BYTES);
    size_t len = 0;
    int result = -1;
    *error = "out of memory or sockets";
    link.fd = socket(target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link.fd >= 0 && target->tls)
        link.tls = tls_create(context, link.fd, target->name);
    if (bytes && link.fd >= 0 && (link.tls || !target->tls)) {
        *error = "no answer";
        if (exchange(&link, target, request, bytes, &len) == 0) {
            bytes[len] = '\0';
            *error = "no whole HTTP answer";
            result = take_apart(bytes, len, answer);
        }
    }
    tls_destroy(link.tls);
    if (link.fd >= 0)
        close(link.fd);
    if (result != 0)
        free(bytes);
    return result;
}

void http_answer_finish(struct http_answer *answer)
{
    free(answer->head);
    *answer = (struct http_answer){0};
}
