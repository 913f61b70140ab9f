/* SPDX-License-Identifier: ISC */
/*
 * reader: the proof comes first. Reading begins at the last record that was folded before, and only
 * when that one is what it was do the folds get anything; where one of them needs older records,
 * the reader then goes back to those.
 */
#include "plane/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sys/diag.h"

enum {
    POLL_MS = 100,
    PROGRESS_S = 2,
    ERROR_BYTES = 2 * LOG_ERROR_BYTES,
};

enum phase {
    READING, /* records go to the folds */
    PROVING, /* the next record must be the anchor's */
    PROVED,  /* it was; a fold needs older ones: seek to them */
    BROKEN,  /* it was another one, or a fold has failed */
};

struct reader {
    struct log_records sink;
    struct log *log; /* for its identity */
    struct log_reader *records;
    struct fold *folds[READER_FOLDS_MAX];
    size_t n_folds;
    bool silent;
    enum phase phase;
    bool has_anchor;
    struct anchor anchor;      /* of the newest record read, now or before this start */
    uint64_t at;               /* offset of the record read last, for the progress */
    enum reader_result broken; /* when BROKEN */
    char error[ERROR_BYTES];
};

static enum reader_result fail(struct reader *reader, enum reader_result result, const char *why)
{
    snprintf(reader->error, sizeof reader->error, "%s", why);
    return result;
}

static void give_up(struct reader *reader, enum reader_result result)
{
    reader->phase = BROKEN;
    reader->broken = result;
}

/* ---- records ---- */

/* The least offset that a fold needs. */
static uint64_t least_needed(const struct reader *reader)
{
    uint64_t least = FOLD_LIVE;
    for (size_t i = 0; i < reader->n_folds; i++) {
        if (reader->folds[i]->from < least)
            least = reader->folds[i]->from;
    }
    return least;
}

/* Any other record than the anchor's means that this is another log, or that the record is gone
 * from it. */
static void check_anchor(struct reader *reader, const struct anchor *found)
{
    const struct anchor *anchor = &reader->anchor;
    if (anchor_equal(found, anchor)) {
        reader->phase = least_needed(reader) < anchor->offset ? PROVED : READING;
        return;
    }
    snprintf(reader->error, sizeof reader->error,
             "the log is not the one that the checkpoint was made from: expected at offset %" PRIu64
             " the record of time %" PRId64 " and CRC %08" PRIx32 ", found offset %" PRIu64
             ", time %" PRId64 ", CRC %08" PRIx32
             ". Use the right log, or --rebuild to fold this one from its beginning",
             anchor->offset, anchor->time_ms, anchor->crc, found->offset, found->time_ms,
             found->crc);
    give_up(reader, READER_MISMATCH);
}

static void on_record(struct log_records *sink, const struct record *record)
{
    struct reader *reader = (struct reader *)((char *)sink - offsetof(struct reader, sink));
    if (reader->phase != READING && reader->phase != PROVING)
        return;
    struct fold_record full = {
        .record = record, .edits = record_edits(record), .anchor = record_anchor(record)};
    if (reader->phase == PROVING)
        check_anchor(reader, &full.anchor);
    if (reader->phase != READING)
        return;
    reader->at = record->offset;
    for (size_t i = 0; i < reader->n_folds; i++) {
        struct fold *fold = reader->folds[i];
        if (record->offset < fold->from)
            continue; /* not needed, or given before: a log may deliver a record twice */
        if (fold->ops->record(fold, &full, reader->error) != 0) {
            give_up(reader, READER_FAILED);
            return;
        }
        fold->from = record->offset + 1;
    }
    if (!reader->has_anchor || record->offset > reader->anchor.offset) {
        reader->has_anchor = true;
        reader->anchor = full.anchor;
    }
}

/* ---- where to read ---- */

static enum reader_result seek(struct reader *reader, uint64_t offset, enum phase phase)
{
    char error[LOG_ERROR_BYTES];
    reader->phase = phase;
    if (log_reader_seek(reader->records, offset, error) != 0)
        return fail(reader, READER_FAILED, error);
    return READER_OK;
}

/* The least offset that a fold needs, if the log still has it. */
static uint64_t first_offset(const struct reader *reader, const struct log_bounds *bounds)
{
    uint64_t least = least_needed(reader);
    return least == FOLD_LIVE ? bounds->high : least > bounds->low ? least : bounds->low;
}

/* Read on from the last record that was folded, which must still be there; without one, from the
 * beginning. Bounds are asked for before the seek: once Kafka is being read from, every other
 * question to it waits behind a fetch that waits half a second for news. */
static enum reader_result seek_to_anchor(struct reader *reader, struct log_bounds *bounds)
{
    char error[LOG_ERROR_BYTES];
    const struct anchor *anchor = &reader->anchor;
    if (log_reader_bounds(reader->records, bounds, error) != 0)
        return fail(reader, READER_FAILED, error);
    if (!reader->has_anchor)
        return seek(reader, first_offset(reader, bounds), READING);
    if (anchor->offset >= bounds->high) {
        snprintf(reader->error, sizeof reader->error,
                 "the log is shorter than the checkpoint: it ends at offset %" PRIu64
                 ", the checkpoint was made at %" PRIu64
                 ". Use the right log, or --rebuild to fold this one from its beginning",
                 bounds->high, anchor->offset + 1);
        return READER_MISMATCH;
    }
    if (anchor->offset < bounds->low) {
        snprintf(reader->error, sizeof reader->error,
                 "the log no longer has offset %" PRIu64 " of the checkpoint: it begins at %" PRIu64
                 ". Edits may be missing; --rebuild folds what is left",
                 anchor->offset, bounds->low);
        return READER_MISMATCH;
    }
    return seek(reader, anchor->offset, PROVING);
}

/* The anchor has been found; go back to what a fold needs besides. */
static enum reader_result seek_to_oldest(struct reader *reader)
{
    char error[LOG_ERROR_BYTES];
    struct log_bounds bounds;
    if (log_reader_bounds(reader->records, &bounds, error) != 0)
        return fail(reader, READER_FAILED, error);
    return seek(reader, first_offset(reader, &bounds), READING);
}

/* ---- start and steps ---- */

static enum reader_result check_identity(struct reader *reader, const struct reader_proof *proof)
{
    struct log_identity identity = log_identify(reader->log);
    if (strcmp(identity.cluster, proof->cluster) == 0 && strcmp(identity.topic, proof->topic) == 0)
        return READER_OK;
    snprintf(reader->error, sizeof reader->error,
             "the log is not the one that the checkpoint was made from: expected cluster %s,"
             " topic %s, found cluster %s, topic %s. Use the right log, or --rebuild",
             proof->cluster, proof->topic, identity.cluster, identity.topic);
    return READER_MISMATCH;
}

static void say_progress(const struct reader *reader, uint64_t end, time_t *said)
{
    time_t now = time(NULL);
    if (reader->silent || now - *said < PROGRESS_S)
        return;
    *said = now;
    diag_info("folding the log: at offset %" PRIu64 " of %" PRIu64, reader->at, end);
}

static void go_live(struct reader *reader)
{
    uint64_t next = reader->has_anchor ? reader->anchor.offset + 1 : 0;
    for (size_t i = 0; i < reader->n_folds; i++) {
        struct fold *fold = reader->folds[i];
        if (fold->from == FOLD_LIVE)
            fold->from = next;
        if (fold->ops->live)
            fold->ops->live(fold);
    }
}

enum reader_result reader_start(struct reader *reader, const struct reader_proof *proof,
                                const volatile int *stop)
{
    struct log_bounds bounds;
    enum reader_result result = READER_OK;
    if (proof) {
        result = check_identity(reader, proof);
        reader->has_anchor = true;
        reader->anchor = proof->anchor;
    }
    if (result == READER_OK)
        result = seek_to_anchor(reader, &bounds);
    if (result != READER_OK)
        return result;
    time_t said = time(NULL);
    while (!log_reader_caught_up(reader->records)) {
        size_t delivered;
        result = reader_step(reader, POLL_MS, &delivered);
        if (result != READER_OK)
            return result;
        if (__atomic_load_n(stop, __ATOMIC_RELAXED)) /* a signal handler or a thread sets it */
            return READER_STOPPED;
        say_progress(reader, bounds.high, &said);
    }
    if (reader->phase == PROVING)
        return fail(reader, READER_MISMATCH,
                    "the log does not deliver the record that the checkpoint was made at. Use the "
                    "right log, or --rebuild to fold this one from its beginning");
    go_live(reader);
    return READER_OK;
}

enum reader_result reader_step(struct reader *reader, int timeout_ms, size_t *delivered)
{
    char error[LOG_ERROR_BYTES];
    struct log_bounds bounds;
    enum log_event event = log_reader_poll(reader->records, timeout_ms, delivered, error);
    for (size_t i = 0; *delivered > 0 && i < reader->n_folds; i++) {
        if (reader->folds[i]->ops->delivered)
            reader->folds[i]->ops->delivered(reader->folds[i]);
    }
    if (reader->phase == BROKEN)
        return reader->broken;
    switch (event) {
    case LOG_OK:
        return reader->phase == PROVED ? seek_to_oldest(reader) : READER_OK;
    case LOG_RECONNECTED:
        if (!reader->silent)
            diag_info("the log is back: checking that it is the same one");
        return seek_to_anchor(reader, &bounds);
    case LOG_FAILED:
        return fail(reader, READER_FAILED, error);
    }
    return READER_OK;
}

const char *reader_error(const struct reader *reader)
{
    return reader->error;
}

/* ---- making and releasing ---- */

struct reader *reader_create(struct log *log, char error[LOG_ERROR_BYTES])
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        snprintf(error, LOG_ERROR_BYTES, "out of memory");
        return NULL;
    }
    reader->log = log;
    reader->sink.record = on_record;
    reader->records = log_reader_create(log, &reader->sink, error);
    if (!reader->records) {
        free(reader);
        return NULL;
    }
    return reader;
}

void reader_destroy(struct reader *reader)
{
    if (!reader)
        return;
    log_reader_destroy(reader->records);
    free(reader);
}

void reader_wake(struct reader *reader)
{
    log_reader_wake(reader->records);
}

void reader_silence(struct reader *reader)
{
    reader->silent = true;
}

int reader_bounds(struct reader *reader, struct log_bounds *bounds, char error[LOG_ERROR_BYTES])
{
    return log_reader_bounds(reader->records, bounds, error);
}

int reader_offset_at(struct reader *reader, int64_t time_ms, uint64_t *offset,
                     char error[LOG_ERROR_BYTES])
{
    return log_reader_offset_at(reader->records, time_ms, offset, error);
}

void reader_add(struct reader *reader, struct fold *fold)
{
    reader->folds[reader->n_folds++] = fold;
}
