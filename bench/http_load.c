/* SPDX-License-Identifier: ISC */
/*
 * http_load: so many kept-alive connections that ask for one path again and again, each as soon as
 * it has its answer, or all together at a given rate.
 *
 * Formulas: requests a second = answers whole within SECONDS / SECONDS; latency from the send of a
 * request to the last byte of its answer. Prints JSON.
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
#include <strings.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "sys/descriptors.h"

enum {
    CONNECTIONS_MAX = 1000,
    HEAD_BYTES = 8192,
    LATENCIES_MAX = 1 << 22,
    EVENTS = 256,
    BODY_BYTES = 1 << 18,
};

struct conn {
    int fd;
    bool asked;
    double asked_at;
    size_t head_len;
    size_t body_left; /* when in_body */
    bool in_body;
    char head[HEAD_BYTES + 1];
};

static struct conn conns[CONNECTIONS_MAX];
static float *latencies;
static size_t n_latencies;
static uint64_t answers, bytes, status_200, status_304, status_other;
static char request[1024];
static size_t request_len;
static int epoll_fd, port;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void __attribute__((noreturn)) fail(const char *what)
{
    fprintf(stderr, "http_load: %s: %s\n", what, errno ? strerror(errno) : "not HTTP");
    exit(1);
}

static void ask(struct conn *c)
{
    c->asked = true;
    c->asked_at = now();
    if (send(c->fd, request, request_len, MSG_NOSIGNAL) != (ssize_t)request_len)
        fail("send");
}

static void count(struct conn *c)
{
    int status = atoi(c->head + 9);
    c->asked = c->in_body = false;
    c->head_len = 0;
    answers++;
    if (status == 200)
        status_200++;
    else if (status == 304)
        status_304++;
    else
        status_other++;
    if (n_latencies < LATENCIES_MAX)
        latencies[n_latencies++] = (float)(now() - c->asked_at);
}

/* The header is whole: how long is the body? */
static size_t body_length(const char *head)
{
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, "content-length:", 15) == 0)
            return strtoul(line + 17, NULL, 10);
    return 0;
}

static void open_conn(struct conn *c)
{
    int one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event);
}

/* What has come of an answer. One request is out at a time, so nothing follows its end. */
static void take(struct conn *c)
{
    static char body[BODY_BYTES];
    for (;;) {
        char *into = c->in_body ? body : c->head + c->head_len;
        size_t room = c->in_body ? BODY_BYTES : HEAD_BYTES - c->head_len;
        ssize_t n = recv(c->fd, into, room, MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0 && (c->in_body || c->head_len > 0))
            fail("the connection ended in an answer");
        if (n <= 0) { /* a server lets a connection make so many requests and no more */
            close(c->fd);
            open_conn(c);
            if (c->asked)
                ask(c);
            return;
        }
        bytes += (uint64_t)n;
        size_t body_got = (size_t)n;
        if (!c->in_body) {
            c->head_len += (size_t)n;
            c->head[c->head_len] = '\0';
            char *end = strstr(c->head, "\r\n\r\n");
            errno = 0;
            if (!end && c->head_len == HEAD_BYTES)
                fail("header");
            if (!end)
                continue;
            body_got = c->head_len - (size_t)(end + 4 - c->head);
            c->in_body = true;
            c->body_left = strncmp(c->head + 9, "304", 3) == 0 ? 0 : body_length(c->head);
        }
        if (body_got > c->body_left)
            fail("more than one answer");
        c->body_left -= body_got;
        if (c->body_left == 0) {
            count(c);
            return;
        }
    }
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double percentile(double p)
{
    return n_latencies ? 1e3 * (double)latencies[(size_t)(p * (double)(n_latencies - 1))] : 0;
}

static void run(int n, double rate, double seconds)
{
    double start = now(), until = start + seconds;
    uint64_t asked = 0;
    for (double t = start; t < until; t = now()) {
        struct epoll_event events[EVENTS];
        uint64_t due = rate > 0 ? (uint64_t)((t - start) * rate) + 1 : UINT64_MAX;
        for (int i = 0; i < n && asked < due; i++) {
            if (!conns[i].asked) {
                ask(&conns[i]);
                asked++;
            }
        }
        int got = epoll_wait(epoll_fd, events, EVENTS, rate > 0 ? 1 : 100);
        for (int i = 0; i < got; i++)
            take(events[i].data.ptr);
    }
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static const struct option options[] = {{"connections", required_argument, NULL, 'c'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {"rate", required_argument, NULL, 'r'},
                                            {"if-none-match", required_argument, NULL, 'i'},
                                            {0}};
    int option, n = 32;
    double seconds = 2, rate = 0;
    const char *tag = NULL;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'c')
            n = atoi(optarg);
        else if (option == 's')
            seconds = atof(optarg);
        else if (option == 'r')
            rate = atof(optarg);
        else if (option == 'i')
            tag = optarg;
        else
            argc = 0;
    }
    if (argc != optind + 2 || n < 1 || n > CONNECTIONS_MAX) {
        fputs(
            "usage: http_load [--connections N] [--seconds S] [--rate R] [--if-none-match TAG] "
            "PORT PATH\n",
            stderr);
        return 2;
    }
    port = atoi(argv[optind]);
    request_len = (size_t)snprintf(
        request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s%s%s\r\n",
        argv[optind + 1], port, tag ? "If-None-Match: " : "", tag ? tag : "", tag ? "\r\n" : "");
    latencies = malloc(LATENCIES_MAX * sizeof *latencies);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (!latencies || epoll_fd < 0 || request_len >= sizeof request)
        fail("start");
    for (int i = 0; i < n; i++)
        open_conn(&conns[i]);
    run(n, rate, seconds);
    qsort(latencies, n_latencies, sizeof *latencies, by_value);
    printf(
        "{\"connections\":%d,\"seconds\":%g,\"rate\":%g,\"requests_per_second\":%.0f,"
        "\"bytes_per_answer\":%.0f,\"ok\":%llu,\"not_modified\":%llu,\"other\":%llu,"
        "\"latency_ms\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}}\n",
        n, seconds, rate, (double)answers / seconds, answers ? (double)bytes / (double)answers : 0,
        (unsigned long long)status_200, (unsigned long long)status_304,
        (unsigned long long)status_other, percentile(.5), percentile(.99), percentile(1));
    free(latencies);
    return 0;
}
