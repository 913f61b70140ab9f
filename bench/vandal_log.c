/* SPDX-License-Identifier: ISC */
/*
 * vandal_log: a log of many people, one of whom is a vandal; its bare fold; and what is left of it
 * when the vandal's edits and those of actions are taken away.
 *
 *   vandal_log make URL EDITS VANDAL    EDITS edits on random pixels, 67 a record, by 20,000 people
 * in turns of 1 to 8 edits; in the last tenth of them VANDAL edits of the author 80000000000000ff
 * inside of 400 x 400 pixels vandal_log fold URL                 JSON: seconds, the median of 5,
 * from log_reader_seek(0) to the last record delivered and folded into one canvas vandal_log check
 * URL                JSON: pixels that are not as the newest edit says that is neither the vandal's
 * nor an action's; edits by both
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/authors.h"
#include "core/bytes.h"
#include "core/canvas.h"
#include "core/record.h"
#include "log/open.h"
#include "sys/descriptors.h"

enum {
    BATCH = 67,
    PEOPLE = 20000,
    TURN = 8,
    SIDE = 400,
    REPEAT = 5,
    POLL_MS = 100,
};

#define PERSON (UINT64_C(1) << 63)
#define VANDAL (PERSON | 0xff)

static void die(const char *what, const char *why)
{
    fprintf(stderr, "vandal_log: %s: %s\n", what, why);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t draw(uint64_t below)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 11) % below;
}

static struct log *open_log(const char *url, bool readonly)
{
    char error[LOG_ERROR_BYTES] = "";
    const struct log_options options = {.readonly = readonly};
    struct log *log = log_open(url, &options, error);
    if (!log)
        die(url, error);
    return log;
}

/* ---- make ---- */

static void on_outcome(struct log_outcomes *outcomes, struct origin origin,
                       enum log_outcome outcome)
{
    if (outcome != LOG_COMMITTED)
        die("make", "the log did not take everything");
}

static uint32_t any_edit(void)
{
    return edit_pack((uint32_t)draw(CANVAS_WIDTH), (uint32_t)draw(CANVAS_HEIGHT),
                     (uint32_t)draw(16));
}

static uint32_t raid_edit(uint64_t i)
{
    return edit_pack((uint32_t)(i % SIDE), (uint32_t)(i / SIDE % SIDE), (uint32_t)draw(16));
}

static void put(struct log_writer *writer, uint64_t number, const uint8_t *edits,
                const uint64_t *authors, size_t n)
{
    static const uint8_t genesis[GENESIS_BYTES] = {0xfe};
    uint8_t header[1 + BATCH * AUTHORS_RUN_BYTES];
    const struct log_batch batch = {
        .value = {edits, n * EDIT_BYTES},
        .authors = {header, authors_store_runs(header, authors, n)},
        .origin = {1, number},
        .genesis = number == 1 ? genesis : NULL,
    };
    enum log_append result;
    while ((result = log_writer_append(writer, &batch)) == LOG_FULL)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    if (result != LOG_ACCEPTED)
        die("make", "the log cannot be written");
}

static void make(const char *url, uint64_t edits, uint64_t vandal)
{
    char error[LOG_ERROR_BYTES] = "";
    struct log_outcomes outcomes = {on_outcome};
    struct log *log = open_log(url, false);
    struct log_writer *writer = log_writer_create(log, &outcomes, error);
    if (!writer)
        die(url, error);
    uint64_t records = edits / BATCH, raids = vandal / BATCH, from = records - records / 100;
    for (uint64_t i = 0, raided = 0; i < records; i++) {
        uint8_t bytes[BATCH * EDIT_BYTES];
        uint64_t authors[BATCH], turn = 0, author = 0;
        /* Spread evenly over the last hundredth. */
        bool raid = i >= from && raided < (i - from + 1) * raids / (records - from);
        raided += raid;
        for (size_t k = 0; k < BATCH; k++, turn--) {
            if (turn == 0) {
                author = PERSON | (1 + draw(PEOPLE)) << 16;
                turn = 1 + draw(TURN);
            }
            authors[k] = raid ? VANDAL : author;
            edit_store(bytes + EDIT_BYTES * k,
                       raid ? raid_edit((raided - 1) * BATCH + k) : any_edit());
        }
        put(writer, i + 1, bytes, authors, BATCH);
    }
    log_writer_destroy(writer);
    log_close(log);
}

/* ---- reading ---- */

struct reading {
    struct log_records records;
    struct canvas *canvas;  /* as the log has it */
    struct canvas *without; /* the vandal and the actions; NULL: that is not wanted */
    uint64_t edits, vandal, actions;
};

static void on_record(struct log_records *records, const struct record *record)
{
    struct reading *reading = (struct reading *)records;
    struct record_edits edits = record_edits(record);
    canvas_apply(reading->canvas, edits.edits, edits.n, record->offset + 1);
    reading->edits += edits.n;
    bool known = reading->without && authors_count(record->authors) == edits.n;
    for (size_t i = 0; reading->without && i < edits.n; i++) {
        uint64_t author = known ? authors_of(record->authors, i) : 0;
        bool action = author > 0 && author <= UINT32_MAX;
        reading->vandal += author == VANDAL;
        reading->actions += action;
        if (author != VANDAL && !action)
            canvas_apply(reading->without, edits.edits + EDIT_BYTES * i, 1, record->offset + 1);
    }
}

static double read_log(const char *url, struct reading *reading)
{
    char error[LOG_ERROR_BYTES] = "";
    size_t delivered;
    struct log *log = open_log(url, true);
    struct log_reader *reader = log_reader_create(log, &reading->records, error);
    if (!reader)
        die(url, error);
    double began = now();
    if (log_reader_seek(reader, 0, error) != 0)
        die(url, error);
    while (!log_reader_caught_up(reader)) {
        if (log_reader_poll(reader, POLL_MS, &delivered, error) == LOG_FAILED)
            die(url, error);
    }
    double took = now() - began;
    log_reader_destroy(reader);
    log_close(log);
    return took;
}

static struct canvas *blank(void)
{
    struct canvas *canvas = malloc(sizeof *canvas);
    if (!canvas)
        die("read", "no memory");
    canvas_init(canvas);
    return canvas;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void fold(const char *url)
{
    double times[REPEAT + 1];
    struct reading reading;
    for (int i = 0; i <= REPEAT; i++) { /* the first does not count */
        reading = (struct reading){.records.record = on_record, .canvas = blank()};
        times[i] = read_log(url, &reading);
        free(reading.canvas);
    }
    qsort(times + 1, REPEAT, sizeof *times, by_value);
    printf("{\"seconds\":%.6f,\"edits\":%llu}\n", times[1 + REPEAT / 2],
           (unsigned long long)reading.edits);
}

static void check(const char *url)
{
    struct reading reading = {.records.record = on_record, .canvas = blank(), .without = blank()};
    uint64_t wrong = 0;
    read_log(url, &reading);
    for (size_t i = 0; i < CANVAS_PIXELS; i++)
        wrong += reading.canvas->pixels[i] != reading.without->pixels[i];
    printf("{\"wrong\":%llu,\"edits\":%llu,\"vandal\":%llu,\"actions\":%llu}\n",
           (unsigned long long)wrong, (unsigned long long)reading.edits,
           (unsigned long long)reading.vandal, (unsigned long long)reading.actions);
    free(reading.canvas);
    free(reading.without);
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    if (argc == 5 && strcmp(argv[1], "make") == 0)
        make(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
    else if (argc == 3 && strcmp(argv[1], "fold") == 0)
        fold(argv[2]);
    else if (argc == 3 && strcmp(argv[1], "check") == 0)
        check(argv[2]);
    else
        die("usage", "make URL EDITS VANDAL | fold URL | check URL");
    return 0;
}
