/* SPDX-License-Identifier: ISC */
/* log_kafka: opens the two clients and the topic, and passes calls on to them. */
#include "log/kafka/log_kafka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/diag.h"
#include "log/kafka/log_kafka_internal.h"

struct log_kafka {
    struct log log;                 /* first: a log is cast to it */
    struct log_kafka_config config; /* our own copies */
    struct kafka_property *properties;
    char *cluster;
    struct kafka_consumer *consumer;
    struct kafka_producer *producer;
};

static struct log_kafka *kafka_of(struct log *log)
{
    return (struct log_kafka *)log;
}

static struct log_identity identify(struct log *log)
{
    return (struct log_identity){.cluster = kafka_of(log)->cluster,
                                 .topic = kafka_of(log)->config.topic};
}

static int bounds(struct log *log, struct log_bounds *result, char error[LOG_ERROR_BYTES])
{
    return kafka_consumer_bounds(kafka_of(log)->consumer, result, error);
}

static int seek(struct log *log, uint64_t offset, char error[LOG_ERROR_BYTES])
{
    return kafka_consumer_seek(kafka_of(log)->consumer, offset, error);
}

static enum log_event poll(struct log *log, int timeout_ms, size_t *delivered,
                           char error[LOG_ERROR_BYTES])
{
    return kafka_consumer_poll(kafka_of(log)->consumer, timeout_ms, delivered, error);
}

static bool caught_up(struct log *log)
{
    return kafka_consumer_caught_up(kafka_of(log)->consumer);
}

static void wake(struct log *log)
{
    kafka_consumer_wake(kafka_of(log)->consumer);
}

static enum log_append append(struct log *log, const struct log_batch *batch)
{
    struct kafka_producer *producer = kafka_of(log)->producer;
    return producer ? kafka_producer_append(producer, batch) : LOG_READONLY;
}

static enum log_state state(struct log *log)
{
    struct kafka_producer *producer = kafka_of(log)->producer;
    return producer ? kafka_producer_state(producer) : LOG_STALLED;
}

static void flush(struct log *log, int timeout_ms)
{
    if (kafka_of(log)->producer)
        kafka_producer_flush(kafka_of(log)->producer, timeout_ms);
}

static void destroy(struct log *log)
{
    struct log_kafka *k = kafka_of(log);
    kafka_producer_destroy(k->producer);
    kafka_consumer_destroy(k->consumer);
    for (size_t i = 0; k->properties && i < k->config.n_properties; i++) {
        free((char *)(uintptr_t)k->properties[i].name);
        free((char *)(uintptr_t)k->properties[i].value);
    }
    free(k->properties);
    free((char *)(uintptr_t)k->config.brokers);
    free((char *)(uintptr_t)k->config.topic);
    free(k->cluster);
    free(k);
}

static const struct log_ops ops = {
    .identify = identify,
    .bounds = bounds,
    .seek = seek,
    .poll = poll,
    .caught_up = caught_up,
    .wake = wake,
    .append = append,
    .state = state,
    .flush = flush,
    .destroy = destroy,
};

/* The caller's strings may go; a producer that is renewed needs them later. -1 without memory. */
static int copy_config(struct log_kafka *k, const struct log_kafka_config *config)
{
    k->config = (struct log_kafka_config){
        .brokers = strdup(config->brokers),
        .topic = strdup(config->topic),
        .replication = config->replication,
        .n_properties = config->n_properties,
        .readonly = config->readonly,
    };
    k->properties = calloc(config->n_properties + 1, sizeof *k->properties);
    if (!k->config.brokers || !k->config.topic || !k->properties)
        return -1;
    k->config.properties = k->properties;
    for (size_t i = 0; i < config->n_properties; i++) {
        k->properties[i].name = strdup(config->properties[i].name);
        k->properties[i].value = strdup(config->properties[i].value);
        if (!k->properties[i].name || !k->properties[i].value)
            return -1;
    }
    return 0;
}

struct log *log_kafka_open(const struct log_kafka_config *config, char error[LOG_ERROR_BYTES])
{
    int64_t deadline = kafka_now_ms() + KAFKA_OPEN_MS;
    struct log_kafka *k = calloc(1, sizeof *k);
    if (!k) {
        snprintf(error, LOG_ERROR_BYTES, "no memory");
        return NULL;
    }
    k->log.ops = &ops;
    if (copy_config(k, config) != 0) {
        snprintf(error, LOG_ERROR_BYTES, "no memory");
        goto fail;
    }
    k->consumer = kafka_consumer_create(&k->config, &k->log, error);
    if (!k->consumer)
        goto fail;
    if (!config->readonly && !(k->producer = kafka_producer_create(&k->config, &k->log, error)))
        goto fail;
    /* The consumer asks: the producer may be renewed at any moment. */
    rd_kafka_t *rk = kafka_consumer_client(k->consumer);
    if (kafka_topic_prepare(rk, &k->config, deadline, error) != 0)
        goto fail;
    char *cluster = rd_kafka_clusterid(rk, 1000);
    k->cluster = cluster ? strdup(cluster) : NULL;
    rd_kafka_mem_free(rk, cluster);
    if (!k->cluster) {
        snprintf(error, LOG_ERROR_BYTES, "kafka: %.100s does not say which cluster it is",
                 config->brokers);
        goto fail;
    }
    if (k->producer)
        kafka_producer_start(k->producer, deadline);
    if (k->producer && kafka_producer_state(k->producer) != LOG_WRITABLE)
        diag_warn("kafka: topic %s: the producer is not ready yet: read-only until it is",
                  config->topic);
    return &k->log;

fail:
    destroy(&k->log);
    return NULL;
}

void log_kafka_test_fatal(struct log *log)
{
    kafka_producer_test_fatal(kafka_of(log)->producer);
}
