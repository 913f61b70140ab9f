/* SPDX-License-Identifier: ISC */
/* kafka_producer: see kafka_producer.h. */
#include "log/kafka/kafka_producer.h"

#include <stdio.h>
#include <stdlib.h>

#include "sys/clock.h"
#include "sys/diag.h"

enum {
    CLOSE_MS = 1000, /* how long closing waits for delivery reports */
    POLL_MS = 20,
};

/* Several records go out together, in one batch of Kafka's: no more of them than the topic takes at
 * once. */
static void limit_batches(rd_kafka_conf_t *conf, size_t message_max)
{
    char value[24] = "";
    size_t len = sizeof value;
    if (message_max == 0 ||
        rd_kafka_conf_get(conf, "batch.size", value, &len) != RD_KAFKA_CONF_OK ||
        strtoull(value, NULL, 10) <= message_max)
        return;
    snprintf(value, sizeof value, "%zu", message_max);
    rd_kafka_conf_set(conf, "batch.size", value, NULL, 0);
}

int kafka_producer_open(struct kafka_producer *p, const struct kafka_settings *settings,
                        size_t message_max, kafka_delivered_fn *delivered, void *opaque,
                        char error[LOG_ERROR_BYTES])
{
    char why[LOG_ERROR_BYTES - 16];
    p->rk = NULL;
    p->rkt = NULL;
    kafka_links_init(&p->links);
    rd_kafka_conf_t *conf = kafka_conf(settings, KAFKA_WRITER, &p->links, error);
    if (!conf)
        return -1;
    limit_batches(conf, message_max);
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_conf_set_opaque(conf, opaque);
    p->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!p->rk) {
        rd_kafka_conf_destroy(conf);
        snprintf(error, LOG_ERROR_BYTES, "kafka: %s", why);
        return -1;
    }
    p->rkt = rd_kafka_topic_new(p->rk, settings->topic, NULL);
    if (!p->rkt) {
        snprintf(error, LOG_ERROR_BYTES, "kafka: topic %.64s: %s", settings->topic,
                 rd_kafka_err2str(rd_kafka_last_error()));
        rd_kafka_destroy(p->rk);
        p->rk = NULL;
        return -1;
    }
    return 0;
}

void kafka_producer_close(struct kafka_producer *p)
{
    if (!p->rk)
        return;
    rd_kafka_purge(p->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    int64_t until = clock_now_ms() + CLOSE_MS;
    while (rd_kafka_outq_len(p->rk) > 0 && clock_now_ms() < until)
        rd_kafka_poll(p->rk, POLL_MS);
    rd_kafka_topic_destroy(p->rkt);
    rd_kafka_destroy(p->rk);
    p->rk = NULL;
    p->rkt = NULL;
}

/* Headers a, o, g and e of a batch, or NULL without memory. */
static rd_kafka_headers_t *make_headers(const struct log_batch *batch)
{
    uint8_t origin[ORIGIN_BYTES];
    rd_kafka_headers_t *headers = rd_kafka_headers_new(4);
    if (!headers)
        return NULL;
    origin_store(origin, &batch->origin);
    if (batch->authors.data)
        rd_kafka_header_add(headers, "a", 1, batch->authors.data, (ssize_t)batch->authors.len);
    rd_kafka_header_add(headers, "o", 1, origin, sizeof origin);
    if (batch->genesis)
        rd_kafka_header_add(headers, "g", 1, batch->genesis, GENESIS_BYTES);
    if (batch->energy.data)
        rd_kafka_header_add(headers, "e", 1, batch->energy.data, (ssize_t)batch->energy.len);
    return headers;
}

enum log_append kafka_producer_send(struct kafka_producer *p, const struct log_batch *batch,
                                    void *private)
{
    const void *value = batch->value.data;
    rd_kafka_headers_t *headers = make_headers(batch);
    if (!headers)
        return LOG_FULL;
    rd_kafka_vu_t arguments[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = p->rkt},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = 0},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)value, batch->value.len}},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = batch->time_ms}, /* 0: now, here too */
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = private},
    };
    rd_kafka_error_t *error =
        rd_kafka_produceva(p->rk, arguments, sizeof arguments / sizeof arguments[0]);
    if (!error)
        return LOG_ACCEPTED; /* the headers are librdkafka's now */
    enum log_append result = LOG_READONLY;
    if (rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        result = LOG_FULL;
    else
        diag_error("kafka: topic %s: a record of %zu bytes: %s", rd_kafka_topic_name(p->rkt),
                   batch->value.len, rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    rd_kafka_headers_destroy(headers);
    return result;
}
