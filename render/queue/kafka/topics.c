/* SPDX-License-Identifier: ISC */
/* topics: see topics.h. */
#include "render/queue/kafka/topics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/kafka/kafka_admin.h"
#include "log/kafka/kafka_topic.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    PARTITIONS = 64,
    PARTITIONS_MAX = 1024,
    PREFIX_MAX = 100,
    ASK_MS = 1000,
    AGAIN_MS = 100,
    PROPERTIES = 3,
};

/* What a topic that has to be made keeps. */
static const struct {
    bool shared;
    struct log_property properties[PROPERTIES];
} kinds[QUEUE_TOPICS] = {
    [QUEUE_UPLOADS] = {true,
                       {{"cleanup.policy", "delete"},
                        {"message.timestamp.type", "LogAppendTime"},
                        {"retention.ms", "2592000000"}}}, /* 30 days */
    [QUEUE_TILES] = {true,
                     {{"cleanup.policy", "delete"},
                      {"message.timestamp.type", "LogAppendTime"},
                      {"retention.ms", "2592000000"}}},
    [QUEUE_EVENTS] = {false,
                      {{"cleanup.policy", "delete"},
                       {"message.timestamp.type", "LogAppendTime"},
                       {"retention.ms", "86400000"}}}, /* a day */
    [QUEUE_DEAD] = {false,
                    {{"cleanup.policy", "delete"},
                     {"message.timestamp.type", "LogAppendTime"},
                     {"retention.ms", "-1"}}},
};

int topics_init(struct topics *topics, const char *where, const struct queue_options *options,
                char error[QUEUE_ERROR_BYTES])
{
    /* Tasks come many at a time: what is appended within some milliseconds goes out together. */
    size_t n = options->n_properties + 1;
    struct log_property *properties = calloc(n, sizeof *properties);
    if (!properties) {
        snprintf(error, QUEUE_ERROR_BYTES, "no memory");
        return -1;
    }
    properties[0] = (struct log_property){"linger.ms", "5"};
    for (size_t i = 1; i < n; i++)
        properties[i] = options->properties[i - 1];
    const struct log_options log_options = {
        .replication = options->replication, .properties = properties, .n_properties = n};
    int rc = kafka_settings_init(&topics->settings, where, &log_options, error);
    free(properties);
    if (rc != 0)
        return -1;
    topics->partitions = options->partitions ? options->partitions : PARTITIONS;
    const char *prefix = topics->settings.topic;
    if (strlen(prefix) > PREFIX_MAX || topics->partitions > PARTITIONS_MAX ||
        prefix[strspn(prefix,
                      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                      "._-")]) {
        snprintf(
            error, QUEUE_ERROR_BYTES,
            "kafka://%.100s: expected a prefix of at most %d of A-Z a-z 0-9 . _ -, and at most "
            "%d partitions",
            where, PREFIX_MAX, PARTITIONS_MAX);
        topics_finish(topics);
        return -1;
    }
    for (int t = 0; t < QUEUE_TOPICS; t++)
        snprintf(topics->names[t], sizeof topics->names[t], "%.*s.%s", PREFIX_MAX, prefix,
                 queue_topic_name((enum queue_topic)t));
    return 0;
}

void topics_finish(struct topics *topics)
{
    kafka_settings_finish(&topics->settings);
}

static int make(const struct topics *topics, rd_kafka_t *rk, int t, bool *made,
                char error[QUEUE_ERROR_BYTES])
{
    const struct kafka_new_topic topic = {
        .name = topics->names[t],
        .partitions = kinds[t].shared ? (int)topics->partitions : 1,
        .replication = topics->settings.replication,
        .properties = kinds[t].properties,
        .n_properties = PROPERTIES,
    };
    if (kafka_admin_create(rk, &topic, made, error) != 0)
        return -1;
    if (*made)
        diag_info("kafka: made topic %s: partitions %d, retention.ms %s", topic.name,
                  topic.partitions, kinds[t].properties[PROPERTIES - 1].value);
    return 0;
}

static int verify(const struct topics *topics, rd_kafka_t *rk, int t, int n_partitions,
                  char error[QUEUE_ERROR_BYTES])
{
    size_t n;
    rd_kafka_event_t *event;
    const rd_kafka_ConfigEntry_t **entries;
    int rc = 0;
    if (!kinds[t].shared && n_partitions != 1) {
        snprintf(error, QUEUE_ERROR_BYTES, "kafka: topic %.100s has %d partitions, expected 1",
                 topics->names[t], n_partitions);
        return -1;
    }
    rd_kafka_resp_err_t err = kafka_admin_describe(rk, topics->names[t], &event, &entries, &n);
    if (err) /* the right to ask may be missing; the queue works without */
        diag_warn("kafka: the settings of topic %s cannot be verified: %s", topics->names[t],
                  rd_kafka_err2str(err));
    for (size_t i = 0; i < n; i++) {
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);
        if (!value || strcmp(rd_kafka_ConfigEntry_name(entries[i]), "cleanup.policy") != 0 ||
            !strstr(value, "compact"))
            continue;
        snprintf(error, QUEUE_ERROR_BYTES,
                 "kafka: topic %.100s has cleanup.policy=%.32s: compaction would lose records",
                 topics->names[t], value);
        rc = -1;
    }
    if (event)
        rd_kafka_event_destroy(event);
    return rc;
}

static int prepare(const struct topics *topics, rd_kafka_t *rk, int t, int64_t deadline_ms,
                   char error[QUEUE_ERROR_BYTES])
{
    bool has_leader = false, asked = false, made = false;
    int n = 0;
    for (;;) {
        rd_kafka_resp_err_t err = kafka_topic_look(rk, topics->names[t], ASK_MS, &has_leader, &n);
        if (!err && n > 0 && has_leader)
            /* What was just made needs no verification. */
            return made ? 0 : verify(topics, rk, t, n, error);
        if (!err && n == 0 && !asked) {
            if (make(topics, rk, t, &made, error) != 0)
                return -1;
            asked = true;
            deadline_ms = clock_now_ms() + KAFKA_LEADER_MS;
            continue;
        }
        if (err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED || clock_now_ms() >= deadline_ms) {
            snprintf(error, QUEUE_ERROR_BYTES, "kafka: topic %.64s at %.100s: %s", topics->names[t],
                     topics->settings.brokers,
                     err == RD_KAFKA_RESP_ERR__TRANSPORT || err == RD_KAFKA_RESP_ERR__TIMED_OUT
                         ? "no broker answers"
                     : err ? rd_kafka_err2str(err)
                           : "its partitions have no leader");
            return -1;
        }
        clock_pause_ms(AGAIN_MS);
    }
}

int topics_prepare(const struct topics *topics, rd_kafka_t *rk, int64_t deadline_ms,
                   char error[QUEUE_ERROR_BYTES])
{
    for (int t = 0; t < QUEUE_TOPICS; t++)
        if (prepare(topics, rk, t, deadline_ms, error) != 0)
            return -1;
    return 0;
}
