/* SPDX-License-Identifier: ISC */
/*
 * log_memory: an array of records that several readers read, each with its own delay. What the
 * faults do is drawn from the env at the append; a reader's delay is a hash of reader and record,
 * so that a second reading of the same record, after a seek, is as late as the first.
 */
#include "log_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    uint64_t high;     /* offset of the next record */
    uint64_t readers;  /* made so far */
    size_t record_max; /* 0: as much as any log takes */
    bool stalled;
};

/* An outcome that is still to be reported. */
struct due {
    uint64_t at_us;
    struct origin origin;
    enum log_outcome outcome;
    size_t bytes;
};

struct memory_log {
    struct log log; /* first: a log is cast to it */
    struct memory_partition *partition;
    struct memory_writer *writer; /* NULL while there is none */
};

struct memory_writer {
    struct log_writer writer; /* first: a log_writer is cast to it */
    struct memory_log *log;
    struct memory_partition *partition;
    struct due *due;
    size_t n_due, flight_bytes;
    bool closing;
};

struct memory_reader {
    struct log_reader reader; /* first: a log_reader is cast to it */
    struct memory_log *log;
    struct memory_partition *partition;
    uint64_t salt;
    size_t index; /* of the next record in partition->records */
    uint64_t next, target;
};

static struct memory_log *of_log(struct log *log)
{
    return (struct memory_log *)log;
}

static struct memory_writer *of_writer(struct log_writer *writer)
{
    return (struct memory_writer *)writer;
}

static struct memory_reader *of_reader(struct log_reader *reader)
{
    return (struct memory_reader *)reader;
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

void memory_partition_set_record_max(struct memory_partition *p, size_t bytes)
{
    p->record_max = bytes;
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

/* Append a copy of record; its offset is given here, and its time when it has none. 0, or -1
 * without memory. */
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
    size_t bytes = record->value.len + record->authors.len + record->origin.len +
                   record->genesis.len + record->energy.len;
    uint8_t *copy = malloc(bytes + 1);
    if (!copy)
        return -1;
    struct stored *s = &p->records[p->n];
    s->at_us = env_now_us(p->env);
    s->bytes = copy;
    s->record = (struct record){
        .offset = p->high,
        .time_ms = record->time_ms ? record->time_ms : (int64_t)(s->at_us / 1000),
        .value = copy_span(&copy, record->value),
        .authors = copy_span(&copy, record->authors),
        .origin = copy_span(&copy, record->origin),
        .genesis = copy_span(&copy, record->genesis),
        .energy = copy_span(&copy, record->energy),
    };
    p->n++;
    p->high++;
    return 0;
}

void memory_partition_put(struct memory_partition *p, struct span value)
{
    put(p, &(struct record){.value = value});
}

/* ---- the writer ---- */

/* Tell what is due at now. Outcomes may append, which adds to the list. */
static void report_due(struct memory_writer *w, uint64_t now)
{
    for (size_t i = 0; i < w->n_due;) {
        struct due due = w->due[i];
        if (due.at_us > now) {
            i++;
            continue;
        }
        memmove(&w->due[i], &w->due[i + 1], (w->n_due - i - 1) * sizeof w->due[0]);
        w->n_due--;
        w->flight_bytes -= due.bytes;
        w->writer.outcomes->outcome(w->writer.outcomes, due.origin, due.outcome);
    }
}

static int append_record(struct memory_partition *p, const struct log_batch *batch)
{
    uint8_t origin[ORIGIN_BYTES];
    struct record record = {.time_ms = batch->time_ms,
                            .value = batch->value,
                            .authors = batch->authors,
                            .energy = batch->energy,
                            .origin = {origin, sizeof origin}};
    origin_store(origin, &batch->origin);
    if (batch->genesis)
        record.genesis = (struct span){batch->genesis, GENESIS_BYTES};
    return put(p, &record);
}

static enum log_append append(struct log_writer *writer, const struct log_batch *batch)
{
    struct memory_writer *w = of_writer(writer);
    struct memory_partition *p = w->partition;
    const struct memory_faults *f = &p->faults;
    size_t bytes = log_batch_bytes(batch);
    if (w->closing || p->stalled)
        return LOG_READONLY;
    if (w->n_due >= LOG_FLIGHT_BATCHES || w->flight_bytes + bytes > LOG_FLIGHT_BYTES)
        return LOG_FULL;

    struct due *due = &w->due[w->n_due];
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
    w->n_due++;
    w->flight_bytes += bytes;
    return LOG_ACCEPTED;
}

static enum log_state state(struct log_writer *writer)
{
    return of_writer(writer)->partition->stalled ? LOG_STALLED : LOG_WRITABLE;
}

static size_t record_max(struct log_writer *writer)
{
    size_t max = of_writer(writer)->partition->record_max;
    return max ? max : LOG_RECORD_MAX;
}

static void flush(struct log_writer *writer, int timeout_ms)
{
    of_writer(writer)->closing = true;
    report_due(of_writer(writer), UINT64_MAX);
}

static void destroy_writer(struct log_writer *writer)
{
    struct memory_writer *w = of_writer(writer);
    flush(writer, 0);
    w->log->writer = NULL;
    free(w->due);
    free(w);
}

static const struct log_writer_ops writer_ops = {
    .append = append,
    .state = state,
    .record_max = record_max,
    .flush = flush,
    .destroy = destroy_writer,
};

static struct log_writer *writer_create(struct log *log, char error[LOG_ERROR_BYTES])
{
    struct memory_writer *w = calloc(1, sizeof *w);
    if (!w || !(w->due = calloc(LOG_FLIGHT_BATCHES, sizeof *w->due))) {
        free(w);
        snprintf(error, LOG_ERROR_BYTES, "no memory");
        return NULL;
    }
    w->writer.ops = &writer_ops;
    w->log = of_log(log);
    w->partition = of_log(log)->partition;
    return &(of_log(log)->writer = w)->writer;
}

/* ---- a reader ---- */

static int bounds(struct log_reader *reader, struct log_bounds *result, char error[LOG_ERROR_BYTES])
{
    const struct memory_partition *p = of_reader(reader)->partition;
    result->low = p->n ? p->records[0].record.offset : p->high;
    result->high = p->high;
    return 0;
}

static int offset_at(struct log_reader *reader, int64_t time_ms, uint64_t *offset,
                     char error[LOG_ERROR_BYTES])
{
    const struct memory_partition *p = of_reader(reader)->partition;
    size_t i = 0;
    while (i < p->n && p->records[i].record.time_ms < time_ms)
        i++;
    *offset = i < p->n ? p->records[i].record.offset : p->high;
    return 0;
}

static int seek(struct log_reader *reader, uint64_t offset, char error[LOG_ERROR_BYTES])
{
    struct memory_reader *r = of_reader(reader);
    const struct memory_partition *p = r->partition;
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
    r->index = low;
    r->next = offset;
    r->target = p->high;
    return 0;
}

/* splitmix64's finish: any two inputs give unrelated outputs. */
static uint64_t mix(uint64_t v)
{
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
    v = (v ^ v >> 27) * 0x94d049bb133111eb;
    return v ^ v >> 31;
}

static bool is_readable(const struct memory_reader *r, const struct stored *s, uint64_t now)
{
    uint64_t max = r->partition->faults.delay_us;
    uint64_t delay = max ? mix(r->salt ^ mix(s->record.offset + 1)) % (max + 1) : 0;
    return s->at_us + delay <= now;
}

static enum log_event poll(struct log_reader *reader, int timeout_ms, size_t *delivered,
                           char error[LOG_ERROR_BYTES])
{
    struct memory_reader *r = of_reader(reader);
    struct memory_partition *p = r->partition;
    uint64_t now = env_now_us(p->env);
    *delivered = 0;
    if (r->log->writer)
        report_due(r->log->writer, now);
    while (r->index < p->n && *delivered < RECORDS_A_POLL) {
        const struct stored *s = &p->records[r->index];
        if (!is_readable(r, s, now))
            break;
        struct record record = s->record; /* the array may grow under the callback */
        r->index++;
        r->next = record.offset + 1;
        ++*delivered;
        reader->records->record(reader->records, &record);
    }
    return LOG_OK;
}

static bool caught_up(struct log_reader *reader)
{
    const struct memory_reader *r = of_reader(reader);
    const struct memory_partition *p = r->partition;
    return r->next >= r->target || r->index >= p->n ||
           p->records[r->index].record.offset >= r->target;
}

static void wake(struct log_reader *reader)
{
    (void)reader; /* nobody ever waits: time is virtual */
}

static void destroy_reader(struct log_reader *reader)
{
    free(of_reader(reader));
}

static const struct log_reader_ops reader_ops = {
    .bounds = bounds,
    .offset_at = offset_at,
    .seek = seek,
    .poll = poll,
    .caught_up = caught_up,
    .wake = wake,
    .destroy = destroy_reader,
};

static struct log_reader *reader_create(struct log *log, char error[LOG_ERROR_BYTES])
{
    struct memory_reader *r = calloc(1, sizeof *r);
    if (!r) {
        snprintf(error, LOG_ERROR_BYTES, "no memory");
        return NULL;
    }
    r->reader.ops = &reader_ops;
    r->log = of_log(log);
    r->partition = of_log(log)->partition;
    r->salt = mix(++r->partition->readers);
    return &r->reader;
}

/* ---- the log ---- */

static struct log_identity identify(struct log *log)
{
    return (struct log_identity){.cluster = "memory", .topic = "memory"};
}

static void close_log(struct log *log)
{
    free(of_log(log));
}

static enum log_times keeps_times(struct log *log)
{
    (void)log;
    return LOG_TIMES_KEPT;
}

static const struct log_ops ops = {
    .identify = identify,
    .keeps_times = keeps_times,
    .writer_create = writer_create,
    .reader_create = reader_create,
    .close = close_log,
};

struct log *log_memory_open(struct memory_partition *partition)
{
    struct memory_log *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->log.ops = &ops;
    m->partition = partition;
    return &m->log;
}
