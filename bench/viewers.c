/* SPDX-License-Identifier: ISC */
/*
 * viewers: thousands of WebSocket clients in one process, for any of the servers that are compared.
 * One epoll loop; the first client is also the writer. Nothing may be lost or come twice: every
 * message carries a number, and every client checks that its numbers grow by one.
 *
 * A message as the server sends it: u64 version | k groups of 64 edits of 3 bytes, k >= 1. The
 * first edit of a group holds the group's number. The writer sends placed `u32 id | one group` and
 * the others `u64 number | one group`, which they pass on as it is; so all of them deliver 200
 * bytes.
 *
 * Commands on standard input, a line each; each is answered by one line of JSON:
 *   connect N           go on until N clients are live
 *   publish COUNT MS [PERCENT]
 *                       the writer sends COUNT messages, one each MS, every one but the first up to
 *                       PERCENT of MS later, at random; then all must have arrived
 *   await SECONDS       wait until all clients are live again, at most so long
 *   quit
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sys/descriptors.h"

enum {
    GROUP_EDITS = 64,
    GROUP_BYTES = 3 * GROUP_EDITS,
    READ_BYTES = 256 * 1024,
    EVENTS = 256,
    CLIENTS_A_SOURCE = 5000, /* then the next 127.0.0.x: an address has 28,000 ports */
    MESSAGES_MAX = 1 << 16,
    BUCKET_NS = 10 * 1000, /* of the histograms */
    BUCKETS = 1 << 20,     /* 10 s; the last one holds all beyond */
    SETTLE_SECONDS = 10,   /* for the last message to reach everybody */
    RETRY_NS = 20 * 1000 * 1000,
    OPCODE_TEXT = 1,
    OPCODE_BINARY = 2,
    OPCODE_CLOSE = 8,
    OPCODE_PING = 9,
};

enum state { DOWN, CONNECTING, SECURING, ASKING, OPEN, LIVE };

struct client {
    int fd;
    uint8_t state;
    bool counted;      /* has got the message that is being published */
    uint32_t kept_len; /* of a frame that has come in part */
    uint8_t *kept;
    uint64_t last;    /* number of the last group; 0: none yet */
    uint64_t version; /* of the last frame, or of hello */
    SSL *ssl;
};

static struct client *clients;
static size_t n_clients, n_live, n_pending, wanted, next_down;
static int epoll_fd;
static SSL_CTX *tls;
static struct sockaddr_in server = {.sin_family = AF_INET};
static const char *path = "/";
static const char *subprotocol = "";
static bool placed;
static unsigned parallel = 64, sources = 8;
static uint64_t number; /* of the last group that was sent */
static uint64_t sent_at[MESSAGES_MAX], seen_at[MESSAGES_MAX], last_at[MESSAGES_MAX];
static uint64_t first_number; /* of this publishing */
static uint32_t *latency, *spread, *last;
static uint8_t input[READ_BYTES];
static bool reconnecting;

static struct {
    uint64_t frames, groups, bytes, texts, pings, lost, repeated, resets, closed, refused, closes;
    uint64_t close_codes[5000];
} seen;

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void __attribute__((noreturn)) die(const char *what)
{
    fprintf(stderr, "viewers: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t load_le(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = n; i-- > 0;)
        v = v << 8 | p[i];
    return v;
}

static void store_le(uint8_t *p, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

/* ---- bytes out and in, plain or TLS ---- */

static ssize_t client_write(struct client *c, const void *bytes, size_t len)
{
    if (c->ssl)
        return SSL_write(c->ssl, bytes, (int)len);
    return send(c->fd, bytes, len, MSG_NOSIGNAL);
}

/* > 0 bytes, 0 nothing now, -1 the end. */
static ssize_t client_read(struct client *c, uint8_t *bytes, size_t room)
{
    if (c->ssl) {
        int n = SSL_read(c->ssl, bytes, (int)room);
        if (n > 0)
            return n;
        bool later = SSL_get_error(c->ssl, n) == SSL_ERROR_WANT_READ;
        ERR_clear_error();
        return later ? 0 : -1;
    }
    ssize_t n = recv(c->fd, bytes, room, 0);
    if (n > 0)
        return n;
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static void write_frame(struct client *c, uint8_t opcode, const uint8_t *payload, size_t len)
{
    uint8_t frame[14 + 1024];
    size_t at = 0;
    frame[at++] = 0x80 | opcode;
    if (len < 126) {
        frame[at++] = 0x80 | (uint8_t)len;
    } else {
        frame[at++] = 0x80 | 126;
        frame[at++] = (uint8_t)(len >> 8);
        frame[at++] = (uint8_t)len;
    }
    memset(frame + at, 0, 4); /* a mask of zeros */
    at += 4;
    memcpy(frame + at, payload, len);
    if (client_write(c, frame, at + len) != (ssize_t)(at + len)) {
        fprintf(stderr, "viewers: a client's socket is full\n");
        exit(1);
    }
}

/* ---- a client's life ---- */

static void down(struct client *c)
{
    if (c->state == DOWN)
        return;
    if (c->state == LIVE)
        n_live--;
    else
        n_pending--;
    c->state = DOWN;
    if (c->ssl)
        SSL_free(c->ssl);
    c->ssl = NULL;
    close(c->fd);
    free(c->kept);
    c->kept = NULL;
    c->kept_len = 0;
}

static void live(struct client *c)
{
    if (c->state == LIVE)
        return;
    c->state = LIVE;
    n_live++;
    n_pending--;
}

static void begin(struct client *c)
{
    struct sockaddr_in source = {.sin_family = AF_INET};
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        die("socket");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(c->fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    unsigned host = 2 + (unsigned)(c - clients) / CLIENTS_A_SOURCE % sources;
    source.sin_addr.s_addr = htonl(0x7f000000u + host);
    if (bind(c->fd, (struct sockaddr *)&source, sizeof source) != 0)
        die("bind");
    c->state = CONNECTING;
    n_pending++;
    if (connect(c->fd, (struct sockaddr *)&server, sizeof server) != 0 && errno != EINPROGRESS) {
        seen.refused++;
        down(c);
        return;
    }
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = c};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0)
        die("epoll_ctl");
}

static void ask(struct client *c)
{
    char request[512], from[40] = "";
    if (placed && c->version > 0)
        snprintf(from, sizeof from, "?from=%" PRIu64, c->version);
    int len = snprintf(request, sizeof request,
                       "GET %s%s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Version: 13\r\n%s%s%s\r\n",
                       path, from, *subprotocol ? "Sec-WebSocket-Protocol: " : "", subprotocol,
                       *subprotocol ? "\r\n" : "");
    c->state = ASKING;
    if (client_write(c, request, (size_t)len) != len)
        down(c);
}

static void secure(struct client *c)
{
    int result = SSL_do_handshake(c->ssl);
    if (result == 1) {
        ask(c);
    } else if (SSL_get_error(c->ssl, result) != SSL_ERROR_WANT_READ) {
        ERR_clear_error();
        down(c);
    }
}

static void connected(struct client *c)
{
    int error = 0;
    socklen_t len = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error != 0) {
        seen.refused++;
        down(c);
        return;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &event);
    if (!tls) {
        ask(c);
        return;
    }
    c->state = SECURING;
    c->ssl = SSL_new(tls);
    if (!c->ssl || SSL_set_fd(c->ssl, c->fd) != 1)
        die("TLS");
    SSL_set_connect_state(c->ssl);
    secure(c);
}

/* ---- what a server says ---- */

static void tally(uint32_t *histogram, uint64_t ns)
{
    uint64_t bucket = ns / BUCKET_NS;
    histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
}

static void take_group(struct client *c, const uint8_t *group, uint64_t at)
{
    uint64_t word = load_le(group, 3);
    uint64_t told = (word & 1023) + 1000 * (word >> 10 & 1023);
    seen.groups++;
    if (c->last != 0 && told <= c->last)
        seen.repeated++;
    else if (c->last != 0)
        seen.lost += told - c->last - 1;
    c->last = told;
    if (told < first_number || told >= first_number + MESSAGES_MAX)
        return;
    uint64_t i = told - first_number;
    if (seen_at[i] == 0)
        seen_at[i] = at;
    tally(latency, at - sent_at[i]);
    tally(spread, at - seen_at[i]);
    last_at[i] = at;
}

static void take_text(struct client *c, const char *text, size_t len)
{
    char copy[1024];
    seen.texts++;
    len = len < sizeof copy ? len : sizeof copy - 1;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (!placed)
        return;
    if (strstr(copy, "\"reset\""))
        seen.resets++;
    const char *version = strstr(copy, "\"version\":");
    if (strstr(copy, "\"hello\"") && version) {
        c->version = strtoull(version + 10, NULL, 10);
        live(c);
    }
}

/* False: the client is gone. */
static bool take_frame(struct client *c, uint8_t opcode, const uint8_t *payload, size_t len,
                       uint64_t at)
{
    switch (opcode) {
    case OPCODE_BINARY:
        if (len < 8 || (len - 8) % GROUP_BYTES != 0) {
            fprintf(stderr, "viewers: a frame of %zu bytes\n", len);
            exit(1);
        }
        seen.frames++;
        seen.bytes += len;
        if (load_le(payload, 8) <= c->version && len > 8)
            seen.repeated++;
        c->version = load_le(payload, 8);
        for (size_t i = 8; i < len; i += GROUP_BYTES)
            take_group(c, payload + i, at);
        return true;
    case OPCODE_TEXT:
        take_text(c, (const char *)payload, len);
        return true;
    case OPCODE_PING:
        seen.pings++;
        write_frame(c, 10, payload, len);
        return true;
    case OPCODE_CLOSE:
        seen.closes++;
        if (len >= 2 && (payload[0] << 8 | payload[1]) < 5000)
            seen.close_codes[payload[0] << 8 | payload[1]]++;
        seen.closed++;
        down(c);
        return false;
    default:
        return true;
    }
}

/* How many of the bytes were whole; -1: the client is gone. */
static ssize_t take_bytes(struct client *c, const uint8_t *bytes, size_t len, uint64_t at)
{
    size_t done = 0;
    if (c->state == ASKING) {
        const uint8_t *end = memmem(bytes, len, "\r\n\r\n", 4);
        if (!end)
            return 0;
        if (len < 12 || memcmp(bytes, "HTTP/1.1 101", 12) != 0) {
            seen.refused++;
            down(c);
            return -1;
        }
        done = (size_t)(end - bytes) + 4;
        c->state = OPEN;
        if (!placed)
            live(c);
    }
    while (len - done >= 2) {
        const uint8_t *frame = bytes + done;
        size_t head = 2, n = frame[1] & 127;
        if (n == 126)
            head = 4;
        else if (n == 127)
            head = 10;
        if (len - done < head)
            break;
        if (head > 2) {
            n = 0;
            for (size_t i = 2; i < head; i++)
                n = n << 8 | frame[i];
        }
        if (len - done < head + n)
            break;
        if (!take_frame(c, frame[0] & 15, frame + head, n, at))
            return -1;
        done += head + n;
    }
    return (ssize_t)done;
}

static void readable(struct client *c)
{
    for (;;) {
        size_t kept = c->kept_len;
        memcpy(input, c->kept, kept);
        ssize_t n = client_read(c, input + kept, READ_BYTES - kept);
        if (n == 0)
            return;
        if (n < 0) {
            seen.closed++;
            down(c);
            return;
        }
        size_t len = kept + (size_t)n;
        ssize_t done = take_bytes(c, input, len, now_ns());
        if (done < 0)
            return;
        size_t left = len - (size_t)done;
        if (left != kept) {
            free(c->kept);
            c->kept = left ? malloc(left) : NULL;
        }
        if (left > 0)
            memcpy(c->kept, input + done, left);
        c->kept_len = (uint32_t)left;
        if (!c->ssl && len < READ_BYTES)
            return;
    }
}

static void turn(int wait_ms)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(epoll_fd, events, EVENTS, wait_ms);
    for (int i = 0; i < n; i++) {
        struct client *c = events[i].data.ptr;
        if (c->state == CONNECTING)
            connected(c);
        else if (c->state == SECURING)
            secure(c);
        else if (c->state != DOWN)
            readable(c);
    }
}

/* Begin connections until enough are under way. False: all clients are up or on their way. */
static bool connect_more(void)
{
    if (n_live + n_pending >= wanted)
        return false;
    for (size_t looked = 0; looked < wanted && n_pending < parallel; looked++) {
        struct client *c = &clients[next_down++ % wanted];
        if (c->state == DOWN)
            begin(c);
        if (seen.refused > 0 && reconnecting)
            return true;
    }
    return true;
}

/* ---- commands ---- */

static void do_connect(size_t n)
{
    uint64_t start = now_ns(), refused = seen.refused, end = start + 120ull * 1000000000;
    if (n > n_clients)
        n = n_clients;
    wanted = n;
    next_down = n_live;
    while (n_live < wanted && now_ns() < end) {
        connect_more();
        turn(1000);
    }
    printf("{\"live\":%zu,\"seconds\":%.6f,\"refused\":%" PRIu64 "}\n", n_live,
           (double)(now_ns() - start) / 1e9, seen.refused - refused);
}

static uint64_t any(void)
{
    static uint64_t random = 88172645463325252;
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    return random;
}

static void publish_one(void)
{
    static uint32_t id;
    uint8_t message[8 + GROUP_BYTES];
    size_t head = placed ? 4 : 8;
    number++;
    store_le(message, placed ? ++id : number, head);
    for (size_t i = 0; i < GROUP_EDITS; i++) {
        uint64_t random = any();
        uint64_t x = random % 1000, y = (random >> 20) % 1000;
        if (i == 0) {
            x = number % 1000;
            y = number / 1000;
        }
        store_le(message + head + 3 * i, x | y << 10 | (random >> 60) << 20, 3);
    }
    sent_at[number - first_number] = now_ns();
    write_frame(&clients[0], OPCODE_BINARY, message, head + GROUP_BYTES);
}

static size_t count_missing(void)
{
    size_t missing = 0;
    for (size_t i = 0; i < wanted; i++)
        missing += clients[i].state != LIVE || clients[i].last != number;
    return missing;
}

/* The value below which share of the histogram lies, in ms. */
static double quantile(const uint32_t *histogram, double share)
{
    uint64_t all = 0, below = 0;
    for (size_t i = 0; i < BUCKETS; i++)
        all += histogram[i];
    for (size_t i = 0; i < BUCKETS; i++) {
        below += histogram[i];
        if (below > 0 && (double)below >= share * (double)all)
            return (double)(i + 1) * BUCKET_NS / 1e6;
    }
    return 0;
}

static void do_publish(unsigned count, unsigned every_ms, unsigned percent)
{
    if (count > MESSAGES_MAX)
        count = MESSAGES_MAX;
    memset(&seen, 0, sizeof seen);
    memset(latency, 0, BUCKETS * sizeof *latency);
    memset(spread, 0, BUCKETS * sizeof *spread);
    memset(last, 0, BUCKETS * sizeof *last);
    memset(seen_at, 0, sizeof seen_at);
    first_number = number + 1;
    uint64_t start = now_ns(), every = every_ms * 1000000ull, vary = every / 100 * percent;
    uint64_t due = start;
    for (unsigned i = 0; i < count;) {
        uint64_t now = now_ns();
        if (now < due) {
            turn((int)((due - now + 999999) / 1000000));
            continue;
        }
        if (clients[0].state != LIVE)
            break;
        publish_one();
        i++;
        due = start + i * every + (vary ? any() % vary : 0);
    }
    uint64_t published = now_ns(), end = published + SETTLE_SECONDS * 1000000000ull;
    size_t missing = wanted;
    while (now_ns() < end) {
        turn(10);
        if ((clients[0].state != LIVE || clients[0].last == number) &&
            (missing = count_missing()) == 0)
            break;
    }
    /* One that comes twice would come now. */
    for (uint64_t wait = now_ns() + 50 * 1000000; now_ns() < wait;)
        turn(10);
    for (unsigned i = 0; i < count; i++) {
        if (last_at[i] >= sent_at[i])
            tally(last, last_at[i] - sent_at[i]);
    }
    printf("{\"sent\":%u,\"viewers\":%zu,\"seconds\":%.6f,\"frames\":%" PRIu64
           ",\"messages\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"texts\":%" PRIu64
           ",\"pings\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"repeated\":%" PRIu64
           ",\"missing\":%zu,\"closed\":%" PRIu64
           ",\"latency_ms\":{\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f},"
           "\"spread_ms\":{\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f},"
           "\"last_ms\":{\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f}}\n",
           count, wanted, (double)(now_ns() - start) / 1e9, seen.frames, seen.groups, seen.bytes,
           seen.texts, seen.pings, seen.lost, seen.repeated, missing, seen.closed,
           quantile(latency, 0.5), quantile(latency, 0.99), quantile(latency, 1),
           quantile(spread, 0.5), quantile(spread, 0.99), quantile(spread, 1), quantile(last, 0.5),
           quantile(last, 0.99), quantile(last, 1));
}

/* The server goes away and comes back; so do all of us, at once, each with its version. */
static void do_await(unsigned seconds)
{
    uint64_t start = now_ns(), end = start + seconds * 1000000000ull;
    uint64_t first_down = 0, first_back = 0, half_back = 0, retry = 0, tries = 0;
    memset(&seen, 0, sizeof seen);
    reconnecting = true;
    size_t lowest = n_live, were = n_live;
    while (now_ns() < end) {
        if (n_live < were && first_down == 0)
            first_down = now_ns();
        if (n_live < lowest)
            lowest = n_live;
        if (first_down && n_live == wanted)
            break;
        if (first_down && n_live > lowest && first_back == 0)
            first_back = now_ns();
        if (first_back && half_back == 0 && n_live >= wanted / 2)
            half_back = now_ns();
        if (first_down && now_ns() >= retry) {
            uint64_t refused = seen.refused;
            seen.refused = 0;
            connect_more();
            if (seen.refused > 0) /* nobody listens: one try tells that for all */
                retry = now_ns() + RETRY_NS;
            tries += seen.refused;
            seen.refused += refused;
        }
        turn(first_down ? 5 : 100);
    }
    reconnecting = false;
    printf(
        "{\"live\":%zu,\"lowest\":%zu,\"first_down\":%.6f,\"first_back\":%.6f,"
        "\"half_back\":%.6f,\"all_back\":%.6f,\"now\":%.6f,\"resets\":%" PRIu64
        ",\"refused\":%" PRIu64 ",\"closes\":%" PRIu64 ",\"closes_1012\":%" PRIu64
        ",\"repeated\":%" PRIu64 ",\"lost\":%" PRIu64 "}\n",
        n_live, lowest, (double)first_down / 1e9, (double)first_back / 1e9, (double)half_back / 1e9,
        (double)now_ns() / 1e9, (double)now_ns() / 1e9, seen.resets, seen.refused, seen.closes,
        seen.close_codes[1012], seen.repeated, seen.lost);
}

static void command(char *line)
{
    unsigned a = 0, b = 0, c = 0;
    if (sscanf(line, "connect %u", &a) == 1)
        do_connect(a);
    else if (sscanf(line, "publish %u %u %u", &a, &b, &c) >= 2)
        do_publish(a, b, c < 100 ? c : 100);
    else if (sscanf(line, "await %u", &a) == 1)
        do_await(a);
    else
        exit(strcmp(line, "quit\n") == 0 ? 0 : 2);
    fflush(stdout);
}

static void usage(void)
{
    fprintf(stderr,
            "usage: viewers --port PORT [--path PATH] [--clients N] [--placed] [--tls]\n"
            "               [--parallel N] [--subprotocol NAME]\n"
            "Thousands of WebSocket clients; the commands are in the first lines of\n"
            "bench/viewers.c.\n");
    exit(2);
}

int main(int argc, char **argv)
{
    standard_descriptors_open();
    static const struct option options[] = {{"port", required_argument, NULL, 'p'},
                                            {"path", required_argument, NULL, 'P'},
                                            {"clients", required_argument, NULL, 'n'},
                                            {"placed", no_argument, NULL, 'l'},
                                            {"tls", no_argument, NULL, 't'},
                                            {"parallel", required_argument, NULL, 'c'},
                                            {"subprotocol", required_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    n_clients = 18000;
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 'p':
            server.sin_port = htons((uint16_t)atoi(optarg));
            break;
        case 'P':
            path = optarg;
            break;
        case 'n':
            n_clients = (size_t)atol(optarg);
            break;
        case 'l':
            placed = true;
            break;
        case 't':
            tls = SSL_CTX_new(TLS_client_method());
            SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
            break;
        case 'c':
            parallel = (unsigned)atoi(optarg);
            break;
        case 's':
            subprotocol = optarg;
            break;
        default:
            usage();
        }
    }
    if (server.sin_port == 0 || n_clients == 0)
        usage();
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    clients = calloc(n_clients, sizeof *clients);
    latency = calloc(BUCKETS, sizeof *latency);
    spread = calloc(BUCKETS, sizeof *spread);
    last = calloc(BUCKETS, sizeof *last);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (!clients || !latency || !spread || !last || epoll_fd < 0)
        die("start");
    /* Between commands the clients go on reading: they answer pings. */
    char line[256];
    size_t len = 0;
    fcntl(0, F_SETFL, 0);
    for (;;) {
        struct pollfd fds[2] = {{.fd = 0, .events = POLLIN}, {.fd = epoll_fd, .events = POLLIN}};
        poll(fds, 2, -1);
        if (fds[1].revents)
            turn(0);
        if (!fds[0].revents)
            continue;
        ssize_t n = read(0, line + len, sizeof line - 1 - len);
        if (n <= 0)
            return 0;
        len += (size_t)n;
        line[len] = '\0';
        for (char *end; (end = strchr(line, '\n'));) {
            char one[256];
            size_t taken = (size_t)(end - line) + 1;
            memcpy(one, line, taken);
            one[taken] = '\0';
            len -= taken;
            memmove(line, line + taken, len + 1);
            command(one);
        }
    }
}
