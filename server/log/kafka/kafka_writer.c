/* SPDX-License-Identifier: ISC */
/*
 * kafka_writer: one thread polls the producer and judges, several times a second, whether the log
 * can be written. Lock order: the writer's lock, then that of the flights.
 *
 * LOG_STALLED when nothing came through for KAFKA_STALL_MS although something is in flight, or when
 * no broker was connected for as long, or while the producer is being replaced. LOG_WRITABLE again
 * at the next delivery; or, with nothing in flight, when a broker names a leader of the partition.
 */
#include "log/kafka/kafka_writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/kafka/kafka_flights.h"
#include "log/kafka/kafka_producer.h"
#include "log/kafka/kafka_topic.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    POLL_MS = 50,         /* one round of the thread when nothing happens */
    POLL_STALLED_MS = 10, /* the same while it is stalled: somebody may wait for it */
    PROBE_EVERY_MS = 250,
    PROBE_MS = 3000, /* more than a slow broker needs, less than a person waits */
    PURGE_MS = 1000, /* to get the delivery reports of what was given up */
    RENEW_EVERY_MS = 1000,
    SAY_EVERY_MS = 1000,
    START_MS = 10000, /* how long the creation waits until it is writable */
    FLUSH_MS = 5000,  /* at the destruction */
};

struct kafka_writer {
    struct log_writer writer; /* first: a log_writer is cast to it */
    const struct kafka_settings *settings;
    struct kafka_flights flights;
    pthread_t thread;
    atomic_int state;
    atomic_size_t record_max; /* what kafka_record_max says of message_max; 0: nothing fits */

    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t writable;
    bool has_producer; /* appends may use it */
    bool closing, purge, stop;

    struct kafka_producer producer; /* the thread alone opens and closes it */

    /* the thread's */
    char broken[LOG_ERROR_BYTES]; /* why a new producer is needed; "" when it is not */
    size_t message_max;           /* what the topic takes at once; 0: not known */
    bool doubted;                 /* it does, and refused one that fits */
    bool came_through;            /* a delivery since judge looked last */
    bool too_large;               /* the broker refused a record for its size */
    int64_t progress_ms;          /* of the last delivery, or when something came into flight */
    int64_t probed_ms, asked_ms, renewed_ms, said_ms;
    unsigned undelivered; /* batches that failed since that was said last */
    rd_kafka_resp_err_t undelivered_why;
};

static struct kafka_writer *of(struct log_writer *writer)
{
    return (struct kafka_writer *)writer;
}

static void set_state(struct kafka_writer *w, enum log_state state, const char *why)
{
    if ((enum log_state)atomic_exchange(&w->state, state) == state)
        return;
    if (state == LOG_STALLED)
        diag_warn("kafka: topic %s: read-only: %s", w->settings->topic, why);
    else
        diag_info("kafka: topic %s: writable", w->settings->topic);
    pthread_mutex_lock(&w->lock);
    pthread_cond_broadcast(&w->writable);
    pthread_mutex_unlock(&w->lock);
}

/* ---- delivery reports, in the thread ---- */

static enum log_outcome outcome_of(const rd_kafka_message_t *m)
{
    if (!m->err)
        return LOG_COMMITTED;
    return rd_kafka_message_status(m) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED ? LOG_REFUSED
                                                                           : LOG_UNKNOWN;
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    struct kafka_writer *w = opaque;
    if (m->err) {
        w->undelivered++;
        w->undelivered_why = m->err;
        w->too_large |= m->err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
    } else {
        w->came_through = true;
    }
    kafka_flights_settle(&w->flights, m->_private, outcome_of(m));
}

/* One line for all batches that failed, at most once a second. */
static void say_undelivered(struct kafka_writer *w)
{
    int64_t now = clock_now_ms();
    if (w->undelivered == 0 || now - w->said_ms < SAY_EVERY_MS)
        return;
    diag_warn("kafka: topic %s: %u %s not delivered: %s", w->settings->topic, w->undelivered,
              w->undelivered == 1 ? "batch was" : "batches were",
              rd_kafka_err2str(w->undelivered_why));
    w->undelivered = 0;
    w->said_ms = now;
}

/* ---- the producer, opened and closed by the thread ---- */

static int open_producer(struct kafka_writer *w, char error[LOG_ERROR_BYTES])
{
    w->too_large = false;
    if (kafka_producer_open(&w->producer, w->settings, w->message_max, on_delivery, w, error) != 0)
        return -1;
    pthread_mutex_lock(&w->lock);
    w->has_producer = true;
    pthread_mutex_unlock(&w->lock);
    return 0;
}

/* Every batch in flight has its outcome afterwards. */
static void close_producer(struct kafka_writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->has_producer = false;
    pthread_mutex_unlock(&w->lock);
    kafka_producer_close(&w->producer);
    kafka_flights_give_up(&w->flights);
    kafka_flights_forget(&w->flights);
}

/* -1 when none could be made before the writer is closed. */
static int renew(struct kafka_writer *w)
{
    char error[LOG_ERROR_BYTES];
    diag_warn("kafka: topic %s: making a new producer: %s", w->settings->topic, w->broken);
    w->broken[0] = '\0';
    w->renewed_ms = clock_now_ms(); /* one that fails again at once must not make us spin */
    close_producer(w);
    while (open_producer(w, error) != 0) {
        diag_error("%s", error);
        pthread_mutex_lock(&w->lock);
        bool stop = w->stop || w->closing;
        pthread_mutex_unlock(&w->lock);
        if (stop)
            return -1;
        clock_pause_ms(RENEW_EVERY_MS);
    }
    return 0;
}

/* ---- how much the topic takes at once ---- */

static void set_message_max(struct kafka_writer *w, size_t message_max)
{
    w->message_max = message_max;
    w->doubted = false;
    atomic_store(&w->record_max, kafka_record_max(message_max));
}

/* The broker refused a record that it had promised to take: somebody has changed the topic. Ask
 * what it takes now, and go on with a producer whose batches fit. */
static void shrink(struct kafka_writer *w)
{
    size_t before = w->message_max;
    size_t now = kafka_topic_message_max(w->producer.rk, w->settings);
    w->too_large = false;
    if (now == before && now != 0 && !w->doubted) {
        /* A setting that was just changed takes a moment to be true everywhere. */
        w->doubted = true;
        return;
    }
    if (now == 0 || now == before) /* it does not say, or says what is not so: try half */
        now = before ? before / 2 : LOG_RECORD_MAX / 2;
    set_message_max(w, now);
    if (atomic_load(&w->record_max) > 0) {
        diag_warn(
            "kafka: topic %s takes %zu bytes at once now (max.message.bytes): batches are cut "
            "to that",
            w->settings->topic, now);
        set_state(w, LOG_STALLED, "making a producer of smaller batches");
    } else {
        set_state(w, LOG_STALLED, "the topic takes too little at once (max.message.bytes)");
    }
    rd_kafka_flush(w->producer.rk, PURGE_MS); /* what fits may still come through */
    snprintf(w->broken, sizeof w->broken, "the topic takes less at once");
}

/* Nothing fits: does the topic take more by now? */
static void ask_again(struct kafka_writer *w, int64_t now)
{
    if (now - w->asked_ms < RENEW_EVERY_MS)
        return;
    w->asked_ms = now;
    size_t message_max = kafka_topic_message_max(w->producer.rk, w->settings);
    if (message_max == 0 || kafka_record_max(message_max) == 0)
        return;
    set_message_max(w, message_max);
    snprintf(w->broken, sizeof w->broken, "the topic takes more at once again");
}

/* ---- can the log be written? ---- */

static bool has_leader(struct kafka_writer *w, int64_t now)
{
    bool leader = false;
    if (now - w->probed_ms < PROBE_EVERY_MS)
        return false;
    w->probed_ms = now;
    return kafka_topic_look(w->producer.rk, w->settings->topic, PROBE_MS, &leader, NULL) == 0 &&
           leader;
}

static void judge(struct kafka_writer *w)
{
    int64_t now = clock_now_ms();
    bool was_idle, came_through = w->came_through;
    bool idle = kafka_flights_idle(&w->flights, &was_idle);
    bool linked = atomic_load(&w->producer.links.n_up) > 0;
    w->came_through = false;
    if (was_idle || came_through)
        w->progress_ms = now;

    if (atomic_load(&w->state) == LOG_WRITABLE) {
        if (!idle && now - w->progress_ms > KAFKA_STALL_MS)
            set_state(w, LOG_STALLED, "nothing comes through");
        else if (!linked && now - atomic_load(&w->producer.links.down_ms) > KAFKA_STALL_MS)
            set_state(w, LOG_STALLED, "no broker is connected");
        return;
    }
    if (w->broken[0])
        return;
    if (atomic_load(&w->record_max) == 0)
        ask_again(w, now);
    else if (came_through || (idle && linked && has_leader(w, now)))
        set_state(w, LOG_WRITABLE, NULL);
}

static void *serve(void *arg)
{
    struct kafka_writer *w = arg;
    for (;;) {
        bool writable = atomic_load(&w->state) == LOG_WRITABLE;
        rd_kafka_poll(w->producer.rk, writable ? POLL_MS : POLL_STALLED_MS);
        if (rd_kafka_fatal_error(w->producer.rk, w->broken, sizeof w->broken) != 0)
            set_state(w, LOG_STALLED, "the producer has failed");
        if (w->too_large)
            shrink(w);
        if (w->broken[0] && clock_now_ms() - w->renewed_ms >= RENEW_EVERY_MS && renew(w) != 0)
            break;
        pthread_mutex_lock(&w->lock);
        bool stop = w->stop, purge = w->purge;
        w->purge = false;
        pthread_mutex_unlock(&w->lock);
        if (stop)
            break;
        if (purge)
            rd_kafka_purge(w->producer.rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        judge(w);
        say_undelivered(w);
    }
    return NULL;
}

/* ---- the interface ---- */

static enum log_append append(struct log_writer *writer, const struct log_batch *batch)
{
    struct kafka_writer *w = of(writer);
    enum log_append result = LOG_READONLY;
    if (atomic_load(&w->state) != LOG_WRITABLE)
        return result;
    pthread_mutex_lock(&w->lock);
    if (!w->closing && w->has_producer && atomic_load(&w->state) == LOG_WRITABLE) {
        /* Counted first: its delivery report may come before the call returns. */
        struct kafka_flight *f =
            kafka_flights_add(&w->flights, batch->origin, log_batch_bytes(batch));
        result = f ? kafka_producer_send(&w->producer, batch, f) : LOG_FULL;
        if (f && result != LOG_ACCEPTED)
            kafka_flights_cancel(&w->flights, f);
    }
    pthread_mutex_unlock(&w->lock);
    return result;
}

static enum log_state state(struct log_writer *writer)
{
    return (enum log_state)atomic_load(&of(writer)->state);
}

static size_t record_max(struct log_writer *writer)
{
    size_t max = atomic_load(&of(writer)->record_max);
    return max > 0 ? max : LOG_RECORD_MIN; /* it is stalled then */
}

static void flush(struct log_writer *writer, int timeout_ms)
{
    struct kafka_writer *w = of(writer);
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_mutex_unlock(&w->lock);
    if (kafka_flights_wait(&w->flights, clock_now_ms() + timeout_ms))
        return;
    pthread_mutex_lock(&w->lock);
    w->purge = true; /* what was never sent can still be refused */
    pthread_mutex_unlock(&w->lock);
    if (kafka_flights_wait(&w->flights, clock_now_ms() + PURGE_MS))
        return;
    kafka_flights_give_up(&w->flights);
    kafka_flights_wait(&w->flights, INT64_MAX); /* some are being reported at this moment */
}

static void destroy(struct log_writer *writer)
{
    struct kafka_writer *w = of(writer);
    flush(writer, FLUSH_MS);
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    close_producer(w);
    kafka_flights_finish(&w->flights);
    pthread_cond_destroy(&w->writable);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

static const struct log_writer_ops ops = {
    .append = append,
    .state = state,
    .record_max = record_max,
    .flush = flush,
    .destroy = destroy,
};

static void wait_until_writable(struct kafka_writer *w)
{
    int64_t until = clock_now_ms() + START_MS;
    pthread_mutex_lock(&w->lock);
    while (atomic_load(&w->state) != LOG_WRITABLE && clock_wait(&w->writable, &w->lock, until))
        ;
    pthread_mutex_unlock(&w->lock);
    if (atomic_load(&w->state) != LOG_WRITABLE)
        diag_warn("kafka: topic %s: the producer is not ready yet: read-only until it is",
                  w->settings->topic);
}

struct log_writer *kafka_writer_create(const struct kafka_settings *settings, size_t message_max,
                                       char error[LOG_ERROR_BYTES])
{
    struct kafka_writer *w = calloc(1, sizeof *w);
    int rc = w ? kafka_flights_init(&w->flights, &w->writer) : ENOMEM;
    if (rc != 0)
        goto no_flights;
    rc = pthread_mutex_init(&w->lock, NULL);
    if (rc != 0)
        goto no_lock;
    rc = clock_cond_init(&w->writable);
    if (rc != 0)
        goto no_cond;
    w->writer.ops = &ops;
    w->settings = settings;
    set_message_max(w, message_max);
    atomic_init(&w->state, LOG_STALLED);
    if (open_producer(w, error) != 0)
        goto no_producer;
    rc = pthread_create(&w->thread, NULL, serve, w);
    if (rc != 0)
        goto no_thread;
    wait_until_writable(w);
    return &w->writer;

no_thread:
    close_producer(w);
no_producer:
    pthread_cond_destroy(&w->writable);
no_cond:
    pthread_mutex_destroy(&w->lock);
no_lock:
    kafka_flights_finish(&w->flights);
no_flights:
    if (rc != 0)
        snprintf(error, LOG_ERROR_BYTES, "kafka: topic %.64s: the writer cannot be started: %s",
                 settings->topic, strerror(rc));
    free(w);
    return NULL;
}

void kafka_writer_test_fatal(struct log_writer *writer)
{
    struct kafka_writer *w = of(writer);
    pthread_mutex_lock(&w->lock);
    if (w->has_producer)
        rd_kafka_test_fatal_error(w->producer.rk, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                                  "a test");
    pthread_mutex_unlock(&w->lock);
}
