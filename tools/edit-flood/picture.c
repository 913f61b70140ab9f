/* SPDX-License-Identifier: ISC */
/* picture: see picture.h. */
#include "picture.h"

#include <errno.h>
#include <png.h>
#include <poll.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "core/canvas.h"
#include "core/edit.h"

enum {
    FETCH_MS = 10 * 1000,
    ANSWER_BYTES = 4 << 20, /* head and body; a picture has at most half a megabyte */
};

struct source {
    const uint8_t *bytes;
    size_t left;
};

static void read_png(png_structp png, png_bytep out, size_t len)
{
    struct source *source = png_get_io_ptr(png);
    if (len > source->left)
        png_error(png, "truncated");
    memcpy(out, source->bytes, len);
    source->bytes += len;
    source->left -= len;
}

static void be_silent(png_structp png, png_const_charp message)
{
}

int picture_decode(const uint8_t *bytes, size_t len, uint8_t *pixels)
{
    struct source source = {bytes, len};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, be_silent);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return -1;
    }
    png_set_read_fn(png, &source, read_png);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != CANVAS_WIDTH ||
        png_get_image_height(png, info) != CANVAS_HEIGHT ||
        png_get_color_type(png, info) != PNG_COLOR_TYPE_PALETTE ||
        png_get_interlace_type(png, info) != PNG_INTERLACE_NONE)
        png_error(png, "not a canvas");
    png_set_packing(png);
    png_read_update_info(png, info);
    for (size_t y = 0; y < CANVAS_HEIGHT; y++)
        png_read_row(png, pixels + y * CANVAS_WIDTH, NULL);
    png_destroy_read_struct(&png, &info, NULL);
    for (size_t i = 0; i < CANVAS_PIXELS; i++) {
        if (pixels[i] >= CANVAS_COLOURS)
            return -1;
    }
    return 0;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct link {
    int fd;
    struct tls *tls;
    int64_t deadline_ms;
};

/* Wait for the socket. 0, or -1 when the time is over. */
static int wait_for(const struct link *link, short events)
{
    int64_t left = link->deadline_ms - now_ms();
    struct pollfd poll_fd = {.fd = link->fd, .events = events};
    return left > 0 && poll(&poll_fd, 1, (int)left) > 0 ? 0 : -1;
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
        } else if (n == 0 || errno == EPROTO) { /* without a goodbye: the length tells */
            return (ssize_t)len;
        } else if (errno != EAGAIN || wait_for(link, POLLIN) != 0) {
            return -1;
        }
    }
    return -1;
}

static int get(struct link *link, const struct target *target, uint8_t *answer, size_t *len)
{
    char request[2 * TARGET_TEXT + 64];
    int request_len = snprintf(request, sizeof request,
                               "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                               target->picture, target->host);
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
    ssize_t got = recv_all(link, answer, ANSWER_BYTES);
    if (got <= 0)
        return -1;
    *len = (size_t)got;
    return 0;
}

/* A header's value as a number. */
static int header_number(const char *head, const char *name, uint64_t *value)
{
    size_t len = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            char *end;
            errno = 0;
            *value = strtoull(line + len + 1, &end, 10);
            return end != line + len + 1 && errno == 0 ? 0 : -1;
        }
    }
    return -1;
}

static int take(uint8_t *answer, size_t len, uint64_t *version, uint8_t *pixels, const char **error)
{
    uint8_t *body = memmem(answer, len, "\r\n\r\n", 4);
    *error = "/canvas.png: no HTTP answer";
    if (!body)
        return -1;
    *body = '\0';
    body += 4;
    const char *head = (const char *)answer;
    *error = "/canvas.png: status is not 200";
    if (strncmp(head, "HTTP/1.1 200", 12) != 0)
        return -1;
    *error = "/canvas.png: no X-Canvas-Version or Content-Length";
    uint64_t body_len;
    if (header_number(head, "X-Canvas-Version", version) != 0 ||
        header_number(head, "Content-Length", &body_len) != 0)
        return -1;
    *error = "/canvas.png: not a picture of 1000 x 1000 in 16 colours";
    if (body_len > len - (size_t)(body - answer) ||
        picture_decode(body, (size_t)body_len, pixels) != 0)
        return -1;
    *error = NULL;
    return 0;
}

int picture_fetch(const struct target *target, struct tls_context *context, uint64_t *version,
                  uint8_t *pixels, const char **error)
{
    struct link link = {.deadline_ms = now_ms() + FETCH_MS};
    uint8_t *answer = malloc(ANSWER_BYTES);
    size_t len = 0;
    int result = -1;
    *error = "out of memory or sockets";
    link.fd = socket(target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link.fd >= 0 && target->tls)
        link.tls = tls_create(context, link.fd, target->name);
    if (answer && link.fd >= 0 && (link.tls || !target->tls)) {
        *error = "/canvas.png: no answer";
        if (get(&link, target, answer, &len) == 0)
            result = take(answer, len, version, pixels, error);
    }
    tls_destroy(link.tls);
    if (link.fd >= 0)
        close(link.fd);
    free(answer);
    return result;
}
