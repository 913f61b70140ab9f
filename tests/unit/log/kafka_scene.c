/* SPDX-License-Identifier: ISC */
/* kafka_scene: see kafka_scene.h. */
#include "kafka_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "log/open.h"

const char *brokers;

void *kafka_create(void)
{
    static unsigned count;
    char name[64];
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    snprintf(name, sizeof name, "t%lld-%ld-%d-%u", (long long)t.tv_sec, t.tv_nsec / 1000, getpid(),
             ++count);
    return strdup(name);
}

void kafka_destroy(void *store)
{
    free(store);
}

struct log *open_with(const char *topic, const struct log_property *properties, size_t n,
                      char error[LOG_ERROR_BYTES])
{
    char url[256];
    const struct log_options options = {.properties = properties, .n_properties = n};
    snprintf(url, sizeof url, "kafka://%s/%s", brokers, topic);
    return log_open(url, &options, error);
}

struct log *kafka_open(void *store)
{
    char error[LOG_ERROR_BYTES] = "";
    struct log *log = open_with(store, NULL, 0, error);
    if (!log)
        fprintf(stderr, "%s\n", error);
    return log;
}

rd_kafka_t *bare_producer(const char *transactional_id)
{
    char why[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers, NULL, 0);
    if (transactional_id)
        rd_kafka_conf_set(conf, "transactional.id", transactional_id, NULL, 0);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    assert_non_null(rk);
    return rk;
}

void make_topic(const char *name, int partitions, const char *const *settings)
{
    char why[256];
    rd_kafka_t *rk = bare_producer(NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(name, partitions, 1, why, sizeof why);
    for (; settings && *settings; settings += 2)
        rd_kafka_NewTopic_set_config(topic, settings[0], settings[1]);
    rd_kafka_CreateTopics(rk, &topic, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 10000);
    assert_non_null(event);
    assert_int_equal(rd_kafka_event_error(event), 0);
    rd_kafka_event_destroy(event);
    rd_kafka_NewTopic_destroy(topic);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(rk);
}

void set_topic(const char *name, const char *setting, const char *value)
{
    rd_kafka_t *rk = bare_producer(NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_ConfigResource_t *resource =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name);
    rd_kafka_ConfigResource_set_config(resource, setting, value);
    rd_kafka_AlterConfigs(rk, &resource, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 10000);
    assert_non_null(event);
    assert_int_equal(rd_kafka_event_error(event), 0);
    rd_kafka_event_destroy(event);
    rd_kafka_ConfigResource_destroy(resource);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(rk);
}

void put(rd_kafka_t *rk, const char *topic, const char *value, size_t len)
{
    rd_kafka_resp_err_t err;
    do {
        err = rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0),
                                RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                RD_KAFKA_V_VALUE((void *)(uintptr_t)value, len), RD_KAFKA_V_END);
    } while (err == RD_KAFKA_RESP_ERR__QUEUE_FULL && rd_kafka_poll(rk, 10) >= 0);
    assert_int_equal(err, 0);
}

void read_records(struct opened *o, struct collector *c, size_t n)
{
    char error[LOG_ERROR_BYTES] = "";
    size_t delivered;
    uint64_t until = test_now_ms() + 120000;
    while (c->n < n && test_now_ms() < until)
        if (log_reader_poll(o->reader, 100, &delivered, error) == LOG_FAILED)
            fail_msg("%s", error);
    assert_int_equal(c->n, n);
}
