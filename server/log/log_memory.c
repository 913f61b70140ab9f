/* SPDX-License-Identifier: ISC */
/*
 * log_memory: an array of records that several logs read, each with its own delay. What the faults
 * do is drawn from the env at the append; a reader's delay is a hash of reader and record, so that
 * a second reading of the same record, after a seek, is as late as the first.
 */
#include "log/log_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/authors.h"
#include "core/bytes.h"
#include "core/edit.h"

enum {
    RECORDS_A_POLL = 4096,
    GAP_MAX = 100,
};

struct stored {
    uint64_t at_us; /* when it was appended, virtual time */
    uint8_t *bytes; /* what the spans of record point into */
    struct record record;
};

struct memory_partition {
    struct env *env;
    struct memory_faults faults;
    struct stored *records;
    size_t n, room;
    uint64_t high;    /* offset of the next record */
    uint64_t readers; /* logs opened so far */
    bool stalled;
};

/* An outcome that is still to be told. */
struct due {
    uint64_t at_us;
    struct origin origin;
    enum log_outcome outcome;
    size_t bytes;
};

struct log_memory {
    struct log log; /* first: a log is cast to it */
    struct memory_partition *partition;
    uint64_t salt;
    size_t index; /* of the next record in partition->records */
    uint64_t next, target;
    struct due *due;
    size_t n_due, flight_bytes;
    bool closing;
};

static struct log_memory *memory_of(struct log *log)
{
    return (struct log_memory *)log;
}

static uint64_t uniform(struct env *env, uint64_t max)
{
    return max ? env_random_u64(env) % (max + 1) : 0;
}

static bool strikes(struct env *env, unsigned per_mille)
{
    return per_mille && env_random_u64(env) % 1000 < per_mille;
}

struct memory_partition *memory_partition_create(struct env *env, struct memory_faults faults)
{
    struct memory_partition *p = calloc(1, sizeof *p);
    if (p) {
        p->env = env;
        p->faults = faults;
    }
    return p;
}

void memory_partition_destroy(struct memory_partition *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++)
        free(p->records[i].bytes);
    free(p->records);
    free(p);
}

void memory_partition_set_stalled(struct memory_partition *p, bool stalled)
{
    p->stalled = stalled;
}

/* A copy of span at *bytes, which moves on. */
static struct span copy_span(uint8_t **bytes, struct span span)
{
    if (!span.data)
        return span;
    if (span.len > 0)
        memcpy(*bytes, span.data, span.len);
    struct span copy = {*bytes, span.len};
    *bytes += span.len;
    return copy;
}

/* Append a copy of record; offset and time are given here. 0, or -1 without memory. */
static int put(struct memory_partition *p, const struct record *record)
{
    if (p->n == p->room) {
        size_t room = p->room ? 2 * p->room : 64;
        struct stored *records = realloc(p->records, room * sizeof *records);
        if (!records)
            return -1;
        p->records = records;
        p->room = room;
    }
    size_t bytes =
        record->value.len + record->authors.len + record->origin.len + record->genesis.len;
    uint8_t *copy = malloc(bytes + 1);
    if (!copy)
        return -1;
    struct stored *s = &p->records[p->n];
    s->at_us = env_now_us(p->env);
    s->bytes = copy;
    s->record = (struct record){
        .offset = p->high,
        .time_ms = (int64_t)(s->at_us / 1000),
        .value = copy_span(&copy, record->value),
        .authors = copy_span(&copy, record->authors),
        .origin = copy_span(&copy, record->origin),
        .genesis = copy_span(&copy, record->genesis),
    };
    p->n++;
    p->high++;
    return 0;
}

void memory_partition_put(struct memory_partition *p, struct span value)
{
    put(p, &(struct record){.value = value});
}

/* ---- the log ---- */

static struct log_identity identify(struct log *log)
{
    return (struct log_identity){.cluster = "memory", .topic = "memory"};
}

static int bounds(struct log *log, struct log_bounds *result, char error[LOG_ERROR_BYTES])
{
    struct memory_partition *p = memory_of(log)->partition;
    result->low = p->n ? p->records[0].record.offset : p->high;
    result->high = p->high;
    return 0;
}

static int seek(struct log *log, uint64_t offset, char error[LOG_ERROR_BYTES])
{
    struct log_memory *m = memory_of(log);
    struct memory_partition *p = m->partition;
    if (offset > p->high) {
        snprintf(error, LOG_ERROR_BYTES, "offset %llu is past the end of the log, %llu",
                 (unsigned long long)offset, (unsigned long long)p->high);
        return -1;
    }
    size_t low = 0, high = p->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->records[middle].record.offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    m->index = low;
    m->next = offset;
    m->target = p->high;
    return 0;
}

/* splitmix64's finish: any two inputs give unrelated outputs. */
static uint64_t mix(uint64_t v)
{
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
    v = (v ^ v >> 27) * 0x94d049bb133111eb;
    return v ^ v >> 31;
}

static bool is_readable(const struct log_memory *m, const struct stored *s, uint64_t now)
{
    uint64_t max = m->partition->faults.delay_us;
    uint64_t delay = max ? mix(m->salt ^ mix(s->record.offset + 1)) % (max + 1) : 0;
    return s->at_us + delay <= now;
}

/* Tell what is due at now. Outcomes may append, which adds to the list. */
static void tell_due(struct log_memory *m, uint64_t now)
{
    for (size_t i = 0; i < m->n_due;) {
        struct due due = m->due[i];
        if (due.at_us > now) {
            i++;
            continue;
        }
        memmove(&m->due[i], &m->due[i + 1], (m->n_due - i - 1) * sizeof m->due[0]);
        m->n_due--;
        m->flight_bytes -= due.bytes;
        m->log.sink->outcome(m->log.sink, due.origin, due.outcome);
    }
}

static enum log_event poll(struct log *log, int timeout_ms, size_t *delivered,
                           char error[LOG_ERROR_BYTES])
{
    struct log_memory *m = memory_of(log);
    struct memory_partition *p = m->partition;
    uint64_t now = env_now_us(p->env);
    *delivered = 0;
    tell_due(m, now);
    while (m->index < p->n && *delivered < RECORDS_A_POLL) {
        const struct stored *s = &p->records[m->index];
        if (!is_readable(m, s, now))
            break;
        struct record record = s->record; /* the array may grow under the callback */
        m->index++;
        m->next = record.offset + 1;
        ++*delivered;
        log->sink->record(log->sink, &record);
    }
    return LOG_OK;
}

static bool caught_up(struct log *log)
{
    const struct log_memory *m = memory_of(log);
    const struct memory_partition *p = m->partition;
    return m->next >= m->target || m->index >= p->n ||
           p->records[m->index].record.offset >= m->target;
}

static void wake(struct log *log)
{
    (void)log; /* nobody ever waits: time is virtual */
}

static int append_record(struct memory_partition *p, const struct log_batch *batch)
{
    uint8_t origin[ORIGIN_BYTES];
    uint8_t *authors = NULL;
    struct record record = {.value = {batch->edits, EDIT_BYTES * batch->n}};
    origin_store(origin, &batch->origin);
    record.origin = (struct span){origin, sizeof origin};
    if (batch->authors) {
        authors = malloc(1 + 8 * batch->n);
        if (!authors)
            return -1;
        authors[0] = AUTHORS_VERSION;
        for (size_t i = 0; i < batch->n; i++)
            store_u64(authors + 1 + 8 * i, batch->authors[i]);
        record.authors = (struct span){authors, 1 + 8 * batch->n};
    }
    if (batch->genesis)
        record.genesis = (struct span){batch->genesis, GENESIS_BYTES};
    int rc = put(p, &record);
    free(authors);
    return rc;
}

static enum log_append append(struct log *log, const struct log_batch *batch)
{
    struct log_memory *m = memory_of(log);
    struct memory_partition *p = m->partition;
    const struct memory_faults *f = &p->faults;
    size_t bytes = (EDIT_BYTES + (batch->authors ? 8 : 0)) * batch->n;
    if (m->closing || p->stalled)
        return LOG_READONLY;
    if (m->n_due >= LOG_FLIGHT_BATCHES || m->flight_bytes + bytes > LOG_FLIGHT_BYTES)
        return LOG_FULL;

    struct due *due = &m->due[m->n_due];
    *due = (struct due){
        .at_us = env_now_us(p->env) + uniform(p->env, f->ack_delay_us),
        .origin = batch->origin,
        .outcome = LOG_COMMITTED,
        .bytes = bytes,
    };
    unsigned copies = 1;
    if (strikes(p->env, f->refuse)) {
        due->outcome = LOG_REFUSED;
        copies = 0;
    } else if (strikes(p->env, f->unknown)) {
        due->outcome = LOG_UNKNOWN;
        copies = (unsigned)uniform(p->env, 1);
    }
    if (copies && strikes(p->env, f->duplicate))
        copies = 2;
    if (copies && strikes(p->env, f->gap))
        p->high += 1 + uniform(p->env, GAP_MAX - 1);
    while (copies-- > 0)
        if (append_record(p, batch) != 0 && due->outcome == LOG_COMMITTED)
            due->outcome = LOG_UNKNOWN; /* no memory; at least nothing untrue is said */
    m->n_due++;
    m->flight_bytes += bytes;
    return LOG_ACCEPTED;
}

static enum log_state state(struct log *log)
{
    return memory_of(log)->partition->stalled ? LOG_STALLED : LOG_WRITABLE;
}

static void flush(struct log *log, int timeout_ms)
{
    struct log_memory *m = memory_of(log);
    m->closing = true;
    tell_due(m, UINT64_MAX);
}

static void destroy(struct log *log)
{
    struct log_memory *m = memory_of(log);
    flush(log, 0);
    free(m->due);
    free(m);
}

static const struct log_ops ops = {
    .identify = identify,
    .bounds = bounds,
    .seek = seek,
    .poll = poll,
    .caught_up = caught_up,
    .wake = wake,
    .append = append,
    .state = state,
    .flush = flush,
    .destroy = destroy,
};

struct log *log_memory_open(struct memory_partition *partition)
{
    struct log_memory *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->due = calloc(LOG_FLIGHT_BATCHES, sizeof *m->due);
    if (!m->due) {
        free(m);
        return NULL;
    }
    m->log.ops = &ops;
    m->partition = partition;
    m->salt = mix(++partition->readers);
    return &m->log;
}
