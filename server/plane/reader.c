/* SPDX-License-Identifier: ISC */
/* reader: begin at the anchor, prove it, fold to the end, go on. */
#include "plane/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "session/shard.h"
#include "sys/diag.h"

enum {
    POLL_MS = 100,
    PROGRESS_S = 2,
};

static enum reader_result fail(struct reader *reader, enum reader_result result, const char *why)
{
    snprintf(reader->error, sizeof reader->error, "%s", why);
    return result;
}

static enum reader_result mismatch(struct reader *reader, const struct anchor *found)
{
    struct anchor anchor;
    reducer_anchor(reader->reducer, &anchor);
    snprintf(reader->error, sizeof reader->error,
             "the log is not the one that the checkpoint was made from: expected at offset %" PRIu64
             " the record of time %" PRId64 " and CRC %08" PRIx32 ", found offset %" PRIu64
             ", time %" PRId64 ", CRC %08" PRIx32
             ". Use the right log, or --rebuild to fold this one from its beginning",
             anchor.offset, anchor.time_ms, anchor.crc, found->offset, found->time_ms, found->crc);
    return READER_MISMATCH;
}

/* Read on from the last record that was folded, which must still be there. *end becomes the offset
 * that the log's next record will get. Bounds are asked for before the seek: once Kafka is being
 * read from, every other question to it waits behind a fetch that waits half a second for news. */
static enum reader_result seek_to_anchor(struct reader *reader, uint64_t *end)
{
    char error[LOG_ERROR_BYTES];
    struct anchor anchor;
    struct log_bounds bounds;
    if (log_reader_bounds(reader->records, &bounds, error) != 0)
        return fail(reader, READER_FAILED, error);
    bool any = reducer_anchor(reader->reducer, &anchor);
    if (any && anchor.offset >= bounds.high) {
        snprintf(reader->error, sizeof reader->error,
                 "the log is shorter than the checkpoint: it ends at offset %" PRIu64
                 ", the checkpoint was made at %" PRIu64
                 ". Use the right log, or --rebuild to fold this one from its beginning",
                 bounds.high, anchor.offset + 1);
        return READER_MISMATCH;
    }
    if (any && anchor.offset < bounds.low) {
        snprintf(reader->error, sizeof reader->error,
                 "the log no longer has offset %" PRIu64 " of the checkpoint: it begins at %" PRIu64
                 ". Edits may be missing; --rebuild folds what is left",
                 anchor.offset, bounds.low);
        return READER_MISMATCH;
    }
    *end = bounds.high;
    reducer_expect_anchor(reader->reducer);
    if (log_reader_seek(reader->records, any ? anchor.offset : bounds.low, error) != 0)
        return fail(reader, READER_FAILED, error);
    return READER_OK;
}

static bool same_log(const struct reader *reader, const char *cluster, const char *topic)
{
    struct log_identity identity = log_identify(reader->log);
    return strcmp(identity.cluster, cluster) == 0 && strcmp(identity.topic, topic) == 0;
}

static void say_progress(const struct reader *reader, uint64_t end, time_t *said)
{
    time_t now = time(NULL);
    if (now - *said < PROGRESS_S)
        return;
    *said = now;
    struct anchor anchor = {0};
    reducer_anchor(reader->reducer, &anchor);
    diag_info("folding the log: at offset %" PRIu64 " of %" PRIu64, anchor.offset, end);
}

enum reader_result reader_start(struct reader *reader, const struct canvas *canvas,
                                const char *cluster, const char *topic, const volatile int *stop)
{
    if (canvas && canvas->version > 0) {
        if (!same_log(reader, cluster, topic)) {
            struct log_identity identity = log_identify(reader->log);
            snprintf(
                reader->error, sizeof reader->error,
                "the log is not the one that the checkpoint was made from: expected cluster %s,"
                " topic %s, found cluster %s, topic %s. Use the right log, or --rebuild",
                cluster, topic, identity.cluster, identity.topic);
            return READER_MISMATCH;
        }
        reducer_load(reader->reducer, canvas);
    }
    uint64_t end;
    enum reader_result result = seek_to_anchor(reader, &end);
    if (result != READER_OK)
        return result;
    time_t said = time(NULL);
    while (!log_reader_caught_up(reader->records)) {
        size_t delivered;
        result = reader_step(reader, POLL_MS, &delivered);
        if (result != READER_OK)
            return result;
        if (*stop)
            return READER_STOPPED;
        say_progress(reader, end, &said);
    }
    if (reducer_expecting(reader->reducer))
        return fail(reader, READER_MISMATCH,
                    "the log does not deliver the record that the checkpoint was made at. Use the "
                    "right log, or --rebuild to fold this one from its beginning");
    reducer_go_live(reader->reducer);
    return READER_OK;
}

enum reader_result reader_step(struct reader *reader, int timeout_ms, size_t *delivered)
{
    char error[LOG_ERROR_BYTES];
    struct anchor found;
    uint64_t end;
    enum log_event event = log_reader_poll(reader->records, timeout_ms, delivered, error);
    if (*delivered > 0) {
        for (size_t i = 0; i < reader->n_shards; i++)
            shard_notify(reader->shards[i]);
    }
    if (reducer_mismatch(reader->reducer, &found))
        return mismatch(reader, &found);
    switch (event) {
    case LOG_OK:
        return READER_OK;
    case LOG_RECONNECTED:
        diag_info("the log is back: checking that it is the same one");
        return seek_to_anchor(reader, &end);
    case LOG_FAILED:
        return fail(reader, READER_FAILED, error);
    }
    return READER_OK;
}
