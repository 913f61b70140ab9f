/* SPDX-License-Identifier: ISC */
/*
 * fold: how fast a log becomes a canvas; which is how long a server without a checkpoint takes to
 * start.
 *
 * Formulas. A fold's time T is the wall time from log_reader_seek(0) to the delivery of the last
 * record, the log being open and its last record known; every record goes through canvas_apply.
 * Figures: local            median T of the embedded log kafka            median T of log_kafka
 *   bare             median T of librdkafka alone, default properties, same machine, same run:
 * values through canvas_apply, no headers, nothing else bare, no fold    the same, but a sum over
 * the values' lengths in place of canvas_apply edits a second   edits / T kafka / bare     median
 * kafka / median bare Repetitions are interleaved (local, kafka, bare, no fold; and again), after
 * one of each that does not count. The log is generated when it is empty: EDITS edits on random
 * pixels, BATCH a record, each with the origin header; with --authors also random author ids.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <librdkafka/rdkafka.h>

#include "core/authors.h"
#include "core/bytes.h"
#include "core/canvas.h"
#include "log/open.h"
#include "sys/descriptors.h"

enum {
    REPEAT_MAX = 99,
    POLL_MS = 200,
    KINDS = 4,
    BARE_BATCH = 4096,
    BATCH_MAX = 65536,
    RUN_BYTES = 10
};
enum kind { LOCAL, KAFKA, BARE, BARE_NO_FOLD };

static const char *const kind_names[KINDS] = {"local", "kafka", "bare", "bare, no fold"};

static const char help[] =
    "usage: fold [--log local:DIR] [--log kafka://HOST:PORT/TOPIC] [--edits N] [--batch N]\n"
    "            [--repeat N] [--authors] [--json]\n"
    "\n"
    "Measure how fast a log is folded into a canvas. Without --log: an embedded log in TMPDIR.\n"
    "An empty log is filled first: 16.5 million edits, 67 a record, by default.\n"
    "What is measured, as formulas: the first lines of bench/fold.c.\n";

struct bench {
    char *urls[2]; /* of LOCAL and KAFKA; NULL: not wanted */
    char *brokers, *topic;
    uint64_t edits;
    size_t batch;
    unsigned repeat;
    bool authors, json;
};

/* Folds and counts. */
struct folder {
    struct log_records as_records;
    struct log_outcomes as_outcomes;
    struct canvas *canvas;
    uint64_t edits, records, told, refused;
    double seconds, cpu;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Processor time of all threads so far. */
static double cpu(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static void __attribute__((noreturn)) die(const char *what, const char *why)
{
    fprintf(stderr, "fold: %s: %s\n", what, why);
    exit(1);
}

/* The log's edits of whichever canvas, all into one. */
static size_t fold(struct canvas *canvas, const struct record *record)
{
    struct record_edits edits = record_edits(record);
    if (edits.n > 0)
        canvas_apply(canvas, edits.edits, edits.n, record->offset + 1);
    return edits.n;
}

static void on_record(struct log_records *records, const struct record *record)
{
    struct folder *f = (struct folder *)records;
    f->edits += fold(f->canvas, record);
    f->records++;
}

static void on_outcome(struct log_outcomes *outcomes, struct origin origin,
                       enum log_outcome outcome)
{
    struct folder *f = (struct folder *)((char *)outcomes - offsetof(struct folder, as_outcomes));
    (void)origin;
    __atomic_fetch_add(&f->told, 1, __ATOMIC_RELAXED);
    if (outcome != LOG_COMMITTED)
        __atomic_fetch_add(&f->refused, 1, __ATOMIC_RELAXED);
}

static struct log *open_log(const struct bench *b, enum kind kind)
{
    char error[LOG_ERROR_BYTES] = "";
    struct log *log = log_open(b->urls[kind], NULL, error);
    if (!log)
        die(kind_names[kind], error);
    return log;
}

static uint64_t random_u64(void)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static void generate(const struct bench *b, enum kind kind, struct log *log)
{
    struct folder f = {.as_records = {on_record}, .as_outcomes = {on_outcome}};
    char error[LOG_ERROR_BYTES] = "";
    uint8_t *edits = malloc(EDIT_BYTES * b->batch);
    uint8_t *authors = malloc(1 + RUN_BYTES * b->batch); /* each edit of another author */
    uint64_t number = 0;
    if (!edits || !authors)
        die("generate", "no memory");
    fprintf(stderr, "fold: %s: generating %" PRIu64 " edits\n", kind_names[kind], b->edits);
    struct log_writer *writer = log_writer_create(log, &f.as_outcomes, error);
    if (!writer)
        die(kind_names[kind], error);
    authors[0] = AUTHORS_VERSION;
    for (uint64_t left = b->edits; left > 0;) {
        size_t n = left < b->batch ? (size_t)left : b->batch;
        for (size_t i = 0; i < n; i++) {
            uint64_t r = random_u64();
            edit_store(edits + EDIT_BYTES * i,
                       edit_pack((uint32_t)(r & 0xffffff) % CANVAS_WIDTH,
                                 (uint32_t)(r >> 24 & 0xffffff) % CANVAS_HEIGHT,
                                 (uint32_t)(r >> 60)));
            uint8_t *run = authors + 1 + RUN_BYTES * i;
            run[0] = 1;
            run[1] = 0;
            store_u64(run + 2, random_u64());
        }
        static const uint8_t genesis[GENESIS_BYTES] = {0xfe};
        struct log_batch batch = {.value = {edits, EDIT_BYTES * n}, .origin = {1, ++number}};
        if (number == 1) /* as a server's log has it: without, it has no history */
            batch.genesis = genesis;
        if (b->authors)
            batch.authors = (struct span){authors, 1 + RUN_BYTES * n};
        enum log_append result;
        while ((result = log_writer_append(writer, &batch)) == LOG_FULL)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        if (result != LOG_ACCEPTED)
            die(kind_names[kind], "read-only while generating");
        left -= n;
    }
    log_writer_destroy(writer);
    if (f.told != number || f.refused > 0)
        die(kind_names[kind], "the log did not take everything");
    free(edits);
    free(authors);
}

/* Fill the log if it is empty. */
static void prepare(const struct bench *b, enum kind kind)
{
    char error[LOG_ERROR_BYTES];
    struct log_bounds bounds;
    struct folder f = {.as_records = {on_record}};
    struct log *log = open_log(b, kind);
    struct log_reader *reader = log_reader_create(log, &f.as_records, error);
    if (!reader || log_reader_bounds(reader, &bounds, error) != 0)
        die(kind_names[kind], error);
    log_reader_destroy(reader);
    if (bounds.high == 0)
        generate(b, kind, log);
    log_close(log);
}

static void fold_log(const struct bench *b, enum kind kind, struct folder *f)
{
    char error[LOG_ERROR_BYTES] = "";
    size_t delivered;
    struct log *log = open_log(b, kind);
    struct log_reader *reader = log_reader_create(log, &f->as_records, error);
    if (!reader)
        die(kind_names[kind], error);
    double start = now(), cpu_start = cpu();
    if (log_reader_seek(reader, 0, error) != 0)
        die(kind_names[kind], error);
    while (!log_reader_caught_up(reader))
        if (log_reader_poll(reader, POLL_MS, &delivered, error) == LOG_FAILED)
            die(kind_names[kind], error);
    f->seconds = now() - start;
    f->cpu = cpu() - cpu_start;
    log_reader_destroy(reader);
    log_close(log);
}

static void fold_bare(const struct bench *b, enum kind kind, struct folder *f)
{
    static rd_kafka_message_t *messages[BARE_BATCH];
    char why[256] = "";
    int64_t low = 0, high = 0;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", b->brokers, why, sizeof why);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, b->topic, NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    if (rd_kafka_query_watermark_offsets(rk, b->topic, 0, &low, &high, 10000) != 0)
        die("bare", "no broker");
    double start = now(), cpu_start = cpu();
    rd_kafka_consume_start_queue(rkt, 0, 0, queue);
    for (int64_t next = 0; next < high;) {
        ssize_t n = rd_kafka_consume_batch_queue(queue, 0, messages, BARE_BATCH);
        if (n == 0) {
            messages[0] = rd_kafka_consume_queue(queue, POLL_MS);
            n = messages[0] ? 1 : 0;
        }
        for (ssize_t i = 0; i < n; i++) {
            rd_kafka_message_t *m = messages[i];
            struct record record = {.offset = (uint64_t)m->offset, .value = {m->payload, m->len}};
            if (!m->err) {
                if (kind == BARE)
                    f->edits += fold(f->canvas, &record);
                else
                    f->edits += m->len / EDIT_BYTES;
                f->records++;
                next = m->offset + 1;
            }
            rd_kafka_message_destroy(m);
        }
    }
    f->seconds = now() - start;
    f->cpu = cpu() - cpu_start;
    rd_kafka_consume_stop(rkt, 0);
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_destroy(rkt);
    rd_kafka_destroy(rk);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct figure {
    double median, min, max, cpu;
    uint64_t edits, records, checksum;
};

static void run(const struct bench *b, const bool wanted[KINDS], struct figure figures[KINDS])
{
    static double times[KINDS][REPEAT_MAX], cpus[KINDS][REPEAT_MAX];
    struct canvas *canvas = malloc(sizeof *canvas);
    if (!canvas)
        die("run", "no memory");
    for (unsigned i = 0; i <= b->repeat; i++) { /* the first does not count */
        for (int k = 0; k < KINDS; k++) {
            if (!wanted[k])
                continue;
            struct folder f = {
                .as_records = {on_record}, .as_outcomes = {on_outcome}, .canvas = canvas};
            canvas_init(canvas);
            if (k <= KAFKA)
                fold_log(b, (enum kind)k, &f);
            else
                fold_bare(b, (enum kind)k, &f);
            if (i > 0) {
                times[k][i - 1] = f.seconds;
                cpus[k][i - 1] = f.cpu;
            }
            figures[k].edits = f.edits;
            figures[k].records = f.records;
            figures[k].checksum = canvas->checksum;
        }
    }
    free(canvas);
    for (int k = 0; k < KINDS; k++) {
        if (!wanted[k])
            continue;
        qsort(times[k], b->repeat, sizeof times[k][0], by_value);
        qsort(cpus[k], b->repeat, sizeof cpus[k][0], by_value);
        figures[k].cpu = cpus[k][b->repeat / 2];
        figures[k].median = times[k][b->repeat / 2];
        figures[k].min = times[k][0];
        figures[k].max = times[k][b->repeat - 1];
    }
}

static void print_text(const struct bench *b, const bool wanted[KINDS],
                       struct figure figures[KINDS])
{
    printf(
        "fold: T = wall time from log_reader_seek(0) to the last record delivered; median of %u, "
        "interleaved\n",
        b->repeat);
    for (int k = 0; k < KINDS; k++)
        if (wanted[k])
            printf("%-14s T %.3f s (%.3f to %.3f), cpu %.3f s, %" PRIu64 " edits in %" PRIu64
                   " records, %.1f million edits a second\n",
                   kind_names[k], figures[k].median, figures[k].min, figures[k].max, figures[k].cpu,
                   figures[k].edits, figures[k].records,
                   (double)figures[k].edits / figures[k].median / 1e6);
    if (wanted[KAFKA])
        printf("kafka / bare   %.3f, cpu %.3f\n", figures[KAFKA].median / figures[BARE].median,
               figures[KAFKA].cpu / figures[BARE].cpu);
}

static void print_json(const struct bench *b, const bool wanted[KINDS],
                       struct figure figures[KINDS])
{
    const char *comma = "";
    printf(
        "{\"bench\":\"fold\",\"formula\":\"T = wall time from log_reader_seek(0) to the last "
        "record "
        "delivered\",\"repeat\":%u,\"figures\":[",
        b->repeat);
    for (int k = 0; k < KINDS; k++) {
        if (!wanted[k])
            continue;
        printf(
            "%s{\"name\":\"%s\",\"seconds\":%.6f,\"min\":%.6f,\"max\":%.6f,\"cpu\":%.6f,"
            "\"edits\":%" PRIu64 ",\"records\":%" PRIu64 ",\"edits_per_second\":%.0f}",
            comma, kind_names[k], figures[k].median, figures[k].min, figures[k].max, figures[k].cpu,
            figures[k].edits, figures[k].records, (double)figures[k].edits / figures[k].median);
        comma = ",";
    }
    printf("]");
    if (wanted[KAFKA])
        printf(",\"kafka_to_bare\":%.4f", figures[KAFKA].median / figures[BARE].median);
    printf("}\n");
}

static void parse_log(struct bench *b, char *url)
{
    char *slash;
    if (strncmp(url, "local:", 6) == 0) {
        b->urls[LOCAL] = url;
    } else if (strncmp(url, "kafka://", 8) == 0 && (slash = strchr(url + 8, '/'))) {
        b->urls[KAFKA] = url;
        b->brokers = strndup(url + 8, (size_t)(slash - url - 8));
        b->topic = slash + 1;
    } else {
        fputs(help, stderr);
        exit(2);
    }
}

static void remove_dir(const char *dir)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", "placed.lock"};
    char path[4096];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static const struct option options[] = {
        {"log", required_argument, NULL, 'l'},   {"edits", required_argument, NULL, 'e'},
        {"batch", required_argument, NULL, 'b'}, {"repeat", required_argument, NULL, 'r'},
        {"authors", no_argument, NULL, 'a'},     {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},        {0}};
    struct bench b = {.edits = 16500000, .batch = 67, .repeat = 7};
    int option;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l':
            parse_log(&b, optarg);
            break;
        case 'e':
            b.edits = strtoull(optarg, NULL, 10);
            break;
        case 'b':
            b.batch = strtoul(optarg, NULL, 10);
            break;
        case 'r':
            b.repeat = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'a':
            b.authors = true;
            break;
        case 'j':
            b.json = true;
            break;
        case 'h':
            fputs(help, stdout);
            return 0;
        default:
            fputs(help, stderr);
            return 2;
        }
    }
    if (optind != argc || b.edits == 0 || b.batch == 0 || b.batch > BATCH_MAX || b.repeat == 0 ||
        b.repeat > REPEAT_MAX) {
        fputs(help, stderr);
        return 2;
    }
    char temporary[4096] = "", url[4096 + 8];
    if (!b.urls[LOCAL] && !b.urls[KAFKA]) {
        const char *tmp = getenv("TMPDIR");
        snprintf(temporary, sizeof temporary, "%s/placed-fold-XXXXXX", tmp ? tmp : "/tmp");
        if (!mkdtemp(temporary))
            die(temporary, "cannot be made");
        snprintf(url, sizeof url, "local:%s", temporary);
        b.urls[LOCAL] = url;
    }
    const bool kafka = b.urls[KAFKA] != NULL;
    const bool wanted[KINDS] = {b.urls[LOCAL] != NULL, kafka, kafka, kafka};
    struct figure figures[KINDS] = {{0}};
    for (int k = LOCAL; k <= KAFKA; k++)
        if (wanted[k])
            prepare(&b, (enum kind)k);
    run(&b, wanted, figures);
    if (wanted[KAFKA] && (figures[KAFKA].edits != figures[BARE].edits ||
                          figures[KAFKA].checksum != figures[BARE].checksum))
        die("kafka and bare", "not the same canvas");
    if (b.json)
        print_json(&b, wanted, figures);
    else
        print_text(&b, wanted, figures);
    free(b.brokers);
    if (temporary[0])
        remove_dir(temporary);
    return 0;
}
