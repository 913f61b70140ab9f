/* SPDX-License-Identifier: ISC */
/*
 * rules_table: what the rules' memory of authors takes, and how long it takes to have it again.
 *
 * Formulas. bytes: growth of the resident memory from before the first author until all of them
 * have edited once within the time that a full refill takes. rebuild: wall time from rules_prepare
 * until reader_start returns, the log being open, with the rules' fold alone; bare: the same with a
 * fold that only counts edits; ratio: that of their processor times. Both read the same embedded
 * log of RUNS edits by as many runs of header a, 67 a record, each run by one of AUTHORS authors at
 * random. Repetitions are interleaved, after one of each that does not count; medians. Prints JSON;
 * exit code 1 when an author that has edited is not known afterwards.
 */
#include <getopt.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/authors.h"
#include "core/costs.h"
#include "core/edit.h"
#include "log/open.h"
#include "plane/reader.h"
#include "rules/rules.h"
#include "sys/descriptors.h"

enum { RECORD_EDITS = 67, REPEAT_MAX = 99, SAMPLE = 1000, COST = 300000 /* as of reddit */ };

static const char help[] =
    "usage: rules_table [--authors N] [--runs N] [--repeat N] DIRECTORY\n"
    "\n"
    "DIRECTORY: where the log is made; it must not hold one.\n";

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Processor time so far. */
static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t wall_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void __attribute__((noreturn)) die(const char *what, const char *why)
{
    fprintf(stderr, "rules_table: %s: %s\n", what, why);
    exit(1);
}

static size_t resident_bytes(void)
{
    size_t size, resident;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%zu %zu", &size, &resident) != 2)
        die("/proc/self/statm", "cannot be read");
    fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}

static uint64_t random_u64(void)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

/* Author i of the bench: as evenly spread as keyed hashes are. */
static uint64_t author(uint64_t i)
{
    i = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    i = (i ^ i >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    i = (i ^ i >> 27) * UINT64_C(0x94d049bb133111eb);
    return (i ^ i >> 31) | AUTHOR_PERSON;
}

/* The parts of a record: edits, and for each its own run of header a with its cost. */
struct parts {
    uint8_t edits[EDIT_BYTES * RECORD_EDITS];
    uint8_t authors[1 + AUTHORS_RUN_BYTES * RECORD_EDITS];
    uint8_t costs[1 + COSTS_RUN_BYTES * RECORD_EDITS];
    size_t n;
};

static void parts_fill(struct parts *parts, const uint64_t *authors, size_t n)
{
    parts->n = n;
    for (size_t i = 0; i < n; i++) {
        uint64_t r = random_u64();
        edit_store(parts->edits + EDIT_BYTES * i,
                   edit_pack((uint32_t)(r & 0xffffff) % CANVAS_WIDTH,
                             (uint32_t)(r >> 24 & 0xffffff) % CANVAS_HEIGHT, (uint32_t)(r >> 60)));
        authors_store_run(parts->authors, i, (struct authors_run){1, authors[i]});
        costs_store_run(parts->costs, i, COST);
    }
}

/* ---- the rules, with a policy under which nobody is forgotten while this runs ---- */

static struct metrics metrics;

static struct rules *make_rules(void)
{
    struct rules_config config = {0};
    if (!policy_parse(&config.people, "reddit") || !policy_parse(&config.bots, "reddit"))
        die("policy", "reddit is unknown");
    struct rules *rules = rules_create(&config, &metrics);
    if (!rules)
        die("rules", "no memory");
    return rules;
}

/* Has this author less than all? */
static bool knows(struct rules *rules, uint64_t id)
{
    struct visitor visitor = {.author = id, .kind = VISITOR_COOKIE};
    struct energy energy;
    rules_energy(rules, &visitor, wall_ms(), &energy);
    return energy.available < (int64_t)energy.policy->capacity;
}

static size_t memory(uint64_t n_authors)
{
    static struct parts parts;
    uint64_t ids[RECORD_EDITS];
    char error[FOLD_ERROR_BYTES] = "";
    struct rules *rules = make_rules();
    struct fold *fold = rules_fold(rules);
    malloc_trim(0);
    size_t before = resident_bytes();
    for (uint64_t i = 0, offset = 0; i < n_authors; offset++) {
        size_t n = 0;
        while (n < RECORD_EDITS && i < n_authors)
            ids[n++] = author(i++);
        parts_fill(&parts, ids, n);
        struct record record = {.offset = offset,
                                .time_ms = wall_ms(),
                                .value = {parts.edits, EDIT_BYTES * n},
                                .authors = {parts.authors, 1 + AUTHORS_RUN_BYTES * n},
                                .energy = {parts.costs, 1 + COSTS_RUN_BYTES * n}};
        struct fold_record folded = {.record = &record, .edits = record_edits(&record)};
        if (fold->ops->record(fold, &folded, error) != 0)
            die("fold", error);
    }
    malloc_trim(0);
    size_t bytes = resident_bytes() - before;
    for (int i = 0; i < SAMPLE; i++)
        if (!knows(rules, author(random_u64() % n_authors)))
            die("memory", "an author was forgotten");
    if (knows(rules, author(n_authors + 1)))
        die("memory", "an author is known that never was");
    rules_destroy(rules);
    return bytes;
}

/* ---- a log, read with the rules' fold and with one that does nothing ---- */

struct told {
    struct log_outcomes as_outcomes;
    uint64_t committed, other;
};

static void on_outcome(struct log_outcomes *outcomes, struct origin origin,
                       enum log_outcome outcome)
{
    struct told *told = (struct told *)outcomes;
    (void)origin;
    __atomic_fetch_add(outcome == LOG_COMMITTED ? &told->committed : &told->other, 1,
                       __ATOMIC_RELAXED);
}

static void generate(struct log *log, uint64_t runs, uint64_t n_authors)
{
    static struct parts parts;
    static const uint8_t genesis[GENESIS_BYTES] = {0xfe};
    uint64_t ids[RECORD_EDITS], number = 0;
    char error[LOG_ERROR_BYTES] = "";
    struct told told = {.as_outcomes = {on_outcome}};
    struct log_writer *writer = log_writer_create(log, &told.as_outcomes, error);
    if (!writer)
        die("log", error);
    for (uint64_t left = runs; left > 0;) {
        size_t n = left < RECORD_EDITS ? (size_t)left : RECORD_EDITS;
        for (size_t i = 0; i < n; i++)
            ids[i] = author(random_u64() % n_authors);
        parts_fill(&parts, ids, n);
        struct log_batch batch = {.value = {parts.edits, EDIT_BYTES * n},
                                  .authors = {parts.authors, 1 + AUTHORS_RUN_BYTES * n},
                                  .energy = {parts.costs, 1 + COSTS_RUN_BYTES * n},
                                  .origin = {1, ++number}};
        if (number == 1)
            batch.genesis = genesis;
        enum log_append result;
        while ((result = log_writer_append(writer, &batch)) == LOG_FULL)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        if (result != LOG_ACCEPTED)
            die("log", "read-only while it was filled");
        left -= n;
    }
    log_writer_destroy(writer);
    if (told.committed != number)
        die("log", "it did not take everything");
}

struct counter {
    struct fold fold; /* first */
    uint64_t edits;
};

static int count_record(struct fold *fold, const struct fold_record *record,
                        char error[FOLD_ERROR_BYTES])
{
    ((struct counter *)fold)->edits += record->edits.n;
    return 0;
}

/* Seconds until everything is folded, and of a processor; rules: by the rules, else only counted.
 */
static double fold_log(struct log *log, bool with_rules, uint64_t runs, uint64_t n_authors,
                       double *cpu_seconds)
{
    static const struct fold_ops ops = {.record = count_record};
    static const volatile int stop;
    struct counter counter = {.fold = {.ops = &ops}};
    struct rules *rules = make_rules();
    char error[LOG_ERROR_BYTES] = "", why[FOLD_ERROR_BYTES] = "";
    struct reader *reader = reader_create(log, error);
    if (!reader)
        die("reader", error);
    reader_silence(reader);
    reader_add(reader, with_rules ? rules_fold(rules) : &counter.fold);
    double start = now(), cpu_start = cpu();
    if (with_rules && rules_prepare(rules, reader, wall_ms(), why) != 0)
        die("rules_prepare", why);
    if (reader_start(reader, NULL, &stop) != READER_OK)
        die("reader_start", reader_error(reader));
    double took = now() - start;
    *cpu_seconds = cpu() - cpu_start;
    if (!with_rules && counter.edits != runs)
        die("bare", "not all edits were read");
    /* Who came last in the log was at random, too: most of the authors have edited. */
    unsigned known = 0;
    for (int i = 0; with_rules && i < SAMPLE; i++)
        known += knows(rules, author(random_u64() % n_authors));
    if (with_rules && runs >= n_authors && known < SAMPLE / 2)
        die("rebuild", "most of those who edited are not known");
    reader_destroy(reader);
    rules_destroy(rules);
    return took;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, unsigned n)
{
    qsort(values, n, sizeof *values, by_value);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static const struct option options[] = {{"authors", required_argument, NULL, 'a'},
                                            {"runs", required_argument, NULL, 'r'},
                                            {"repeat", required_argument, NULL, 'n'},
                                            {0}};
    uint64_t n_authors = 3000000, runs = 4800000;
    unsigned repeat = 5;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'a')
            n_authors = strtoull(optarg, NULL, 10);
        else if (option == 'r')
            runs = strtoull(optarg, NULL, 10);
        else if (option == 'n')
            repeat = (unsigned)strtoul(optarg, NULL, 10);
        else
            n_authors = 0;
    }
    if (optind != argc - 1 || n_authors == 0 || runs == 0 || repeat == 0 || repeat > REPEAT_MAX) {
        fputs(help, stderr);
        return 2;
    }
    size_t bytes = memory(n_authors);
    char url[4096], error[LOG_ERROR_BYTES] = "";
    snprintf(url, sizeof url, "local:%s", argv[optind]);
    struct log *log = log_open(url, NULL, error);
    if (!log)
        die("log", error);
    generate(log, runs, n_authors);
    static double with[REPEAT_MAX], bare[REPEAT_MAX], cpus[REPEAT_MAX], ratios[REPEAT_MAX];
    for (unsigned i = 0; i <= repeat; i++) { /* the first does not count */
        double bare_cpu, with_cpu;
        double b = fold_log(log, false, runs, n_authors, &bare_cpu);
        double w = fold_log(log, true, runs, n_authors, &with_cpu);
        if (i > 0) {
            with[i - 1] = w;
            bare[i - 1] = b;
            cpus[i - 1] = with_cpu;
            ratios[i - 1] = with_cpu / bare_cpu;
        }
    }
    log_close(log);
    printf("{\"authors\":%" PRIu64 ",\"bytes\":%zu,\"bytes_per_author\":%.2f,\"runs\":%" PRIu64
           ",\"rebuild_seconds\":%.4f,\"rebuild_cpu\":%.4f,\"bare_seconds\":%.4f,\"ratio\":%.3f}\n",
           n_authors, bytes, (double)bytes / (double)n_authors, runs, median(with, repeat),
           median(cpus, repeat), median(bare, repeat), median(ratios, repeat));
    return 0;
}
