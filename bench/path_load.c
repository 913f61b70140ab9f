/* SPDX-License-Identifier: ISC */
/*
 * path_load: WebSockets that write as fast as they are acknowledged, and all see everything.
 *
 * Each connection keeps WINDOW messages of BATCH random edits unacknowledged, and is a viewer too.
 * At the end it waits until the last message is acknowledged and every connection has been sent as
 * many edits as all have written; the first one also adds up what it is sent. Formula: edits
 * acknowledged between the first second and the last / the time between. Prints JSON; exit code 1
 * when an edit was lost, refused, or not seen.
 *
 * --refusals: a flood of edits that are to be refused; a message is settled by either answer, and
 * the formula is edits refused / the time. --bad: every message has an edit off the canvas.
 * --addresses N: the connections come from N addresses, 127.1.0.0 and on, in turn.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "core/bytes.h"
#include "core/edit.h"
#include "sys/descriptors.h"

enum {
    BATCH_MAX = 256,
    OUT_BYTES = 128 * 1024,
    IN_BYTES = 256 * 1024,
    TEXT_BYTES = 512,
    HEAD_BYTES = 14, /* the longest of a frame */
    EVENTS = 256,
    SETTLE_SECONDS = 15,
    OPCODE_TEXT = 1,
    OPCODE_BINARY = 2,
    OPCODE_CLOSE = 8,
    OPCODE_PING = 9,
};

static const double warm_seconds = 1;

struct conn {
    int fd;
    bool closed;
    uint32_t sent, acked; /* message ids */
    uint8_t *out;
    size_t out_len, out_sent;
    /* the frame that is being read */
    uint8_t head[HEAD_BYTES];
    size_t head_len;
    uint64_t left; /* of its payload */
    uint64_t at;   /* in its payload */
    unsigned opcode;
    uint32_t word; /* of an edit that is cut between two reads */
    char text[TEXT_BYTES + 1];
    size_t text_len;
    uint64_t edits; /* seen */
};

static struct conn *conns;
static int n_conns = 16, epoll_fd;
static uint32_t window = 100, batch = BATCH_MAX;
static double seconds = 5;
static const char *path = "/ws";
static unsigned addresses; /* 0: the usual one */
static bool stopping, refusals, bad;
static uint64_t acked, refused, closed, sum_sent, sum_seen;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t random_u64(void)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static void __attribute__((noreturn)) fail(const char *what)
{
    fprintf(stderr, "path_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void watch(struct conn *c, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = c};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

static void lost(struct conn *c)
{
    closed++;
    c->closed = true;
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, c->fd, NULL);
}

static void flush(struct conn *c)
{
    while (c->out_sent < c->out_len) {
        ssize_t n = send(c->fd, c->out + c->out_sent, c->out_len - c->out_sent,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN) {
            watch(c, EPOLLIN | EPOLLOUT);
            return;
        }
        if (n < 0) {
            lost(c);
            return;
        }
        c->out_sent += (size_t)n;
    }
    c->out_len = c->out_sent = 0;
}

/* A message of random edits, masked as RFC 6455 wants it. Returns its length. */
static size_t write_message(uint8_t *to, uint32_t id)
{
    size_t len = 4 + (size_t)EDIT_BYTES * batch;
    uint8_t *p = to, mask[4];
    *p++ = 0x80 | OPCODE_BINARY;
    if (len < 126) {
        *p++ = (uint8_t)(0x80 | len);
    } else {
        *p++ = 0x80 | 126;
        *p++ = (uint8_t)(len >> 8);
        *p++ = (uint8_t)len;
    }
    store_u32(mask, (uint32_t)random_u64());
    memcpy(p, mask, sizeof mask);
    p += sizeof mask;
    store_u32(p, id);
    for (uint32_t i = 0; i < batch; i++) {
        uint64_t r = random_u64();
        uint32_t word =
            edit_pack((uint32_t)((r & 0xffff) * CANVAS_WIDTH >> 16),
                      (uint32_t)((r >> 16 & 0xffff) * CANVAS_HEIGHT >> 16), (uint32_t)(r >> 60));
        if (bad && i + 1 == batch)
            word = edit_pack(CANVAS_WIDTH, 0, 0);
        sum_sent += word;
        edit_store(p + 4 + EDIT_BYTES * i, word);
    }
    for (size_t i = 0; i < len; i++)
        p[i] ^= mask[i & 3];
    return (size_t)(p - to) + len;
}

/* Up to the window. */
static void write_on(struct conn *c)
{
    enum { ROOM = 8 + 4 + EDIT_BYTES * BATCH_MAX };
    if (c->out_len > 0 || stopping || c->closed)
        return;
    while (c->sent - c->acked < window && c->out_len + ROOM <= OUT_BYTES)
        c->out_len += write_message(c->out + c->out_len, ++c->sent);
    flush(c);
}

static void heard_text(struct conn *c)
{
    c->text[c->text_len] = '\0';
    const char *id = strstr(c->text, "\"id\":");
    bool no = strstr(c->text, "\"type\":\"refused\"") != NULL;
    if (no && refused++ == 0 && !refusals)
        fprintf(stderr, "path_load: %s\n", c->text);
    if (id && (no ? refusals : strstr(c->text, "\"type\":\"placed\"") != NULL)) {
        /* Refusals come at once, and so before the answer to what was sent before them. */
        uint32_t upto = (uint32_t)strtoul(id + 5, NULL, 10);
        if (upto <= c->acked)
            return;
        acked += upto - c->acked;
        c->acked = upto;
        write_on(c);
    }
}

/* The first connection adds up all words it is sent. */
static void add_up(struct conn *c, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++, c->at++) {
        if (c->at < 8)
            continue;
        unsigned place = (unsigned)((c->at - 8) % EDIT_BYTES);
        c->word = place == 0 ? bytes[i] : c->word | (uint32_t)bytes[i] << 8 * place;
        if (place == EDIT_BYTES - 1)
            sum_seen += c->word;
    }
}

static void frame_end(struct conn *c)
{
    if (c->opcode == OPCODE_TEXT) {
        heard_text(c);
    } else if (c->opcode == OPCODE_PING && c->out_len == 0) {
        static const uint8_t pong[] = {0x8a, 0x80, 0, 0, 0, 0}; /* the server asks for no more */
        memcpy(c->out, pong, sizeof pong);
        c->out_len = sizeof pong;
        flush(c); /* what does not go out at once must go out before the next message */
    } else if (c->opcode == OPCODE_CLOSE && c->text_len >= 2) {
        fprintf(stderr, "path_load: closed with %u %.*s\n",
                (unsigned)(uint8_t)c->text[0] << 8 | (uint8_t)c->text[1], (int)c->text_len - 2,
                c->text + 2);
    }
    c->opcode = 0;
}

/* One byte of a frame's header. */
static void take_head(struct conn *c, uint8_t byte)
{
    c->head[c->head_len++] = byte;
    if (c->head_len < 2)
        return;
    unsigned code = c->head[1] & 0x7f;
    size_t extra = code == 126 ? 2 : code == 127 ? 8 : 0;
    if (c->head_len < 2 + extra)
        return;
    c->left = extra ? 0 : code;
    for (size_t i = 0; i < extra; i++)
        c->left = c->left << 8 | c->head[2 + i];
    c->opcode = c->head[0] & 0xf;
    c->head_len = c->text_len = 0;
    c->at = 0;
    if (c->opcode == OPCODE_BINARY)
        c->edits += (c->left - 8) / EDIT_BYTES;
    if (c->left == 0)
        frame_end(c);
}

static void take_payload(struct conn *c, const uint8_t *bytes, size_t len)
{
    if (c->opcode == OPCODE_BINARY) {
        if (c == conns)
            add_up(c, bytes, len);
    } else {
        size_t room = TEXT_BYTES - c->text_len, n = len < room ? len : room;
        memcpy(c->text + c->text_len, bytes, n);
        c->text_len += n;
    }
    c->left -= len;
    if (c->left == 0)
        frame_end(c);
}

static void take(struct conn *c)
{
    static uint8_t bytes[IN_BYTES];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        lost(c);
        return;
    }
    for (size_t i = 0; i < (size_t)n;) {
        if (c->left == 0) {
            take_head(c, bytes[i++]);
            continue;
        }
        size_t piece = (size_t)n - i < c->left ? (size_t)n - i : (size_t)c->left;
        take_payload(c, bytes + i, piece);
        i += piece;
    }
}

static void open_conn(struct conn *c, int port)
{
    char request[512], answer[4];
    int len = snprintf(request, sizeof request,
                       "GET %.200s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                       path);
    int one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    uint32_t number = addresses > 0 ? (uint32_t)(c - conns) % addresses : 0;
    struct sockaddr_in own = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(0x7f010000u + number)};
    if (addresses > 0 && bind(c->fd, (struct sockaddr *)&own, sizeof own) != 0)
        fail("bind");
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (send(c->fd, request, (size_t)len, MSG_NOSIGNAL) != len)
        fail("handshake");
    memset(answer, 0, sizeof answer);
    while (memcmp(answer, "\r\n\r\n", 4) != 0) {
        memmove(answer, answer + 1, 3);
        if (recv(c->fd, answer + 3, 1, 0) != 1)
            fail("handshake");
    }
    c->out = malloc(OUT_BYTES);
    if (!c->out)
        fail("memory");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event);
}

/* Has everything been acknowledged and seen by all that are still there? */
static bool settled(void)
{
    uint64_t sent = 0;
    for (int i = 0; i < n_conns; i++)
        sent += conns[i].sent;
    if (closed > 0 || acked < sent)
        return closed > 0;
    if (refusals)
        return true;
    for (int i = 0; i < n_conns; i++)
        if (conns[i].edits < sent * batch)
            return false;
    return true;
}

static void turn(void)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(epoll_fd, events, EVENTS, 100);
    for (int i = 0; i < n; i++) {
        struct conn *c = events[i].data.ptr;
        if (events[i].events & EPOLLOUT) {
            watch(c, EPOLLIN);
            flush(c);
            write_on(c);
        }
        if (!c->closed && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            take(c);
    }
}

static int report(double rate)
{
    struct rusage u;
    uint64_t sent = 0, seen_least = UINT64_MAX;
    getrusage(RUSAGE_SELF, &u);
    for (int i = 0; i < n_conns; i++) {
        sent += conns[i].sent;
        if (conns[i].edits < seen_least)
            seen_least = conns[i].edits;
    }
    bool good = acked == sent && closed == 0;
    if (!refusals)
        good = good && refused == 0 && seen_least == sent * batch && sum_seen == sum_sent;
    printf(
        "{\"connections\":%d,\"batch\":%u,\"window\":%u,\"edits_per_second\":%.0f,"
        "\"sent\":%llu,\"acknowledged\":%llu,\"seen_by_all\":%llu,\"refused\":%llu,"
        "\"closed\":%llu,\"whole\":%s,\"cpu\":%.3f}\n",
        n_conns, batch, window, rate, (unsigned long long)sent * batch,
        (unsigned long long)acked * batch, (unsigned long long)seen_least,
        (unsigned long long)refused * batch, (unsigned long long)closed, good ? "true" : "false",
        (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
            (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6);
    return good ? 0 : 1;
}

static bool parse(int argc, char *argv[], int *port)
{
    static const struct option options[] = {{"connections", required_argument, NULL, 'c'},
                                            {"window", required_argument, NULL, 'w'},
                                            {"batch", required_argument, NULL, 'b'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {"addresses", required_argument, NULL, 'a'},
                                            {"path", required_argument, NULL, 'p'},
                                            {"refusals", no_argument, NULL, 'r'},
                                            {"bad", no_argument, NULL, 'x'},
                                            {0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'c')
            n_conns = atoi(optarg);
        else if (option == 'w')
            window = (uint32_t)atoi(optarg);
        else if (option == 'b')
            batch = (uint32_t)atoi(optarg);
        else if (option == 's')
            seconds = atof(optarg);
        else if (option == 'a')
            addresses = (unsigned)atoi(optarg);
        else if (option == 'p')
            path = optarg;
        else if (option == 'r')
            refusals = true;
        else if (option == 'x')
            bad = true;
        else
            return false;
    }
    *port = optind + 1 == argc ? atoi(argv[optind]) : 0;
    return *port > 0 && n_conns > 0 && window > 0 && batch > 0 && batch <= BATCH_MAX && seconds > 0;
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    int port;
    if (!parse(argc, argv, &port)) {
        fputs(
            "usage: path_load [--connections N] [--window N] [--batch N] [--seconds S]\n"
            "                 [--path /c/GX,GY/ws] [--addresses N] [--refusals] [--bad] PORT\n",
            stderr);
        return 2;
    }
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    conns = calloc((size_t)n_conns, sizeof *conns);
    if (epoll_fd < 0 || !conns)
        fail("start");
    for (int i = 0; i < n_conns; i++)
        open_conn(&conns[i], port);
    for (int i = 0; i < n_conns; i++)
        write_on(&conns[i]);

    double start = now();
    while (now() < start + warm_seconds && closed == 0)
        turn();
    double from = now();
    uint64_t *counted = refusals ? &refused : &acked, before = *counted;
    while (now() < from + seconds && closed == 0)
        turn();
    double rate = (double)(*counted - before) * batch / (now() - from);
    stopping = true;
    double until = now() + SETTLE_SECONDS;
    while (!settled() && now() < until)
        turn();
    return report(rate);
}
