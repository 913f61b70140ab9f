/* SPDX-License-Identifier: ISC */
/* topic_reader: see topic_reader.h. librdkafka connects again by itself, and goes on. */
#include "render/queue/kafka/topic_reader.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "log/kafka/kafka_links.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    SLICE_MS = 50, /* how long a wait goes on before a wake-up is noticed */
    DOWN_MS = 2000,
};

struct topic_reader {
    struct queue_reader reader; /* first: a reader is cast to it */
    rd_kafka_t *rk;
    rd_kafka_topic_t *rkt;
    struct kafka_links links;
    atomic_bool woken;

    /* of the thread that reads */
    bool started, eof;
    uint64_t next, target;       /* target: the end when reading began; UINT64_MAX: not known yet */
    rd_kafka_message_t *current; /* whose value the caller has */
};

static struct topic_reader *of(struct queue_reader *reader)
{
    return (struct topic_reader *)reader;
}

/* The answer that a record came in said where the topic ended when reading began. */
static void learn_target(struct topic_reader *r)
{
    int64_t low, high;
    if (r->target == UINT64_MAX &&
        !rd_kafka_get_watermark_offsets(r->rk, rd_kafka_topic_name(r->rkt), 0, &low, &high) &&
        high > 0)
        r->target = (uint64_t)high;
}

/* Is it a record? The reason why it is not goes into error; "": nothing to be said. */
static bool is_record(struct topic_reader *r, rd_kafka_message_t *m, struct queue_record *record,
                      char error[QUEUE_ERROR_BYTES])
{
    rd_kafka_timestamp_type_t type;
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        r->eof = true;
        return false;
    }
    if (m->err) {
        snprintf(error, QUEUE_ERROR_BYTES, "kafka: topic %.100s: %.120s",
                 rd_kafka_topic_name(r->rkt), rd_kafka_message_errstr(m));
        return false;
    }
    learn_target(r);
    r->next = (uint64_t)m->offset + 1;
    if (m->len == 0 || m->len > QUEUE_VALUE_MAX) {
        diag_warn("kafka: topic %s: record %lld is skipped: it has %zu bytes, expected 1 to %d",
                  rd_kafka_topic_name(r->rkt), (long long)m->offset, m->len, QUEUE_VALUE_MAX);
        return false;
    }
    *record = (struct queue_record){
        .offset = (uint64_t)m->offset,
        .len = m->len,
        .value = m->payload,
        .time_ms = rd_kafka_message_timestamp(m, &type),
    };
    return true;
}

static bool is_down(struct topic_reader *r)
{
    return atomic_load(&r->links.n_up) <= 0 &&
           clock_now_ms() - atomic_load(&r->links.down_ms) > DOWN_MS;
}

static enum queue_result read_record(struct queue_reader *reader, int timeout_ms,
                                     struct queue_record *record, char error[QUEUE_ERROR_BYTES])
{
    struct topic_reader *r = of(reader);
    int64_t deadline_ms = clock_now_ms() + timeout_ms, left = timeout_ms;
    error[0] = '\0';
    if (r->current)
        rd_kafka_message_destroy(r->current);
    r->current = NULL;
    do {
        rd_kafka_poll(r->rk, 0);
        rd_kafka_message_t *m = rd_kafka_consume(r->rkt, 0,
                                                 left < 0          ? 0
                                                 : left < SLICE_MS ? (int)left
                                                                   : SLICE_MS);
        if (m && is_record(r, m, record, error)) {
            r->current = m;
            return QUEUE_GOT;
        }
        if (m)
            rd_kafka_message_destroy(m);
        left = deadline_ms - clock_now_ms();
    } while (!error[0] && !atomic_exchange(&r->woken, false) && left > 0);
    if (!error[0] && is_down(r))
        snprintf(error, QUEUE_ERROR_BYTES, "kafka: topic %.100s: no broker is connected",
                 rd_kafka_topic_name(r->rkt));
    return error[0] ? QUEUE_BROKEN : QUEUE_NOTHING;
}

static bool caught_up(const struct queue_reader *reader)
{
    const struct topic_reader *r = (const struct topic_reader *)reader;
    return r->eof || r->next >= r->target;
}

static void wake(struct queue_reader *reader)
{
    atomic_store(&of(reader)->woken, true);
}

static void destroy(struct queue_reader *reader)
{
    struct topic_reader *r = of(reader);
    if (r->current)
        rd_kafka_message_destroy(r->current);
    if (r->started)
        rd_kafka_consume_stop(r->rkt, 0);
    if (r->rkt)
        rd_kafka_topic_destroy(r->rkt);
    if (r->rk)
        rd_kafka_destroy(r->rk);
    free(r);
}

static const struct queue_reader_ops ops = {
    .read = read_record,
    .caught_up = caught_up,
    .wake = wake,
    .destroy = destroy,
};

struct queue_reader *topic_reader_create(const struct topics *topics, enum queue_topic topic,
                                         char error[QUEUE_ERROR_BYTES])
{
    char why[QUEUE_ERROR_BYTES - 16] = "no memory";
    struct topic_reader *r = calloc(1, sizeof *r);
    if (!r) {
        snprintf(error, QUEUE_ERROR_BYTES, "no memory");
        return NULL;
    }
    r->reader.ops = &ops;
    r->target = UINT64_MAX;
    kafka_links_init(&r->links);
    rd_kafka_conf_t *conf = kafka_conf(&topics->settings, KAFKA_READER, &r->links, error);
    if (!conf)
        goto fail;
    /* Retention may have passed what was to be read next: what is kept is all that is promised. */
    rd_kafka_conf_set(conf, "auto.offset.reset", "earliest", NULL, 0);
    r->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!r->rk) {
        rd_kafka_conf_destroy(conf);
        snprintf(error, QUEUE_ERROR_BYTES, "kafka: %s", why);
        goto fail;
    }
    r->rkt = rd_kafka_topic_new(r->rk, topics->names[topic], NULL);
    r->started = r->rkt && rd_kafka_consume_start(r->rkt, 0, RD_KAFKA_OFFSET_BEGINNING) == 0;
    if (r->started)
        return &r->reader;
    snprintf(error, QUEUE_ERROR_BYTES, "kafka: topic %.100s: %s", topics->names[topic],
             rd_kafka_err2str(rd_kafka_last_error()));

fail:
    destroy(&r->reader);
    return NULL;
}
