/* SPDX-License-Identifier: ISC */
/*
 * source_log: the log's reader gives records by a callback, some thousand at a time, and a record
 * lives as long as that. So they are copied here until they are asked for. When they are large
 * ones, no more than so many bytes are kept: what comes after is read again later, by a seek.
 */
#include "source_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/authors.h"
#include "core/edit.h"
#include "log/open.h"
#include "stop.h"
#include "sys/clock.h"

enum {
    POLL_MS = 200, /* how soon a stop is seen */
    SILENCE_S = 30,
    KEPT_BYTES = 64 * 1024 * 1024,
};

/* A record that was copied; its bytes lie at `at`: edits, then authors. */
struct kept {
    uint64_t offset;
    int64_t time_ms;
    struct position position;
    size_t at, n, authors_len;
};

struct source_log {
    struct source source; /* first: a source is cast to it */
    struct log_records records;
    struct log *log;
    struct log_reader *reader;
    uint64_t next; /* offset of the first record that was not kept */
    uint64_t to;
    bool overflowed; /* the reader has gone past next */
    struct kept *kept;
    size_t n_kept, taken, kept_room;
    uint8_t *bytes;
    size_t n_bytes, bytes_room;
    bool no_memory;

    /* What was read last, to know the log again after the connection was lost. */
    bool has_anchor, proving, other_log;
    struct anchor anchor;
};

static struct source_log *of(struct source *source)
{
    return (struct source_log *)source;
}

static enum source_result fail(struct source_log *s, const char *message)
{
    snprintf(s->source.error, sizeof s->source.error, "%s", message);
    return SOURCE_FAILED;
}

/* Room for `more` further things of this size; false when memory is short. */
static bool grow(void **array, size_t n, size_t more, size_t *room, size_t size)
{
    if (n + more <= *room)
        return true;
    size_t wanted = *room + *room / 2 + more + 64;
    void *grown = realloc(*array, wanted * size);
    if (!grown)
        return false;
    *array = grown;
    *room = wanted;
    return true;
}

static bool keep(struct source_log *s, const struct record *record,
                 const struct record_edits *edits)
{
    bool authored = authors_count(record->authors) == edits->n;
    size_t len = edits->n * EDIT_BYTES, authors_len = authored ? record->authors.len : 0;
    void *kept = s->kept, *bytes = s->bytes;
    bool room = grow(&kept, s->n_kept, 1, &s->kept_room, sizeof *s->kept) &&
                grow(&bytes, s->n_bytes, len + authors_len, &s->bytes_room, 1);
    s->kept = kept;
    s->bytes = bytes;
    if (!room)
        return false;
    s->kept[s->n_kept++] = (struct kept){
        .offset = record->offset,
        .time_ms = record->time_ms,
        .position = edits->position,
        .at = s->n_bytes,
        .n = edits->n,
        .authors_len = authors_len,
    };
    memcpy(s->bytes + s->n_bytes, edits->edits, len);
    if (authors_len > 0)
        memcpy(s->bytes + s->n_bytes + len, record->authors.data, authors_len);
    s->n_bytes += len + authors_len;
    return true;
}

static void on_record(struct log_records *records, const struct record *record)
{
    struct source_log *s =
        (struct source_log *)((char *)records - offsetof(struct source_log, records));
    if (s->proving) {
        struct anchor found = record_anchor(record);
        s->proving = false;
        s->other_log = !anchor_equal(&found, &s->anchor);
    }
    if (record->offset < s->next || record->offset >= s->to || s->overflowed || s->no_memory ||
        s->other_log)
        return;
    if (s->n_bytes >= KEPT_BYTES) {
        s->overflowed = true;
        return;
    }
    if (!s->source.has_genesis && record->genesis.len == GENESIS_BYTES) {
        s->source.has_genesis = true;
        memcpy(s->source.genesis, record->genesis.data, GENESIS_BYTES);
    }
    struct record_edits edits = record_edits(record);
    if (edits.n > 0 && source_wants(&s->source.options, edits.position) && !keep(s, record, &edits))
        s->no_memory = true;
    s->next = record->offset + 1;
    s->anchor = record_anchor(record);
    s->has_anchor = true;
}

/* Another connection: is it still the same log? */
static int prove(struct source_log *s)
{
    char error[LOG_ERROR_BYTES];
    s->proving = s->has_anchor;
    if (log_reader_seek(s->reader, s->has_anchor ? s->anchor.offset : s->next, error) == 0)
        return 0;
    fail(s, error);
    return -1;
}

/* Read some more. 0 also when nothing came yet. */
static int poll_once(struct source_log *s, size_t *delivered)
{
    char error[LOG_ERROR_BYTES] = "";
    s->n_kept = s->taken = s->n_bytes = 0;
    if (s->overflowed && log_reader_seek(s->reader, s->next, error) != 0) {
        fail(s, error);
        return -1;
    }
    s->overflowed = false;
    switch (log_reader_poll(s->reader, POLL_MS, delivered, error)) {
    case LOG_RECONNECTED:
        return prove(s);
    case LOG_FAILED:
        fail(s, error);
        return -1;
    case LOG_OK:
        break;
    }
    if (s->other_log || s->no_memory) {
        fail(s, s->other_log ? "the connection was lost, and the log behind the new one is another"
                             : "no memory");
        return -1;
    }
    return 0;
}

/* Has everything below `to` been kept? */
static bool at_end(const struct source_log *s)
{
    return s->next >= s->to || (log_reader_caught_up(s->reader) && !s->overflowed && !s->proving);
}

/* Until something is kept, or everything below `enough` was looked at, or the end. 0 or -1. */
static int read_on(struct source_log *s, uint64_t enough)
{
    int64_t patience = (s->source.options.timeout_s ? s->source.options.timeout_s : SILENCE_S) *
                       INT64_C(1000),
            deadline = clock_now_ms() + patience;
    do {
        size_t delivered;
        if (stop_asked()) {
            fail(s, "interrupted");
            return -1;
        }
        if (poll_once(s, &delivered) != 0)
            return -1;
        int64_t now = clock_now_ms();
        if (delivered > 0)
            deadline = now + patience;
        if (now >= deadline) {
            snprintf(s->source.error, sizeof s->source.error,
                     "the log has given nothing for %" PRId64 " s, at offset %" PRIu64
                     " of %" PRIu64,
                     patience / 1000, s->next, s->source.end);
            return -1;
        }
    } while (s->n_kept == 0 && s->next < enough && !at_end(s));
    return 0;
}

static enum source_result next(struct source *source, struct source_record *record)
{
    struct source_log *s = of(source);
    if (s->taken == s->n_kept) {
        if (at_end(s))
            return SOURCE_END;
        if (read_on(s, UINT64_MAX) != 0)
            return SOURCE_FAILED;
        if (s->n_kept == 0)
            return SOURCE_END;
    }
    const struct kept *kept = &s->kept[s->taken++];
    const uint8_t *edits = s->bytes + kept->at;
    *record = (struct source_record){
        .offset = kept->offset,
        .time_ms = kept->time_ms,
        .position = kept->position,
        .edits = edits,
        .n = kept->n,
        .authors.data = kept->authors_len > 0 ? edits + kept->n * EDIT_BYTES : NULL,
        .authors.len = kept->authors_len,
    };
    return SOURCE_RECORD;
}

static int seek(struct source *source, uint64_t from, uint64_t to)
{
    struct source_log *s = of(source);
    char error[LOG_ERROR_BYTES];
    from = from < source->begin ? source->begin : from;
    s->to = to < source->end ? to : source->end;
    s->next = from < s->to ? from : s->to;
    s->n_kept = s->taken = s->n_bytes = 0;
    s->overflowed = s->proving = s->has_anchor = false;
    if (s->next >= s->to || log_reader_seek(s->reader, s->next, error) == 0)
        return 0;
    fail(s, error);
    return -1;
}

static int offset_at(struct source *source, int64_t time_ms, uint64_t *version)
{
    struct source_log *s = of(source);
    char error[LOG_ERROR_BYTES];
    if (time_ms == INT64_MAX) {
        *version = source->end;
        return 0;
    }
    if (log_reader_offset_at(s->reader, time_ms + 1, version, error) != 0) {
        fail(s, error);
        return -1;
    }
    *version = *version < source->end ? *version : source->end;
    return 0;
}

static void close_log(struct source *source)
{
    struct source_log *s = of(source);
    log_reader_destroy(s->reader);
    log_close(s->log);
    free(s->kept);
    free(s->bytes);
    free(s);
}

static const struct source_ops ops = {
    .offset_at = offset_at, .seek = seek, .next = next, .close = close_log};

/* The bounds, and the first records: one of them has the log's identity. */
static int begin(struct source_log *s)
{
    char error[LOG_ERROR_BYTES] = "";
    struct log_bounds bounds;
    if (log_reader_bounds(s->reader, &bounds, error) != 0) {
        fail(s, error);
        return -1;
    }
    s->source.begin = bounds.low;
    s->source.end = bounds.high;
    if (seek(&s->source, 0, UINT64_MAX) != 0)
        return -1;
    if (!at_end(s) && read_on(s, s->source.begin + 1) != 0)
        return -1;
    return seek(&s->source, 0, UINT64_MAX);
}

struct source *source_log_take(struct log *log, const struct source_options *options,
                               char error[SOURCE_ERROR_BYTES])
{
    char why[LOG_ERROR_BYTES] = "no memory";
    struct source_log *s = calloc(1, sizeof *s);
    if (!s) {
        snprintf(error, SOURCE_ERROR_BYTES, "%s", why);
        log_close(log);
        return NULL;
    }
    s->source.ops = &ops;
    s->source.options = *options;
    s->records.record = on_record;
    s->log = log;
    s->reader = log_reader_create(log, &s->records, why);
    if (s->reader && begin(s) == 0)
        return &s->source;
    snprintf(error, SOURCE_ERROR_BYTES, "%s", s->reader ? s->source.error : why);
    close_log(&s->source);
    return NULL;
}

struct source *source_log_open(const char *url, const struct source_options *options,
                               char error[SOURCE_ERROR_BYTES])
{
    char why[LOG_ERROR_BYTES] = "";
    const struct log_options log_options = {
        .readonly = true,
        .properties = options->properties,
        .n_properties = options->n_properties,
    };
    struct log *log = log_open(url, &log_options, why);
    if (log)
        return source_log_take(log, options, error);
    snprintf(error, SOURCE_ERROR_BYTES, "%s", why);
    return NULL;
}
