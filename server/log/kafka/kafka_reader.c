/* SPDX-License-Identifier: ISC */
/*
 * kafka_reader: partition 0 from an explicit offset, without a consumer group.
 *
 * After a lost connection nothing is delivered until the caller has got LOG_RECONNECTED: what
 * comes then may be another log under the old name, and only the caller has an anchor to find out.
 * The flag is set by librdkafka's broker thread before it can fetch anything new, so looking at it
 * after a batch was taken, and before any of it is delivered, misses nothing.
 */
#include "log/kafka/kafka_reader.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/kafka/kafka_links.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    MESSAGES_A_POLL = 4096,
    SLICE_MS = 100, /* how long a wait goes on before the links are looked at again */
    BOUNDS_MS = 2000,
    EMPTY_MS = 5, /* how long an empty queue is normal while there is more to be fetched */
    RESUME_MS = 200,
};

struct kafka_reader {
    struct log_reader reader; /* first: a log_reader is cast to it */
    rd_kafka_t *rk;
    rd_kafka_topic_t *rkt;
    rd_kafka_queue_t *queue;
    struct kafka_links links;
    atomic_bool woken;

    /* of the thread that polls */
    bool started;
    bool stale; /* what was fetched must not be delivered: start again at next */
    uint64_t next;
    uint64_t target; /* the log's end at the last seek; UINT64_MAX: not known yet */
    bool eof;        /* the end was reached since the last seek */
    bool is_mute;    /* the broker did not answer resume_fetch: wait until something comes */
    char failed[LOG_ERROR_BYTES]; /* not "": cannot go on */
    rd_kafka_message_t *messages[MESSAGES_A_POLL];
};

static struct kafka_reader *of(struct log_reader *reader)
{
    return (struct kafka_reader *)reader;
}

/* Ask the leader for the first offset at or after a time in ms; or for the log's end or beginning
 * (RD_KAFKA_OFFSET_END, _BEGINNING), which are negative times in the protocol. Not by
 * rd_kafka_query_watermark_offsets, whose time-out does not work while a broker is down (2.0.2).
 * RD_KAFKA_RESP_ERR__NO_OFFSET: there is none. */
static rd_kafka_resp_err_t ask_offset(struct kafka_reader *r, int64_t time, int timeout_ms,
                                      uint64_t *offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_t *p =
        rd_kafka_topic_partition_list_add(list, rd_kafka_topic_name(r->rkt), 0);
    p->offset = time;
    rd_kafka_resp_err_t err = rd_kafka_offsets_for_times(r->rk, list, timeout_ms);
    if (!err)
        err = p->err;
    if (!err && p->offset < 0)
        err = RD_KAFKA_RESP_ERR__NO_OFFSET;
    if (!err)
        *offset = (uint64_t)p->offset;
    rd_kafka_topic_partition_list_destroy(list);
    return err;
}

static rd_kafka_resp_err_t ask_bounds(struct kafka_reader *r, struct log_bounds *bounds)
{
    rd_kafka_resp_err_t err = ask_offset(r, RD_KAFKA_OFFSET_BEGINNING, BOUNDS_MS, &bounds->low);
    return err ? err : ask_offset(r, RD_KAFKA_OFFSET_END, BOUNDS_MS, &bounds->high);
}

static int bounds(struct log_reader *reader, struct log_bounds *result, char error[LOG_ERROR_BYTES])
{
    struct kafka_reader *r = of(reader);
    rd_kafka_resp_err_t err = ask_bounds(r, result);
    if (!err)
        return 0;
    snprintf(error, LOG_ERROR_BYTES, "kafka: the bounds of topic %.64s: %s",
             rd_kafka_topic_name(r->rkt), rd_kafka_err2str(err));
    return -1;
}

static int offset_at(struct log_reader *reader, int64_t time_ms, uint64_t *offset,
                     char error[LOG_ERROR_BYTES])
{
    struct kafka_reader *r = of(reader);
    rd_kafka_resp_err_t err = ask_offset(r, time_ms > 0 ? time_ms : 0, BOUNDS_MS, offset);
    if (err == RD_KAFKA_RESP_ERR__NO_OFFSET) /* no record is that late */
        err = ask_offset(r, RD_KAFKA_OFFSET_END, BOUNDS_MS, offset);
    if (!err)
        return 0;
    snprintf(error, LOG_ERROR_BYTES, "kafka: a time in topic %.64s: %s",
             rd_kafka_topic_name(r->rkt), rd_kafka_err2str(err));
    return -1;
}

static void say_out_of_range(struct kafka_reader *r, uint64_t offset,
                             const struct log_bounds *bounds, char error[LOG_ERROR_BYTES])
{
    snprintf(error, LOG_ERROR_BYTES,
             "kafka: topic %.64s: offset %llu is outside the log, which goes from %llu to %llu",
             rd_kafka_topic_name(r->rkt), (unsigned long long)offset,
             (unsigned long long)bounds->low, (unsigned long long)bounds->high);
}

/* Fetch from next on, forgetting what was fetched. On an error r->failed is set. */
static int start(struct kafka_reader *r)
{
    if (r->started)
        rd_kafka_consume_stop(r->rkt, 0);
    r->started = false;
    r->stale = false;
    if (rd_kafka_consume_start_queue(r->rkt, 0, (int64_t)r->next, r->queue) != 0) {
        snprintf(r->failed, sizeof r->failed, "kafka: reading topic %.64s from %llu: %s",
                 rd_kafka_topic_name(r->rkt), (unsigned long long)r->next,
                 rd_kafka_err2str(rd_kafka_last_error()));
        return -1;
    }
    r->started = true;
    return 0;
}

static int seek(struct log_reader *reader, uint64_t offset, char error[LOG_ERROR_BYTES])
{
    struct kafka_reader *r = of(reader);
    struct log_bounds b;
    rd_kafka_resp_err_t err = ask_bounds(r, &b);
    if (!err && (offset < b.low || offset > b.high)) {
        say_out_of_range(r, offset, &b, error);
        return -1;
    }
    r->next = offset;
    r->target = err ? UINT64_MAX : b.high;
    r->eof = false;
    r->failed[0] = '\0';
    if (start(r) == 0)
        return 0;
    snprintf(error, LOG_ERROR_BYTES, "%s", r->failed);
    return -1;
}

static bool caught_up(struct log_reader *reader)
{
    const struct kafka_reader *r = of(reader);
    return r->started && !r->stale && (r->eof || r->next >= r->target);
}

static void wake(struct log_reader *reader)
{
    atomic_store(&of(reader)->woken, true); /* poll looks at it every SLICE_MS */
}

/* The first header of each name counts, even one that is malformed. */
static void find_headers(const rd_kafka_message_t *m, struct record *record)
{
    rd_kafka_headers_t *headers;
    if (rd_kafka_message_headers(m, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    const char *name;
    const void *value;
    size_t len;
    unsigned seen = 0;
    for (size_t i = 0;
         rd_kafka_header_get_all(headers, i, &name, &value, &len) == RD_KAFKA_RESP_ERR_NO_ERROR;
         i++) {
        unsigned bit;
        struct span *span;
        if (name[0] == 'a')
            bit = 1, span = &record->authors;
        else if (name[0] == 'o')
            bit = 2, span = &record->origin;
        else if (name[0] == 'g')
            bit = 4, span = &record->genesis;
        else if (name[0] == 'e')
            bit = 8, span = &record->energy;
        else
            continue;
        if (name[1] != '\0' || (seen & bit))
            continue;
        seen |= bit;
        if (value)
            *span = (struct span){value, len};
    }
}

static void deliver(struct kafka_reader *r, const rd_kafka_message_t *m)
{
    rd_kafka_timestamp_type_t type;
    int64_t time_ms = rd_kafka_message_timestamp(m, &type);
    struct record record = {
        .offset = (uint64_t)m->offset,
        .time_ms = type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? -1 : time_ms,
        .value = {m->payload, m->len},
    };
    find_headers(m, &record);
    r->next = record.offset + 1;
    r->reader.records->record(r->reader.records, &record);
    if (r->target == UINT64_MAX) {
        /* The answer this came in was sent after the seek, and said where the log ends. */
        int64_t low, high;
        if (!rd_kafka_get_watermark_offsets(r->rk, rd_kafka_topic_name(r->rkt), 0, &low, &high) &&
            high > 0)
            r->target = (uint64_t)high;
    }
}

/* An event in place of a record. False: reading cannot go on, r->failed says why. */
static bool handle_event(struct kafka_reader *r, const rd_kafka_message_t *m)
{
    struct log_bounds bounds;
    const char *why = m->payload ? rd_kafka_message_errstr(m) : rd_kafka_err2str(m->err);
    switch (m->err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        r->eof = true;
        return true;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        if (ask_bounds(r, &bounds) == RD_KAFKA_RESP_ERR_NO_ERROR) {
            say_out_of_range(r, r->next, &bounds, r->failed);
            return false;
        }
        break;
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED: /* a compression that this librdkafka lacks */
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        break;
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        diag_warn("kafka: %s", why);
        atomic_store(&r->links.lost, true); /* should it come back, it may be another one */
        return true;
    default:
        diag_warn("kafka: %s", why);
        return true;
    }
    snprintf(r->failed, sizeof r->failed,
             "kafka: topic %.64s cannot be read from offset %llu on: %.120s",
             rd_kafka_topic_name(r->rkt), (unsigned long long)r->next, why);
    return false;
}

/* Does the broker have more than has been delivered? By what its last answer said. */
static bool is_behind(struct kafka_reader *r)
{
    int64_t low, high;
    return !rd_kafka_get_watermark_offsets(r->rk, rd_kafka_topic_name(r->rkt), 0, &low, &high) &&
           high > 0 && (uint64_t)high > r->next;
}

/*
 * When librdkafka's local queue has been full it stops fetching, and looks at the queue again only
 * when its broker thread wakes up, which with nothing else to do is after a second. The queue is
 * empty long before that. Any request to the broker wakes the thread.
 */
static void resume_fetch(struct kafka_reader *r)
{
    uint64_t end;
    r->is_mute = ask_offset(r, RD_KAFKA_OFFSET_END, RESUME_MS, &end) != RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* What has been fetched, into r->messages; waits up to timeout_ms for the first. */
static size_t take(struct kafka_reader *r, int timeout_ms)
{
    ssize_t n = rd_kafka_consume_batch_queue(r->queue, 0, r->messages, MESSAGES_A_POLL);
    if (n <= 0 && timeout_ms <= 0)
        return 0;
    if (n <= 0) {
        /* The batch call would wait its whole time out for a full batch: wait for one only. */
        bool behind = timeout_ms > EMPTY_MS && !r->is_mute && is_behind(r);
        r->messages[0] = rd_kafka_consume_queue(r->queue, behind ? EMPTY_MS : timeout_ms);
        if (!r->messages[0]) {
            if (behind)
                resume_fetch(r);
            return 0;
        }
        n = rd_kafka_consume_batch_queue(r->queue, 0, r->messages + 1, MESSAGES_A_POLL - 1);
        n = 1 + (n > 0 ? n : 0);
    }
    r->is_mute = false;
    return (size_t)n;
}

/* Deliver what was taken, unless the connection was lost meanwhile. */
static void handle(struct kafka_reader *r, size_t n, size_t *delivered)
{
    bool good = !atomic_load(&r->links.lost) && !r->stale;
    r->stale |= !good;
    for (size_t i = 0; i < n; i++) {
        rd_kafka_message_t *m = r->messages[i];
        if (!good) {
            ;
        } else if (m->err) {
            good = handle_event(r, m);
        } else if ((uint64_t)m->offset >= r->next) {
            deliver(r, m);
            ++*delivered;
        }
        rd_kafka_message_destroy(m);
    }
}

static enum log_event poll(struct log_reader *reader, int timeout_ms, size_t *delivered,
                           char error[LOG_ERROR_BYTES])
{
    struct kafka_reader *r = of(reader);
    int64_t deadline = clock_now_ms() + timeout_ms;
    *delivered = 0;
    do {
        rd_kafka_poll(r->rk, 0);
        if (atomic_load(&r->links.lost) && atomic_load(&r->links.n_up) > 0) {
            atomic_store(&r->links.lost, false);
            r->stale = true;
            return LOG_RECONNECTED;
        }
        bool lost = atomic_load(&r->links.lost);
        if (r->stale && !lost && !r->failed[0])
            start(r);
        if (r->failed[0])
            break;
        int64_t left = deadline - clock_now_ms();
        size_t n = take(r, left < SLICE_MS ? (int)left : SLICE_MS);
        handle(r, n, delivered);
    } while (*delivered == 0 && !r->failed[0] && !atomic_exchange(&r->woken, false) &&
             clock_now_ms() < deadline);
    if (!r->failed[0] || *delivered > 0)
        return LOG_OK;
    snprintf(error, LOG_ERROR_BYTES, "%s", r->failed);
    return LOG_FAILED;
}

static void destroy(struct log_reader *reader)
{
    struct kafka_reader *r = of(reader);
    if (r->started)
        rd_kafka_consume_stop(r->rkt, 0);
    if (r->queue)
        rd_kafka_queue_destroy(r->queue);
    if (r->rkt)
        rd_kafka_topic_destroy(r->rkt);
    if (r->rk)
        rd_kafka_destroy(r->rk);
    free(r);
}

static const struct log_reader_ops ops = {
    .bounds = bounds,
    .offset_at = offset_at,
    .seek = seek,
    .poll = poll,
    .caught_up = caught_up,
    .wake = wake,
    .destroy = destroy,
};

struct log_reader *kafka_reader_create(const struct kafka_settings *settings,
                                       char error[LOG_ERROR_BYTES])
{
    char why[LOG_ERROR_BYTES - 16];
    struct kafka_reader *r = calloc(1, sizeof *r);
    if (!r) {
        snprintf(error, LOG_ERROR_BYTES, "no memory");
        return NULL;
    }
    r->reader.ops = &ops;
    kafka_links_init(&r->links);
    rd_kafka_conf_t *conf = kafka_conf(settings, KAFKA_READER, &r->links, error);
    if (!conf)
        goto fail;
    r->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!r->rk) {
        rd_kafka_conf_destroy(conf);
        snprintf(error, LOG_ERROR_BYTES, "kafka: %s", why);
        goto fail;
    }
    r->rkt = rd_kafka_topic_new(r->rk, settings->topic, NULL);
    r->queue = rd_kafka_queue_new(r->rk);
    if (!r->rkt || !r->queue) {
        snprintf(error, LOG_ERROR_BYTES, "kafka: topic %.64s: %s", settings->topic,
                 rd_kafka_err2str(rd_kafka_last_error()));
        goto fail;
    }
    return &r->reader;

fail:
    destroy(&r->reader);
    return NULL;
}

rd_kafka_t *kafka_reader_client(struct log_reader *reader)
{
    return of(reader)->rk;
}
