/* SPDX-License-Identifier: ISC */
/*
 * log_kafka_producer: an idempotent producer and the thread that serves it: delivery reports, the
 * judgement whether the log can be written, and a new producer after a fatal error.
 *
 * Read-only when nothing came through for KAFKA_STALL_MS although something is in flight, or when
 * no broker was connected for as long. Writable again at the next delivery; or, with nothing in
 * flight, when a broker names a leader of the partition.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/authors.h"
#include "core/bytes.h"
#include "sys/diag.h"
#include "core/edit.h"
#include "log/kafka/log_kafka_internal.h"

enum {
    SERVE_MS = 50,   /* one round of the thread when nothing happens */
    STALLED_MS = 10, /* the same while the log is read-only: somebody may wait for it */
    PROBE_EVERY_MS = 250,
    PROBE_MS = 3000, /* more than a slow broker needs, less than a person waits */
    PURGE_MS = 1000, /* to get the reports of what was given up */
    RENEW_EVERY_MS = 1000,
    SAY_EVERY_MS = 1000,
};

/* A batch that was accepted; freed by its delivery report, or with the client. */
struct flight {
    struct flight *next, *prev;
    struct origin origin;
    size_t bytes;
    bool told; /* given up: its report, if one still comes, tells nothing */
};

struct kafka_producer {
    struct log_kafka_config config; /* the strings are log_kafka's */
    struct log *log;
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
    bool started;  /* the topic is there */
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
static void settle(struct kafka_producer *p, const struct flight *f)
{
    p->batches--;
    p->bytes -= f->bytes;
    if (p->batches == 0)
        pthread_cond_broadcast(&p->changed);
}

static void set_state(struct kafka_producer *p, enum log_state state, const char *why)
{
    if ((enum log_state)atomic_exchange(&p->state, state) == state)
        return;
    if (state == LOG_STALLED)
        diag_warn("kafka: topic %s: read-only: %s", p->config.topic, why);
    else
        diag_info("kafka: topic %s: writable", p->config.topic);
    pthread_mutex_lock(&p->lock);
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
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
    struct kafka_producer *p = opaque;
    struct flight *f = m->_private;
    pthread_mutex_lock(&p->lock);
    bool told = f->told;
    ring_remove(f);
    pthread_mutex_unlock(&p->lock);
    if (m->err) {
        p->undelivered++;
        p->undelivered_why = m->err;
    } else {
        p->came_through = true;
    }
    if (!told) {
        p->log->sink->outcome(p->log->sink, f->origin, outcome_of(m));
        pthread_mutex_lock(&p->lock);
        settle(p, f);
        pthread_mutex_unlock(&p->lock);
    }
    free(f);
}

/* ---- the client ---- */

static int open_client(struct kafka_producer *p, char error[LOG_ERROR_BYTES])
{
    char why[LOG_ERROR_BYTES - 16];
    memset(&p->links, 0, sizeof p->links);
    atomic_store(&p->links.down_ms, kafka_now_ms());
    rd_kafka_conf_t *conf = kafka_conf(&p->config, KAFKA_PRODUCER, &p->links, error);
    if (!conf)
        return -1;
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_opaque(conf, p);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!rk) {
        rd_kafka_conf_destroy(conf);
        snprintf(error, LOG_ERROR_BYTES, "kafka: %s", why);
        return -1;
    }
    rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, p->config.topic, NULL);
    if (!rkt) {
        snprintf(error, LOG_ERROR_BYTES, "kafka: topic %.64s: %s", p->config.topic,
                 rd_kafka_err2str(rd_kafka_last_error()));
        rd_kafka_destroy(rk);
        return -1;
    }
    pthread_mutex_lock(&p->lock);
    p->rk = rk;
    p->rkt = rkt;
    pthread_mutex_unlock(&p->lock);
    return 0;
}

/* Tell everything that is in flight unknown; the delivery reports, if they still come, tell
 * nothing. */
static void give_up_flights(struct kafka_producer *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->flights.next != &p->flights) {
        struct flight *f = p->flights.next;
        struct flight copy = *f;
        f->told = true;
        ring_remove(f);
        ring_add(&p->told, f);
        pthread_mutex_unlock(&p->lock);
        p->log->sink->outcome(p->log->sink, copy.origin, LOG_UNKNOWN);
        pthread_mutex_lock(&p->lock);
        settle(p, &copy);
    }
    pthread_mutex_unlock(&p->lock);
}

/* End the client. Every delivery report comes, each with what librdkafka knows of its batch. */
static void close_client(struct kafka_producer *p)
{
    pthread_mutex_lock(&p->lock);
    rd_kafka_t *rk = p->rk;
    rd_kafka_topic_t *rkt = p->rkt;
    p->rk = NULL;
    p->rkt = NULL;
    pthread_mutex_unlock(&p->lock);
    if (!rk)
        return;
    rd_kafka_purge(rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    int64_t until = kafka_now_ms() + PURGE_MS;
    while (rd_kafka_outq_len(rk) > 0 && kafka_now_ms() < until)
        rd_kafka_poll(rk, 20);
    rd_kafka_topic_destroy(rkt);
    rd_kafka_destroy(rk);
    give_up_flights(p);
    while (p->told.next != &p->told) { /* no report comes any more */
        struct flight *f = p->told.next;
        ring_remove(f);
        free(f);
    }
}

/* ---- the thread ---- */

/* One line for all batches that failed, at most once a second. */
static void say_undelivered(struct kafka_producer *p)
{
    int64_t now = kafka_now_ms();
    if (p->undelivered == 0 || now - p->said_ms < SAY_EVERY_MS)
        return;
    diag_warn("kafka: topic %s: %u batches were not delivered: %s", p->config.topic, p->undelivered,
              rd_kafka_err2str(p->undelivered_why));
    p->undelivered = 0;
    p->said_ms = now;
}

static void renew(struct kafka_producer *p, const char *why)
{
    char error[LOG_ERROR_BYTES];
    diag_error("kafka: topic %s: the producer has failed (%s): making a new one", p->config.topic,
               why);
    p->has_failed = false;
    p->renewed_ms = kafka_now_ms(); /* one that fails again at once must not make us spin */
    close_client(p);
    while (open_client(p, error) != 0) {
        diag_error("%s", error);
        pthread_mutex_lock(&p->lock);
        bool stop = p->stop || p->closing;
        pthread_mutex_unlock(&p->lock);
        if (stop)
            break;
        nanosleep(&(struct timespec){.tv_sec = RENEW_EVERY_MS / 1000}, NULL);
    }
}

/* Can the log be written? */
static void judge(struct kafka_producer *p)
{
    int64_t now = kafka_now_ms();
    pthread_mutex_lock(&p->lock);
    bool idle = p->batches == 0, started = p->started, closing = p->closing;
    bool came_through = p->came_through;
    if (p->was_idle || came_through)
        p->progress_ms = now;
    p->was_idle = p->came_through = false;
    pthread_mutex_unlock(&p->lock);

    bool linked = atomic_load(&p->links.n_up) > 0;
    if (atomic_load(&p->state) == LOG_WRITABLE) {
        if (!idle && now - p->progress_ms > KAFKA_STALL_MS)
            set_state(p, LOG_STALLED, "nothing comes through");
        else if (!linked && now - atomic_load(&p->links.down_ms) > KAFKA_STALL_MS)
            set_state(p, LOG_STALLED, "no broker is connected");
        return;
    }
    if (!started || closing || p->has_failed)
        return;
    if (came_through) {
        set_state(p, LOG_WRITABLE, NULL);
        return;
    }
    if (idle && linked && now - p->probed_ms >= PROBE_EVERY_MS) {
        bool has_leader = false;
        p->probed_ms = now;
        if (kafka_topic_look(p->rk, p->config.topic, PROBE_MS, &has_leader, NULL) == 0 &&
            has_leader)
            set_state(p, LOG_WRITABLE, NULL);
    }
}

static void *serve(void *arg)
{
    struct kafka_producer *p = arg;
    char why[LOG_ERROR_BYTES];
    for (;;) {
        if (p->rk) { /* this thread alone changes it */
            bool writable = atomic_load(&p->state) == LOG_WRITABLE;
            rd_kafka_poll(p->rk, writable ? SERVE_MS : STALLED_MS);
            if (rd_kafka_fatal_error(p->rk, why, sizeof why) != RD_KAFKA_RESP_ERR_NO_ERROR) {
                set_state(p, LOG_STALLED, "the producer has failed");
                p->has_failed = true;
            }
            if (p->has_failed && kafka_now_ms() - p->renewed_ms >= RENEW_EVERY_MS)
                renew(p, why);
        }
        pthread_mutex_lock(&p->lock);
        bool stop = p->stop, purge = p->purge;
        p->purge = false;
        pthread_mutex_unlock(&p->lock);
        if (stop || !p->rk)
            break;
        if (purge)
            rd_kafka_purge(p->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        judge(p);
        say_undelivered(p);
    }
    return NULL;
}

/* ---- the interface ---- */

struct kafka_producer *kafka_producer_create(const struct log_kafka_config *config, struct log *log,
                                             char error[LOG_ERROR_BYTES])
{
    struct kafka_producer *p = calloc(1, sizeof *p);
    if (!p) {
        snprintf(error, LOG_ERROR_BYTES, "no memory");
        return NULL;
    }
    p->config = *config;
    p->log = log;
    p->flights.next = p->flights.prev = &p->flights;
    p->told.next = p->told.prev = &p->told;
    atomic_init(&p->state, LOG_STALLED);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->changed, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&p->lock, NULL);
    if (open_client(p, error) != 0)
        goto fail;
    if (pthread_create(&p->thread, NULL, serve, p) != 0) {
        snprintf(error, LOG_ERROR_BYTES, "no thread to be had");
        goto fail;
    }
    p->has_thread = true;
    return p;

fail:
    kafka_producer_destroy(p);
    return NULL;
}

static struct timespec at_ms(int64_t ms)
{
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

void kafka_producer_start(struct kafka_producer *p, int64_t deadline_ms)
{
    struct timespec until = at_ms(deadline_ms);
    pthread_mutex_lock(&p->lock);
    p->started = true;
    while (atomic_load(&p->state) != LOG_WRITABLE &&
           pthread_cond_timedwait(&p->changed, &p->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&p->lock);
}

/* Headers a, o and g of a batch, or NULL without memory. */
static rd_kafka_headers_t *make_headers(const struct log_batch *batch)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(3);
    uint8_t origin[ORIGIN_BYTES];
    uint8_t small[1 + 8 * 512], *authors = small;
    size_t len = 1 + 8 * batch->n;
    if (batch->authors) {
        if (len > sizeof small && !(authors = malloc(len))) {
            rd_kafka_headers_destroy(headers);
            return NULL;
        }
        authors[0] = AUTHORS_VERSION;
        for (size_t i = 0; i < batch->n; i++)
            store_u64(authors + 1 + 8 * i, batch->authors[i]);
        rd_kafka_header_add(headers, "a", 1, authors, (ssize_t)len);
        if (authors != small)
            free(authors);
    }
    origin_store(origin, &batch->origin);
    rd_kafka_header_add(headers, "o", 1, origin, sizeof origin);
    if (batch->genesis)
        rd_kafka_header_add(headers, "g", 1, batch->genesis, GENESIS_BYTES);
    return headers;
}

/* Hand over to librdkafka. With the lock. */
static enum log_append produce(struct kafka_producer *p, const struct log_batch *batch,
                               rd_kafka_headers_t *headers, struct flight *f)
{
    const void *edits = batch->edits;
    rd_kafka_vu_t arguments[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = p->rkt},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = 0},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)edits, EDIT_BYTES * batch->n}},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = f},
    };
    rd_kafka_error_t *error =
        rd_kafka_produceva(p->rk, arguments, sizeof arguments / sizeof arguments[0]);
    if (!error)
        return LOG_ACCEPTED;
    enum log_append result = LOG_READONLY;
    if (rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        result = LOG_FULL;
    else
        diag_error("kafka: topic %s: a batch of %zu edits: %s", p->config.topic, batch->n,
                   rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    rd_kafka_headers_destroy(headers);
    return result;
}

enum log_append kafka_producer_append(struct kafka_producer *p, const struct log_batch *batch)
{
    enum log_append result = LOG_READONLY;
    if (atomic_load(&p->state) != LOG_WRITABLE)
        return result;
    rd_kafka_headers_t *headers = make_headers(batch);
    struct flight *f = malloc(sizeof *f);
    if (!f || !headers) {
        result = LOG_FULL;
        goto done;
    }
    *f = (struct flight){.origin = batch->origin};
    f->bytes = (EDIT_BYTES + (batch->authors ? 8 : 0)) * batch->n;

    pthread_mutex_lock(&p->lock);
    if (p->closing || !p->rk || atomic_load(&p->state) != LOG_WRITABLE) {
        ;
    } else if (p->batches >= LOG_FLIGHT_BATCHES || p->bytes + f->bytes > LOG_FLIGHT_BYTES) {
        result = LOG_FULL;
    } else {
        /* In the books first: its report may come before produce returns, but waits for the lock.
         */
        ring_add(&p->flights, f);
        p->was_idle |= p->batches == 0;
        p->batches++;
        p->bytes += f->bytes;
        result = produce(p, batch, headers, f);
        headers = NULL; /* gone either way */
        if (result == LOG_ACCEPTED) {
            f = NULL;
        } else {
            ring_remove(f);
            settle(p, f);
        }
    }
    pthread_mutex_unlock(&p->lock);

done:
    if (headers)
        rd_kafka_headers_destroy(headers);
    free(f);
    return result;
}

enum log_state kafka_producer_state(struct kafka_producer *p)
{
    return (enum log_state)atomic_load(&p->state);
}

void kafka_producer_flush(struct kafka_producer *p, int timeout_ms)
{
    int64_t now = kafka_now_ms();
    pthread_mutex_lock(&p->lock);
    p->closing = true;
    struct timespec until = at_ms(now + timeout_ms);
    while (p->batches > 0 && pthread_cond_timedwait(&p->changed, &p->lock, &until) == 0)
        ;
    if (p->batches > 0) { /* what was never sent can still be refused */
        p->purge = true;
        until = at_ms(kafka_now_ms() + PURGE_MS);
        while (p->batches > 0 && pthread_cond_timedwait(&p->changed, &p->lock, &until) == 0)
            ;
    }
    pthread_mutex_unlock(&p->lock);
    give_up_flights(p);
    pthread_mutex_lock(&p->lock);
    while (p->batches > 0) /* some are being told at this moment */
        pthread_cond_wait(&p->changed, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

void kafka_producer_destroy(struct kafka_producer *p)
{
    if (!p)
        return;
    if (p->has_thread) {
        kafka_producer_flush(p, 5000);
        pthread_mutex_lock(&p->lock);
        p->stop = true;
        pthread_mutex_unlock(&p->lock);
        pthread_join(p->thread, NULL);
    }
    close_client(p);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

void kafka_producer_test_fatal(struct kafka_producer *p)
{
    pthread_mutex_lock(&p->lock);
    if (p->rk)
        rd_kafka_test_fatal_error(p->rk, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "a test");
    pthread_mutex_unlock(&p->lock);
}
