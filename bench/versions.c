/* SPDX-License-Identifier: ISC */
/*
 * versions: pictures of canvas (0, 0) at random versions, asked for one after the other on one
 * kept-alive connection, and each of them compared, pixel by pixel, with a fold of the log of our
 * own: a plain array of colours that knows nothing of the server's history.
 *
 * Formulas: ms = time from the send of a request to the last byte of its answer; percentiles over
 * all COUNT versions, which are different ones, so that no cache has them. wrong = pictures whose
 * pixels are not those of the fold at that version. A 503 is asked for again, counted as busy, and
 * its time is part of the version's. cpu_ms, with --pid = CPU time of all threads of that process
 * from before the request until after its answer: what a picture costs whatever else the machine
 * does. Prints JSON.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "core/edit.h"
#include "core/record.h"
#include "log/open.h"
#include "read_png.h"
#include "sys/descriptors.h"

enum {
    POLL_MS = 200,
    HEAD_BYTES = 8192,
    BODY_BYTES = 4 << 20,
    PIXELS = CANVAS_WIDTH * CANVAS_HEIGHT,
    BUSY_MAX = 1000,
    BUSY_MS = 20,
};

static const char help[] =
    "usage: versions --log URL --genesis HEX16 [--count N]\n"
    "                [--seed N] PORT\n";

/* A version that is asked for, the hash of the pixels that came, and what it took. */
struct sample {
    uint64_t version, hash;
    double ms, cpu_ms;
};

/* Reads the log; versions are collected the first time, compared the second. */
struct fold {
    struct log_records as_records;
    bool comparing;
    uint64_t *versions;
    size_t n_versions, room;
    struct sample *samples; /* by version, when comparing */
    size_t n_samples, next;
    uint64_t wrong, first_wrong;
};

static uint8_t pixels[PIXELS];
static uint8_t body[BODY_BYTES];
static int fd = -1, port, server_pid;

static void __attribute__((noreturn)) die(const char *what, const char *why)
{
    fprintf(stderr, "versions: %s: %s\n", what, why);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* CPU time of all threads of a process so far; 0 without one. */
static double cpu_of(int pid)
{
    char path[320];
    unsigned long long ns, total = 0;
    const struct dirent *task;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = pid > 0 ? opendir(path) : NULL;
    while (tasks && (task = readdir(tasks))) {
        snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, task->d_name);
        FILE *file = fopen(path, "re");
        if (file && fscanf(file, "%llu", &ns) == 1)
            total += ns;
        if (file)
            fclose(file);
    }
    if (tasks)
        closedir(tasks);
    return (double)total / 1e9;
}

/* 64 bits of all pixels. */
static uint64_t hash_of(const uint8_t *colours)
{
    uint64_t hash = 0x9e3779b97f4a7c15, word;
    for (size_t i = 0; i < PIXELS; i += sizeof word) {
        memcpy(&word, colours + i, sizeof word);
        hash = (hash ^ word) * 0xff51afd7ed558ccd;
        hash ^= hash >> 32;
    }
    return hash;
}

/* ---- the fold ---- */

static void collect(struct fold *f, uint64_t version)
{
    if (f->n_versions == f->room) {
        f->room = f->room ? 2 * f->room : 1 << 16;
        f->versions = realloc(f->versions, f->room * sizeof *f->versions);
        if (!f->versions)
            die("collect", "no memory");
    }
    f->versions[f->n_versions++] = version;
}

static void compare(struct fold *f, uint64_t version)
{
    if (f->next == f->n_samples || f->samples[f->next].version != version)
        return;
    if (f->samples[f->next++].hash != hash_of(pixels) && f->wrong++ == 0)
        f->first_wrong = version;
}

static void on_record(struct log_records *records, const struct record *record)
{
    struct fold *f = (struct fold *)records;
    struct record_edits edits = record_edits(record);
    if (edits.n == 0 || !position_equal(edits.position, (struct position){0, 0}))
        return;
    if (!f->comparing) {
        collect(f, record->offset + 1);
        return;
    }
    for (size_t i = 0; i < edits.n; i++) {
        uint32_t word = edit_load(edits.edits + EDIT_BYTES * i);
        pixels[edit_y(word) * CANVAS_WIDTH + edit_x(word)] = (uint8_t)edit_colour(word);
    }
    compare(f, record->offset + 1);
}

static void read_log(const char *url, struct fold *f)
{
    char error[LOG_ERROR_BYTES] = "";
    const struct log_options options = {.readonly = true};
    size_t delivered;
    f->as_records.record = on_record;
    struct log *log = log_open(url, &options, error);
    struct log_reader *reader = log ? log_reader_create(log, &f->as_records, error) : NULL;
    if (!reader || log_reader_seek(reader, 0, error) != 0)
        die(url, error);
    while (!log_reader_caught_up(reader))
        if (log_reader_poll(reader, POLL_MS, &delivered, error) == LOG_FAILED)
            die(url, error);
    log_reader_destroy(reader);
    log_close(log);
}

/* ---- one picture ---- */

static void dial(void)
{
    int one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd >= 0)
        close(fd);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("connect", strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

/* One answer: its status, its body in `body`. 0: the server closed instead, as it may between two.
 */
static int ask(const char *path, size_t *len)
{
    char request[512], head[HEAD_BYTES + 1];
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", path,
                     port);
    if (send(fd, request, (size_t)n, MSG_NOSIGNAL) != n)
        return 0;
    size_t got = 0;
    char *end = NULL;
    while (!end) {
        ssize_t some = recv(fd, head + got, HEAD_BYTES - got, 0);
        if (some <= 0 && got == 0)
            return 0;
        if (some <= 0)
            die(path, "no whole head came");
        got += (size_t)some;
        head[got] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    const char *length = strcasestr(head, "\r\ncontent-length:");
    size_t whole = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    size_t have = got - (size_t)(end + 4 - head);
    if (whole > BODY_BYTES || have > whole)
        die(path, "the length of the answer is not as expected");
    memcpy(body, end + 4, have);
    while (have < whole) {
        ssize_t some = recv(fd, body + have, whole - have, 0);
        if (some <= 0)
            die(path, "no whole answer came");
        have += (size_t)some;
    }
    *len = whole;
    return atoi(head + 9);
}

/* Ask for one version, as often as the server is busy. Returns how often it was. */
static unsigned fetch(const char *folder, struct sample *sample, uint64_t *bytes)
{
    static uint8_t colours[PIXELS];
    char path[128];
    size_t len = 0;
    snprintf(path, sizeof path, "%s/%" PRIu64 ".png", folder, sample->version);
    double cpu_began = cpu_of(server_pid), began = now();
    for (unsigned busy = 0, closed = 0; busy < BUSY_MAX && closed < 2;) {
        int status = ask(path, &len);
        if (status == 200) {
            sample->ms = 1e3 * (now() - began);
            sample->cpu_ms = 1e3 * (cpu_of(server_pid) - cpu_began);
            *bytes += len;
            read_png(body, len, colours);
            sample->hash = hash_of(colours);
            return busy;
        }
        if (status == 0) { /* the server lets a connection make so many requests and no more */
            closed++;
            dial();
            began = now();
        } else if (status == 503) {
            busy++;
            nanosleep(&(struct timespec){.tv_nsec = BUSY_MS * 1000000}, NULL);
        } else {
            die(path, "neither 200 nor 503");
        }
    }
    die(path, "no picture of it can be had");
}

/* ---- all of them ---- */

static uint64_t random_u64(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* The first count of f->versions become random ones. */
static void shuffle(struct fold *f, size_t count, uint64_t seed)
{
    uint64_t state = 88172645463325252 ^ seed << 8;
    for (size_t i = 0; i < count; i++) {
        size_t other = i + random_u64(&state) % (f->n_versions - i);
        uint64_t version = f->versions[i];
        f->versions[i] = f->versions[other];
        f->versions[other] = version;
    }
}

static int by_version(const void *a, const void *b)
{
    uint64_t x = ((const struct sample *)a)->version, y = ((const struct sample *)b)->version;
    return (x > y) - (x < y);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_percentiles(const char *name, double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_value);
    printf(",\"%s\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name, values[n / 2],
           values[(n - 1) * 99 / 100], values[n - 1]);
}

static void print_all(const struct sample *samples, size_t n)
{
    double *values = calloc(n, sizeof *values);
    if (!values)
        die("print", "no memory");
    for (size_t i = 0; i < n; i++)
        values[i] = samples[i].ms;
    print_percentiles("ms", values, n);
    for (size_t i = 0; i < n; i++)
        values[i] = samples[i].cpu_ms;
    print_percentiles("cpu_ms", values, n);
    puts("}");
    free(values);
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static const struct option options[] = {{"log", required_argument, NULL, 'l'},
                                            {"genesis", required_argument, NULL, 'g'},
                                            {"canvas", required_argument, NULL, 'c'},
                                            {"count", required_argument, NULL, 'n'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"pid", required_argument, NULL, 'p'},
                                            {0}};
    const char *url = NULL, *genesis = NULL;
    size_t count = 1000;
    uint64_t seed = 1, bytes = 0, busy = 0;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'l':
            url = optarg;
            break;
        case 'g':
            genesis = optarg;
            break;
        case 'n':
            count = strtoull(optarg, NULL, 10);
            break;
        case 's':
            seed = strtoull(optarg, NULL, 10);
            break;
        case 'p':
            server_pid = atoi(optarg);
            break;
        default:
            argc = 0;
        }
    }
    if (argc != optind + 1 || !url || !genesis) {
        fputs(help, stderr);
        return 2;
    }
    port = atoi(argv[optind]);
    struct fold f = {.comparing = false};
    read_log(url, &f);
    if (count > f.n_versions)
        count = f.n_versions;
    if (count == 0)
        die(url, "the canvas has no edits");
    shuffle(&f, count, seed);
    struct sample *samples = calloc(count, sizeof *samples);
    if (!samples)
        die("samples", "no memory");
    char folder[64];
    snprintf(folder, sizeof folder, "/h/%.16s/0,0", genesis);
    dial();
    for (size_t i = 0; i < count; i++) {
        samples[i].version = f.versions[i];
        busy += fetch(folder, &samples[i], &bytes);
    }
    qsort(samples, count, sizeof *samples, by_version);
    f.comparing = true;
    f.samples = samples;
    f.n_samples = count;
    read_log(url, &f);
    if (f.next != count)
        die(url, "not every version was compared");
    printf("{\"count\":%zu,\"wrong\":%" PRIu64 ",\"first_wrong\":%" PRIu64 ",\"busy\":%" PRIu64
           ",\"bytes_per_picture\":%.0f",
           count, f.wrong, f.first_wrong, busy, (double)bytes / (double)count);
    print_all(samples, count);
    free(samples);
    free(f.versions);
    close(fd);
    return f.wrong ? 1 : 0;
}
