/* SPDX-License-Identifier: ISC */
/* collector: see collector.h. */
#include "collector.h"

#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/authors.h"
#include "core/bytes.h"
#include "core/costs.h"

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

static struct span keep(uint8_t **p, struct span span)
{
    if (!span.data)
        return span;
    memcpy(*p, span.data, span.len);
    struct span copy = {*p, span.len};
    *p += span.len;
    return copy;
}

static void on_record(struct log_records *records, const struct record *r)
{
    struct collector *c = (struct collector *)records;
    c->n_edits += record_edits(r).n;
    if (c->forget) {
        c->n++;
        return;
    }
    if (c->n == c->room) {
        c->room = c->room ? 2 * c->room : 64;
        c->records = must(realloc(c->records, c->room * sizeof *c->records));
    }
    uint8_t *bytes = must(
        malloc(r->value.len + r->authors.len + r->origin.len + r->genesis.len + r->energy.len + 1));
    struct collected *k = &c->records[c->n++];
    k->bytes = bytes;
    k->anchor = record_anchor(r);
    k->record = *r;
    k->record.value = keep(&bytes, r->value);
    k->record.authors = keep(&bytes, r->authors);
    k->record.origin = keep(&bytes, r->origin);
    k->record.genesis = keep(&bytes, r->genesis);
    k->record.energy = keep(&bytes, r->energy);
}

static void on_outcome(struct log_outcomes *outcomes, struct origin origin,
                       enum log_outcome outcome)
{
    struct collector *c =
        (struct collector *)((char *)outcomes - offsetof(struct collector, as_outcomes));
    pthread_mutex_lock(&c->lock);
    if (c->n_reported == c->reported_room) {
        c->reported_room = c->reported_room ? 2 * c->reported_room : 64;
        c->reported = must(realloc(c->reported, c->reported_room * sizeof *c->reported));
    }
    c->reported[c->n_reported++] = (struct reported){origin, outcome};
    pthread_mutex_unlock(&c->lock);
}

struct collector *collector_create(void)
{
    struct collector *c = must(calloc(1, sizeof *c));
    c->as_records.record = on_record;
    c->as_outcomes.outcome = on_outcome;
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void collector_clear(struct collector *c)
{
    for (size_t i = 0; i < c->n && !c->forget; i++)
        free(c->records[i].bytes);
    c->n = 0;
    c->n_edits = 0;
}

void collector_destroy(struct collector *c)
{
    collector_clear(c);
    free(c->records);
    free(c->reported);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

size_t collector_reported(struct collector *c)
{
    pthread_mutex_lock(&c->lock);
    size_t n = c->n_reported;
    pthread_mutex_unlock(&c->lock);
    return n;
}

size_t collector_reported_as(struct collector *c, enum log_outcome outcome)
{
    size_t n = 0;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_reported; i++)
        n += c->reported[i].outcome == outcome;
    pthread_mutex_unlock(&c->lock);
    return n;
}

size_t collector_outcome(struct collector *c, struct origin origin, enum log_outcome *outcome)
{
    size_t n = 0;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_reported; i++) {
        if (c->reported[i].origin.nonce == origin.nonce &&
            c->reported[i].origin.batch == origin.batch) {
            n++;
            *outcome = c->reported[i].outcome;
        }
    }
    pthread_mutex_unlock(&c->lock);
    return n;
}

size_t collector_count(struct collector *c, struct origin origin)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        struct origin o;
        n += record_origin(&c->records[i].record, &o) && o.nonce == origin.nonce &&
             o.batch == origin.batch;
    }
    return n;
}

struct log_batch batch_make(uint64_t nonce, uint64_t number, size_t n, bool authors)
{
    enum { RUN_BYTES = 2 + 8 };
    size_t len = 1 + RUN_BYTES * n;
    uint8_t *edits = must(malloc(EDIT_BYTES * n));
    uint8_t *runs = authors ? must(malloc(len)) : NULL;
    uint64_t seed = nonce * 0x9e3779b97f4a7c15 + number;
    if (runs)
        runs[0] = AUTHORS_VERSION;
    for (size_t i = 0; i < n; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        edit_store(edits + EDIT_BYTES * i,
                   edit_pack((uint32_t)(seed >> 33) % CANVAS_WIDTH,
                             (uint32_t)(seed >> 13 & 0xffff) % CANVAS_HEIGHT,
                             (uint32_t)(seed >> 60)));
        if (runs) { /* each edit of another author: the longest that there can be */
            uint8_t *run = runs + 1 + RUN_BYTES * i;
            run[0] = 1;
            run[1] = 0;
            store_u64(run + 2, seed);
        }
    }
    return (struct log_batch){.value = {edits, EDIT_BYTES * n},
                              .authors = {runs, runs ? len : 0},
                              .origin = {nonce, number}};
}

void batch_add_energy(struct log_batch *batch, size_t runs)
{
    uint8_t *header = must(calloc(1, costs_bytes(runs)));
    for (size_t i = 0; i < runs; i++)
        costs_store_run(header, i, (uint32_t)(batch->origin.batch * 1000 + i));
    batch->energy = (struct span){header, costs_bytes(runs)};
}

void batch_finish(struct log_batch *batch)
{
    free((void *)(uintptr_t)batch->value.data);
    free((void *)(uintptr_t)batch->authors.data);
    free((void *)(uintptr_t)batch->energy.data);
}

static bool span_equals(struct span a, struct span b)
{
    return (a.data != NULL) == (b.data != NULL) && a.len == b.len &&
           (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool batch_equals(const struct log_batch *batch, const struct record *record)
{
    struct origin origin;
    struct span genesis = {batch->genesis, batch->genesis ? GENESIS_BYTES : 0};
    return span_equals(batch->value, record->value) &&
           span_equals(batch->authors, record->authors) &&
           span_equals(batch->energy, record->energy) && span_equals(genesis, record->genesis) &&
           record_origin(record, &origin) && origin.nonce == batch->origin.nonce &&
           origin.batch == batch->origin.batch;
}

static void *need(void *p, const char *error)
{
    if (p)
        return p;
    fprintf(stderr, "%s\n", error);
    abort();
}

struct opened *opened_readonly(struct log *log, struct collector *c)
{
    char error[LOG_ERROR_BYTES] = "no log";
    struct opened *o = must(calloc(1, sizeof *o));
    o->log = need(log, error);
    o->reader = need(log_reader_create(log, &c->as_records, error), error);
    return o;
}

struct opened *opened_from(struct log *log, struct collector *c)
{
    char error[LOG_ERROR_BYTES] = "";
    struct opened *o = opened_readonly(log, c);
    o->writer = need(log_writer_create(log, &c->as_outcomes, error), error);
    return o;
}

void opened_close(struct opened *o)
{
    if (!o)
        return;
    log_writer_destroy(o->writer);
    log_reader_destroy(o->reader);
    log_close(o->log);
    free(o);
}

void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

uint64_t test_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

char *make_dir(void)
{
    const char *tmp = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/placed-log-XXXXXX", tmp ? tmp : "/tmp");
    return must(strdup(must(mkdtemp(path))));
}

void remove_tree(char *dir)
{
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));) {
        char path[4096 + 256];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (unlink(path) != 0)
            remove_tree(strdup(path));
    }
    if (d)
        closedir(d);
    rmdir(dir);
    free(dir);
}
