/* SPDX-License-Identifier: ISC */
/* kafka_admin: see kafka_admin.h. */
#include "log/kafka/kafka_admin.h"

#include <stdio.h>

enum {
    ANSWER_MS = 1000, /* beyond the time that a request has */
    CREATE_MS = 5000,
    DESCRIBE_MS = 3000,
};

/* Send an administrative request by submit; its answer, to be destroyed, or NULL. */
static rd_kafka_event_t *ask(rd_kafka_t *rk, rd_kafka_admin_op_t op, int timeout_ms,
                             void (*submit)(rd_kafka_t *rk, rd_kafka_AdminOptions_t *options,
                                            rd_kafka_queue_t *queue, const void *what),
                             const void *what)
{
    char why[128];
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, op);
    rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, why, sizeof why);
    submit(rk, options, queue, what);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, timeout_ms + ANSWER_MS);
    rd_kafka_queue_destroy(queue);
    return event;
}

static void submit_create(rd_kafka_t *rk, rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *queue,
                          const void *what)
{
    const struct kafka_new_topic *wanted = what;
    char why[128];
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(wanted->name, wanted->partitions,
                                                       wanted->replication, why, sizeof why);
    if (!topic)
        return; /* the name was refused before */
    for (size_t i = 0; i < wanted->n_properties; i++)
        rd_kafka_NewTopic_set_config(topic, wanted->properties[i].name,
                                     wanted->properties[i].value);
    rd_kafka_CreateTopics(rk, &topic, 1, options, queue);
    rd_kafka_NewTopic_destroy(topic);
}

int kafka_admin_create(rd_kafka_t *rk, const struct kafka_new_topic *topic, bool *made,
                       char error[LOG_ERROR_BYTES])
{
    rd_kafka_event_t *event =
        ask(rk, RD_KAFKA_ADMIN_OP_CREATETOPICS, CREATE_MS, submit_create, topic);
    rd_kafka_resp_err_t err = event ? rd_kafka_event_error(event) : RD_KAFKA_RESP_ERR__TIMED_OUT;
    const char *why = event && err ? rd_kafka_event_error_string(event) : rd_kafka_err2str(err);
    if (!err) {
        size_t n = 0;
        const rd_kafka_topic_result_t **results =
            rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &n);
        if (n > 0 && (err = rd_kafka_topic_result_error(results[0])))
            why = rd_kafka_topic_result_error_string(results[0]);
    }
    int rc = 0;
    *made = !err;
    if (err && err != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
        snprintf(error, LOG_ERROR_BYTES, "kafka: topic %.64s cannot be made: %.120s", topic->name,
                 why ? why : rd_kafka_err2str(err));
        rc = -1;
    }
    if (event)
        rd_kafka_event_destroy(event);
    return rc;
}

static void submit_describe(rd_kafka_t *rk, rd_kafka_AdminOptions_t *options,
                            rd_kafka_queue_t *queue, const void *what)
{
    rd_kafka_ConfigResource_t *resource =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, what);
    rd_kafka_DescribeConfigs(rk, &resource, 1, options, queue);
    rd_kafka_ConfigResource_destroy(resource);
}

rd_kafka_resp_err_t kafka_admin_describe(rd_kafka_t *rk, const char *topic,
                                         rd_kafka_event_t **event,
                                         const rd_kafka_ConfigEntry_t ***entries, size_t *n)
{
    *n = 0;
    *event = ask(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, DESCRIBE_MS, submit_describe, topic);
    if (!*event)
        return RD_KAFKA_RESP_ERR__TIMED_OUT;
    rd_kafka_resp_err_t err = rd_kafka_event_error(*event);
    if (err)
        return err;
    size_t n_resources;
    const rd_kafka_ConfigResource_t **resources = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(*event), &n_resources);
    if (n_resources != 1)
        return RD_KAFKA_RESP_ERR_UNKNOWN;
    err = rd_kafka_ConfigResource_error(resources[0]);
    if (!err)
        *entries = rd_kafka_ConfigResource_configs(resources[0], n);
    return err;
}
