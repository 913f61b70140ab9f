/* SPDX-License-Identifier: ISC */
/* kafka_topic: see kafka_topic.h. */
#include "log/kafka/kafka_topic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/kafka/kafka_admin.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    ASK_MS = 1000, /* one question to a broker */
    AGAIN_MS = 100,
    RECORD_OVERHEAD = 256, /* of a record alone in its batch: 140 bytes at most with the headers
                              o, g and e, and something for compression that makes it longer */
};

static size_t parse_size(const char *text)
{
    return (size_t)strtoull(text, NULL, 10);
}

rd_kafka_resp_err_t kafka_topic_look(rd_kafka_t *rk, const char *topic, int timeout_ms,
                                     bool *has_leader, int *n_partitions)
{
    rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, topic, NULL);
    if (!rkt)
        return rd_kafka_last_error();
    const struct rd_kafka_metadata *md = NULL;
    rd_kafka_resp_err_t err = rd_kafka_metadata(rk, 0, rkt, &md, timeout_ms);
    rd_kafka_topic_destroy(rkt);
    if (err)
        return err;
    *has_leader = false;
    int n = 0;
    if (md->topic_cnt == 1) {
        const struct rd_kafka_metadata_topic *t = &md->topics[0];
        if (t->err && t->err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART &&
            t->err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
            err = t->err;
        n = t->partition_cnt;
        for (int i = 0; i < n; i++)
            *has_leader |= t->partitions[i].id == 0 && t->partitions[i].leader >= 0;
    }
    if (n_partitions)
        *n_partitions = n;
    rd_kafka_metadata_destroy(md);
    return err;
}

static int create(rd_kafka_t *rk, const struct kafka_settings *settings,
                  char error[LOG_ERROR_BYTES])
{
    const struct log_property properties[] = {
        {"cleanup.policy", "delete"},
        {"retention.ms", "-1"},
        {"retention.bytes", "-1"},
        {"message.timestamp.type", settings->keep_times ? "CreateTime" : "LogAppendTime"},
    };
    const struct kafka_new_topic topic = {
        .name = settings->topic,
        .partitions = 1,
        .replication = settings->replication,
        .properties = properties,
        .n_properties = sizeof properties / sizeof properties[0],
    };
    bool made;
    if (kafka_admin_create(rk, &topic, &made, error) != 0)
        return -1;
    if (made) /* else another server was faster: then it is verified like any other */
        diag_info("kafka: made topic %s: one partition, kept for ever", settings->topic);
    return 0;
}

/* One property of the topic: -1 with a reason when it makes the topic unfit. */
static int judge(const char *topic, const char *name, const char *value,
                 char error[LOG_ERROR_BYTES])
{
    if (strcmp(name, "cleanup.policy") == 0 && strstr(value, "compact")) {
        snprintf(error, LOG_ERROR_BYTES,
                 "kafka: topic %.64s has cleanup.policy=%.32s: compaction would lose edits", topic,
                 value);
        return -1;
    }
    if (strcmp(name, "max.message.bytes") == 0 && kafka_record_max(parse_size(value)) == 0) {
        snprintf(error, LOG_ERROR_BYTES,
                 "kafka: topic %.64s has max.message.bytes=%.32s: at least %d is needed, and "
                 "1048588, Kafka's default, is better",
                 topic, value, RECORD_OVERHEAD + LOG_RECORD_MIN);
        return -1;
    }
    if (strcmp(name, "max.message.bytes") == 0 &&
        kafka_record_max(parse_size(value)) < LOG_RECORD_MAX)
        diag_warn(
            "kafka: topic %s has max.message.bytes=%s: batches are cut to that; 1048588, "
            "Kafka's default, is better",
            topic, value);
    if ((strcmp(name, "retention.ms") == 0 || strcmp(name, "retention.bytes") == 0) &&
        strcmp(value, "-1") != 0)
        diag_warn(
            "kafka: topic %s has %s=%s: the log will lose its beginning, and then no server "
            "can start without a checkpoint; set it to -1",
            topic, name, value);
    if (strcmp(name, "message.timestamp.type") == 0 && strcmp(value, "LogAppendTime") != 0)
        diag_warn("kafka: topic %s has %s=%s: times are the servers' own; LogAppendTime is better",
                  topic, name, value);
    return 0;
}

static int verify(rd_kafka_t *rk, const struct kafka_settings *settings,
                  struct kafka_topic_traits *traits, char error[LOG_ERROR_BYTES])
{
    int rc = 0;
    size_t n;
    rd_kafka_event_t *event;
    const rd_kafka_ConfigEntry_t **entries;
    *traits = (struct kafka_topic_traits){.times = LOG_TIMES_UNKNOWN};
    rd_kafka_resp_err_t err = kafka_admin_describe(rk, settings->topic, &event, &entries, &n);
    if (err) /* the right to ask may be missing; the log works without */
        diag_warn("kafka: the settings of topic %s cannot be verified: %s", settings->topic,
                  rd_kafka_err2str(err));
    for (size_t i = 0; i < n && rc == 0; i++) {
        const char *name = rd_kafka_ConfigEntry_name(entries[i]);
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);
        if (!value)
            continue;
        rc = judge(settings->topic, name, value, error);
        if (strcmp(name, "max.message.bytes") == 0)
            traits->message_max = parse_size(value);
        if (strcmp(name, "message.timestamp.type") == 0)
            traits->times =
                strcmp(value, "LogAppendTime") == 0 ? LOG_TIMES_ITS_OWN : LOG_TIMES_KEPT;
    }
    if (event)
        rd_kafka_event_destroy(event);
    return rc;
}

size_t kafka_topic_message_max(rd_kafka_t *rk, const struct kafka_settings *settings)
{
    size_t n, message_max = 0;
    rd_kafka_event_t *event;
    const rd_kafka_ConfigEntry_t **entries;
    kafka_admin_describe(rk, settings->topic, &event, &entries, &n);
    for (size_t i = 0; i < n; i++) {
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);
        if (value && strcmp(rd_kafka_ConfigEntry_name(entries[i]), "max.message.bytes") == 0)
            message_max = parse_size(value);
    }
    if (event)
        rd_kafka_event_destroy(event);
    return message_max;
}

size_t kafka_record_max(size_t message_max)
{
    if (message_max == 0 || message_max > RECORD_OVERHEAD + LOG_RECORD_MAX)
        return LOG_RECORD_MAX;
    return message_max < RECORD_OVERHEAD + LOG_RECORD_MIN ? 0 : message_max - RECORD_OVERHEAD;
}

int kafka_topic_prepare(rd_kafka_t *rk, const struct kafka_settings *settings, int64_t deadline_ms,
                        struct kafka_topic_traits *traits, char error[LOG_ERROR_BYTES])
{
    bool has_leader = false, made = false;
    int n = 0;
    for (;;) {
        rd_kafka_resp_err_t err = kafka_topic_look(rk, settings->topic, ASK_MS, &has_leader, &n);
        if (!err && n == 0 && settings->readonly) {
            snprintf(error, LOG_ERROR_BYTES, "kafka: there is no topic %.64s at %.100s",
                     settings->topic, settings->brokers);
            return -1;
        }
        if (!err && n == 0 && !made) {
            if (create(rk, settings, error) != 0)
                return -1;
            made = true;
            deadline_ms = clock_now_ms() + KAFKA_LEADER_MS;
            continue;
        }
        if (!err && n > 0 && has_leader)
            break;
        if (err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
            err == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION || clock_now_ms() >= deadline_ms) {
            snprintf(error, LOG_ERROR_BYTES, "kafka: topic %.64s at %.100s: %s", settings->topic,
                     settings->brokers,
                     err == RD_KAFKA_RESP_ERR__TRANSPORT || err == RD_KAFKA_RESP_ERR__TIMED_OUT
                         ? "no broker answers"
                     : err ? rd_kafka_err2str(err)
                           : "its partition has no leader");
            return -1;
        }
        clock_pause_ms(AGAIN_MS);
    }
    if (n != 1) {
        snprintf(error, LOG_ERROR_BYTES,
                 "kafka: topic %.64s has %d partitions: one log is one partition", settings->topic,
                 n);
        return -1;
    }
    return verify(rk, settings, traits, error);
}
