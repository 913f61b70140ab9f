/* SPDX-License-Identifier: ISC */
/* appender: see appender.h. */
#include "render/queue/kafka/appender.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/kafka/kafka_links.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    FLIGHT_RECORDS = 64 * 1024, /* without outcome */
    FLIGHT_BYTES = 16 * 1024 * 1024,
    POLL_MS = 100,
    FLUSH_MS = 5000, /* at the destruction */
    PURGE_MS = 10000,
    RENEW_EVERY_MS = 1000,
    SAY_EVERY_MS = 10000,
};

struct appender {
    const struct topics *topics;
    struct kafka_links links;
    pthread_t thread;
    atomic_bool stop;
    atomic_size_t records, bytes; /* without outcome */
    unsigned undelivered;         /* the thread's: since that was said last */
    int64_t said_ms;

    pthread_mutex_t lock; /* of what follows */
    rd_kafka_t *rk;       /* NULL while it is replaced */
    rd_kafka_topic_t *rkt[QUEUE_TOPICS];
};

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    struct appender *a = opaque;
    struct queue_outcome *outcome = m->_private;
    if (m->err && a->undelivered++ == 0)
        diag_warn("kafka: topic %s: a record was not delivered: %s", rd_kafka_topic_name(m->rkt),
                  rd_kafka_err2str(m->err));
    atomic_fetch_sub(&a->records, 1);
    atomic_fetch_sub(&a->bytes, m->len);
    if (outcome)
        outcome->known(outcome, !m->err, m->err ? rd_kafka_err2str(m->err) : "");
}

static void say_undelivered(struct appender *a)
{
    int64_t now = clock_now_ms();
    if (a->undelivered == 0 || now - a->said_ms < SAY_EVERY_MS)
        return;
    if (a->undelivered > 1)
        diag_warn("kafka: %u more records were not delivered", a->undelivered - 1);
    a->undelivered = 0;
    a->said_ms = now;
}

/* ---- one producer ---- */

static int open_producer(struct appender *a, char error[QUEUE_ERROR_BYTES])
{
    char why[QUEUE_ERROR_BYTES - 16];
    kafka_links_init(&a->links);
    rd_kafka_conf_t *conf = kafka_conf(&a->topics->settings, KAFKA_WRITER, &a->links, error);
    if (!conf)
        return -1;
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_opaque(conf, a);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!rk) {
        rd_kafka_conf_destroy(conf);
        snprintf(error, QUEUE_ERROR_BYTES, "kafka: %s", why);
        return -1;
    }
    pthread_mutex_lock(&a->lock);
    for (int t = 0; t < QUEUE_TOPICS; t++)
        a->rkt[t] = rd_kafka_topic_new(rk, a->topics->names[t], NULL);
    a->rk = rk;
    pthread_mutex_unlock(&a->lock);
    return 0;
}

/* Every outcome is known afterwards. */
static void close_producer(struct appender *a)
{
    rd_kafka_topic_t *rkt[QUEUE_TOPICS];
    pthread_mutex_lock(&a->lock);
    rd_kafka_t *rk = a->rk;
    a->rk = NULL;
    memcpy(rkt, a->rkt, sizeof rkt);
    pthread_mutex_unlock(&a->lock);
    if (!rk)
        return;
    rd_kafka_purge(rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    int64_t until = clock_now_ms() + PURGE_MS;
    while (rd_kafka_outq_len(rk) > 0 && clock_now_ms() < until)
        rd_kafka_poll(rk, POLL_MS);
    for (int t = 0; t < QUEUE_TOPICS; t++)
        if (rkt[t])
            rd_kafka_topic_destroy(rkt[t]);
    rd_kafka_destroy(rk);
}

static void renew(struct appender *a, const char *why)
{
    char error[QUEUE_ERROR_BYTES];
    diag_warn("kafka: making a new producer: %s", why);
    close_producer(a);
    while (open_producer(a, error) != 0 && !atomic_load(&a->stop)) {
        diag_error("%s", error);
        clock_pause_ms(RENEW_EVERY_MS);
    }
}

/* ---- the thread ---- */

static void *serve(void *arg)
{
    struct appender *a = arg;
    char why[QUEUE_ERROR_BYTES];
    while (!atomic_load(&a->stop)) {
        rd_kafka_poll(a->rk, POLL_MS); /* only this thread replaces it */
        if (rd_kafka_fatal_error(a->rk, why, sizeof why) != 0) {
            renew(a, why);
            clock_pause_ms(RENEW_EVERY_MS / 10); /* one that fails at once must not make us spin */
        }
        if (!a->rk)
            break; /* stopped while there was none */
        say_undelivered(a);
    }
    if (a->rk)
        rd_kafka_flush(a->rk, FLUSH_MS);
    close_producer(a);
    return NULL;
}

/* ---- the interface ---- */

int appender_append(struct appender *a, enum queue_topic topic, struct queue_bytes key,
                    struct queue_bytes value, struct queue_outcome *outcome)
{
    int rc = -1;
    if (atomic_load(&a->records) >= FLIGHT_RECORDS ||
        atomic_load(&a->bytes) + value.len > FLIGHT_BYTES)
        return -1;
    /* Counted first: the outcome may be known before the call returns. */
    atomic_fetch_add(&a->records, 1);
    atomic_fetch_add(&a->bytes, value.len);
    pthread_mutex_lock(&a->lock);
    if (a->rk && a->rkt[topic])
        rc = rd_kafka_produce(a->rkt[topic], RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                              (void *)(uintptr_t)value.bytes, value.len, key.bytes, key.len,
                              outcome);
    pthread_mutex_unlock(&a->lock);
    if (rc == 0)
        return 0;
    atomic_fetch_sub(&a->records, 1);
    atomic_fetch_sub(&a->bytes, value.len);
    return -1;
}

rd_kafka_t *appender_client(struct appender *a)
{
    return a->rk;
}

void appender_test_fatal(struct appender *a)
{
    pthread_mutex_lock(&a->lock);
    if (a->rk)
        rd_kafka_test_fatal_error(a->rk, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "a test");
    pthread_mutex_unlock(&a->lock);
}

struct appender *appender_create(const struct topics *topics, char error[QUEUE_ERROR_BYTES])
{
    struct appender *a = calloc(1, sizeof *a);
    int rc = a ? pthread_mutex_init(&a->lock, NULL) : ENOMEM;
    if (rc != 0)
        goto no_lock;
    a->topics = topics;
    if (open_producer(a, error) != 0)
        goto no_producer;
    rc = pthread_create(&a->thread, NULL, serve, a);
    if (rc == 0)
        return a;
    close_producer(a);
no_producer:
    pthread_mutex_destroy(&a->lock);
no_lock:
    if (rc != 0)
        snprintf(error, QUEUE_ERROR_BYTES, "kafka: the producer cannot be started: %s",
                 strerror(rc));
    free(a);
    return NULL;
}

void appender_destroy(struct appender *a)
{
    if (!a)
        return;
    atomic_store(&a->stop, true);
    pthread_join(a->thread, NULL);
    pthread_mutex_destroy(&a->lock);
    free(a);
}
