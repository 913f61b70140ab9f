/* SPDX-License-Identifier: ISC */
/*
 * kafka_writer: when it is writable.
 *
 * Read-only when nothing came through for KAFKA_STALL_MS although something is in flight, or when
 * no broker was connected for as long. Writable again at the next delivery; or, with nothing in
 * flight, when a broker names a leader of the partition.
 */
#include "log/kafka/kafka_writer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/kafka/kafka_links.h"
#include "log/kafka/kafka_topic.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    SERVE_MS = 50,   /* one round of the thread when nothing happens */
    STALLED_MS = 10, /* the same while the log is read-only: somebody may wait for it */
    PROBE_EVERY_MS = 250,
    PROBE_MS = 3000, /* more than a slow broker needs, less than a person waits */
    PURGE_MS = 1000, /* to get the reports of what was given up */
    RENEW_EVERY_MS = 1000,
    SAY_EVERY_MS = 1000,
    START_MS = 10000, /* how long the creation waits until it is writable */
    FLUSH_MS = 5000,  /* at the destruction */
};

/* A batch that was accepted; freed by its delivery report, or with the client. */
struct flight {
    struct flight *next, *prev;
    struct origin origin;
    size_t bytes;
    bool told; /* given up: its report, if one still comes, tells nothing */
};

struct kafka_writer {
    struct log_writer writer; /* first: a log_writer is cast to it */
    const struct kafka_settings *settings;
    struct kafka_links links;
    pthread_t thread;
    bool has_thread;
    bool came_through;   /* the thread's: a delivery since it looked last */
    int64_t progress_ms; /* the thread's: last delivery, or when something came into flight */
    int64_t probed_ms;
    bool has_failed; /* the thread's: by a fatal error */
    int64_t renewed_ms;
    unsigned undelivered; /* the thread's: batches that failed since it said so last */
    rd_kafka_resp_err_t undelivered_why;
    int64_t said_ms;

    pthread_mutex_t lock;   /* of all that follows */
    pthread_cond_t changed; /* nothing in flight, or the state */
    rd_kafka_t *rk;         /* NULL while it is being replaced */
    rd_kafka_topic_t *rkt;
    struct flight flights; /* a ring of those without outcome; the oldest is flights.next */
    struct flight told;    /* a ring of those given up */
    size_t batches, bytes;
    bool was_idle; /* something came into flight since the thread looked */
    bool closing, purge, stop;
    atomic_int state;
};

static void ring_add(struct flight *ring, struct flight *f)
{
    f->next = ring;
    f->prev = ring->prev;
    f->prev->next = f->next->prev = f;
}

static void ring_remove(struct flight *f)
{
    f->prev->next = f->next;
    f->next->prev = f->prev;
}

/* Its outcome has been told: it no longer counts. With the lock. */
static void settle(struct kafka_writer *w, const struct flight *f)
{
    w->batches--;
    w->bytes -= f->bytes;
    if (w->batches == 0)
        pthread_cond_broadcast(&w->changed);
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
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

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
    struct flight *f = m->_private;
    pthread_mutex_lock(&w->lock);
    bool told = f->told;
    ring_remove(f);
    pthread_mutex_unlock(&w->lock);
    if (m->err) {
        w->undelivered++;
        w->undelivered_why = m->err;
    } else {
        w->came_through = true;
    }
    if (!told) {
        w->writer.outcomes->outcome(w->writer.outcomes, f->origin, outcome_of(m));
        pthread_mutex_lock(&w->lock);
        settle(w, f);
        pthread_mutex_unlock(&w->lock);
    }
    free(f);
}

/* ---- the client ---- */

static int open_client(struct kafka_writer *w, char error[LOG_ERROR_BYTES])
{
    char why[LOG_ERROR_BYTES - 16];
    kafka_links_init(&w->links);
    rd_kafka_conf_t *conf = kafka_conf(w->settings, KAFKA_WRITER, &w->links, error);
    if (!conf)
        return -1;
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_opaque(conf, w);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!rk) {
        rd_kafka_conf_destroy(conf);
        snprintf(error, LOG_ERROR_BYTES, "kafka: %s", why);
        return -1;
    }
    rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, w->settings->topic, NULL);
    if (!rkt) {
        snprintf(error, LOG_ERROR_BYTES, "kafka: topic %.64s: %s", w->settings->topic,
                 rd_kafka_err2str(rd_kafka_last_error()));
        rd_kafka_destroy(rk);
        return -1;
    }
    pthread_mutex_lock(&w->lock);
    w->rk = rk;
    w->rkt = rkt;
    pthread_mutex_unlock(&w->lock);
    return 0;
}

/* Tell everything that is in flight unknown; the delivery reports, if they still come, tell
 * nothing. */
static void give_up_flights(struct kafka_writer *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->flights.next != &w->flights) {
        struct flight *f = w->flights.next;
        struct flight copy = *f;
        f->told = true;
        ring_remove(f);
        ring_add(&w->told, f);
        pthread_mutex_unlock(&w->lock);
        w->writer.outcomes->outcome(w->writer.outcomes, copy.origin, LOG_UNKNOWN);
        pthread_mutex_lock(&w->lock);
        settle(w, &copy);
    }
    pthread_mutex_unlock(&w->lock);
}

/* End the client. Every delivery report comes, each with what librdkafka knows of its batch. */
static void close_client(struct kafka_writer *w)
{
    pthread_mutex_lock(&w->lock);
    rd_kafka_t *rk = w->rk;
    rd_kafka_topic_t *rkt = w->rkt;
    w->rk = NULL;
    w->rkt = NULL;
    pthread_mutex_unlock(&w->lock);
    if (!rk)
        return;
    rd_kafka_purge(rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    int64_t until = clock_now_ms() + PURGE_MS;
    while (rd_kafka_outq_len(rk) > 0 && clock_now_ms() < until)
        rd_kafka_poll(rk, 20);
    rd_kafka_topic_destroy(rkt);
    rd_kafka_destroy(rk);
    give_up_flights(w);
    while (w->told.next != &w->told) { /* no report comes any more */
        struct flight *f = w->told.next;
        ring_remove(f);
        free(f);
    }
}

/* ---- the thread ---- */

/* One line for all batches that failed, at most once a second. */
static void say_undelivered(struct kafka_writer *w)
{
    int64_t now = clock_now_ms();
    if (w->undelivered == 0 || now - w->said_ms < SAY_EVERY_MS)
        return;
    diag_warn("kafka: topic %s: %u batches were not delivered: %s", w->settings->topic,
              w->undelivered, rd_kafka_err2str(w->undelivered_why));
    w->undelivered = 0;
    w->said_ms = now;
}

static void renew(struct kafka_writer *w, const char *why)
{
    char error[LOG_ERROR_BYTES];
    diag_error("kafka: topic %s: the producer has failed (%s): making a new one",
               w->settings->topic, why);
    w->has_failed = false;
    w->renewed_ms = clock_now_ms(); /* one that fails again at once must not make us spin */
    close_client(w);
    while (open_client(w, error) != 0) {
        diag_error("%s", error);
        pthread_mutex_lock(&w->lock);
        bool stop = w->stop || w->closing;
        pthread_mutex_unlock(&w->lock);
        if (stop)
            break;
        clock_pause_ms(RENEW_EVERY_MS);
    }
}

/* Can the log be written? */
static void judge(struct kafka_writer *w)
{
    int64_t now = clock_now_ms();
    pthread_mutex_lock(&w->lock);
    bool idle = w->batches == 0, closing = w->closing;
    bool came_through = w->came_through;
    if (w->was_idle || came_through)
        w->progress_ms = now;
    w->was_idle = w->came_through = false;
    pthread_mutex_unlock(&w->lock);

    bool linked = atomic_load(&w->links.n_up) > 0;
    if (atomic_load(&w->state) == LOG_WRITABLE) {
        if (!idle && now - w->progress_ms > KAFKA_STALL_MS)
            set_state(w, LOG_STALLED, "nothing comes through");
        else if (!linked && now - atomic_load(&w->links.down_ms) > KAFKA_STALL_MS)
            set_state(w, LOG_STALLED, "no broker is connected");
        return;
    }
    if (closing || w->has_failed)
        return;
    if (came_through) {
        set_state(w, LOG_WRITABLE, NULL);
        return;
    }
    if (idle && linked && now - w->probed_ms >= PROBE_EVERY_MS) {
        bool has_leader = false;
        w->probed_ms = now;
        if (kafka_topic_look(w->rk, w->settings->topic, PROBE_MS, &has_leader, NULL) == 0 &&
            has_leader)
            set_state(w, LOG_WRITABLE, NULL);
    }
}

static void *serve(void *arg)
{
    struct kafka_writer *w = arg;
    char why[LOG_ERROR_BYTES];
    for (;;) {
        if (w->rk) { /* this thread alone changes it */
            bool writable = atomic_load(&w->state) == LOG_WRITABLE;
            rd_kafka_poll(w->rk, writable ? SERVE_MS : STALLED_MS);
            if (rd_kafka_fatal_error(w->rk, why, sizeof why) != RD_KAFKA_RESP_ERR_NO_ERROR) {
                set_state(w, LOG_STALLED, "the producer has failed");
                w->has_failed = true;
            }
            if (w->has_failed && clock_now_ms() - w->renewed_ms >= RENEW_EVERY_MS)
                renew(w, why);
        }
        pthread_mutex_lock(&w->lock);
        bool stop = w->stop, purge = w->purge;
        w->purge = false;
        pthread_mutex_unlock(&w->lock);
        if (stop || !w->rk)
            break;
        if (purge)
            rd_kafka_purge(w->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        judge(w);
        say_undelivered(w);
    }
    return NULL;
}

/* ---- the interface ---- */

static struct kafka_writer *of(struct log_writer *writer)
{
    return (struct kafka_writer *)writer;
}

/* Headers a, o and g of a batch, or NULL without memory. */
static rd_kafka_headers_t *make_headers(const struct log_batch *batch)
{
    uint8_t origin[ORIGIN_BYTES];
    rd_kafka_headers_t *headers = rd_kafka_headers_new(3);
    if (!headers)
        return NULL;
    origin_store(origin, &batch->origin);
    if (batch->authors.data)
        rd_kafka_header_add(headers, "a", 1, batch->authors.data, (ssize_t)batch->authors.len);
    rd_kafka_header_add(headers, "o", 1, origin, sizeof origin);
    if (batch->genesis)
        rd_kafka_header_add(headers, "g", 1, batch->genesis, GENESIS_BYTES);
    return headers;
}

/* Hand over to librdkafka, which takes the headers in any case. With the lock. */
static enum log_append produce(struct kafka_writer *w, const struct log_batch *batch,
                               rd_kafka_headers_t *headers, struct flight *f)
{
    const void *value = batch->value.data;
    rd_kafka_vu_t arguments[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = w->rkt},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = 0},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)value, batch->value.len}},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = f},
    };
    rd_kafka_error_t *error =
        rd_kafka_produceva(w->rk, arguments, sizeof arguments / sizeof arguments[0]);
    if (!error)
        return LOG_ACCEPTED;
    enum log_append result = LOG_READONLY;
    if (rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        result = LOG_FULL;
    else
        diag_error("kafka: topic %s: a record of %zu bytes: %s", w->settings->topic,
                   batch->value.len, rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    rd_kafka_headers_destroy(headers);
    return result;
}

static enum log_append append(struct log_writer *writer, const struct log_batch *batch)
{
    struct kafka_writer *w = of(writer);
    enum log_append result = LOG_READONLY;
    if (atomic_load(&w->state) != LOG_WRITABLE)
        return result;
    rd_kafka_headers_t *headers = make_headers(batch);
    struct flight *f = malloc(sizeof *f);
    if (!f || !headers) {
        result = LOG_FULL;
        goto done;
    }
    *f = (struct flight){.origin = batch->origin};
    f->bytes = batch->value.len + batch->authors.len;

    pthread_mutex_lock(&w->lock);
    if (w->closing || !w->rk || atomic_load(&w->state) != LOG_WRITABLE) {
        ;
    } else if (w->batches >= LOG_FLIGHT_BATCHES || w->bytes + f->bytes > LOG_FLIGHT_BYTES) {
        result = LOG_FULL;
    } else {
        /* Counted first: its report may come before produce returns, but waits for the lock. */
        ring_add(&w->flights, f);
        w->was_idle |= w->batches == 0;
        w->batches++;
        w->bytes += f->bytes;
        result = produce(w, batch, headers, f);
        headers = NULL;
        if (result == LOG_ACCEPTED) {
            f = NULL;
        } else {
            ring_remove(f);
            settle(w, f);
        }
    }
    pthread_mutex_unlock(&w->lock);

done:
    if (headers)
        rd_kafka_headers_destroy(headers);
    free(f);
    return result;
}

static enum log_state state(struct log_writer *writer)
{
    return (enum log_state)atomic_load(&of(writer)->state);
}

static size_t record_max(struct log_writer *writer)
{
    (void)writer;
    return LOG_RECORD_MAX;
}

static void flush(struct log_writer *writer, int timeout_ms)
{
    struct kafka_writer *w = of(writer);
    int64_t until = clock_now_ms() + timeout_ms;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    while (w->batches > 0 && clock_wait(&w->changed, &w->lock, until))
        ;
    if (w->batches > 0) { /* what was never sent can still be refused */
        w->purge = true;
        until = clock_now_ms() + PURGE_MS;
        while (w->batches > 0 && clock_wait(&w->changed, &w->lock, until))
            ;
    }
    pthread_mutex_unlock(&w->lock);
    give_up_flights(w);
    pthread_mutex_lock(&w->lock);
    while (w->batches > 0) /* some are being told at this moment */
        pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

static void destroy(struct log_writer *writer)
{
    struct kafka_writer *w = of(writer);
    if (w->has_thread) {
        flush(writer, FLUSH_MS);
        pthread_mutex_lock(&w->lock);
        w->stop = true;
        pthread_mutex_unlock(&w->lock);
        pthread_join(w->thread, NULL);
    }
    close_client(w);
    pthread_cond_destroy(&w->changed);
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
    while (atomic_load(&w->state) != LOG_WRITABLE && clock_wait(&w->changed, &w->lock, until))
        ;
    pthread_mutex_unlock(&w->lock);
    if (atomic_load(&w->state) != LOG_WRITABLE)
        diag_warn("kafka: topic %s: the producer is not ready yet: read-only until it is",
                  w->settings->topic);
}

struct log_writer *kafka_writer_create(const struct kafka_settings *settings,
                                       char error[LOG_ERROR_BYTES])
{
    struct kafka_writer *w = calloc(1, sizeof *w);
    if (!w) {
        snprintf(error, LOG_ERROR_BYTES, "no memory");
        return NULL;
    }
    w->writer.ops = &ops;
    w->settings = settings;
    w->flights.next = w->flights.prev = &w->flights;
    w->told.next = w->told.prev = &w->told;
    atomic_init(&w->state, LOG_STALLED);
    clock_cond_init(&w->changed);
    pthread_mutex_init(&w->lock, NULL);
    if (open_client(w, error) != 0)
        goto fail;
    if (pthread_create(&w->thread, NULL, serve, w) != 0) {
        snprintf(error, LOG_ERROR_BYTES, "no thread to be had");
        goto fail;
    }
    w->has_thread = true;
    wait_until_writable(w);
    return &w->writer;

fail:
    destroy(&w->writer);
    return NULL;
}

void kafka_writer_test_fatal(struct log_writer *writer)
{
    struct kafka_writer *w = of(writer);
    pthread_mutex_lock(&w->lock);
    if (w->rk)
        rd_kafka_test_fatal_error(w->rk, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "a test");
    pthread_mutex_unlock(&w->lock);
}
