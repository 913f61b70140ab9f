/* SPDX-License-Identifier: ISC */
/* log_kafka: opens the topic, and joins settings, readers and writer to a log. */
#include "log/kafka/log_kafka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/kafka/kafka_conf.h"
#include "log/kafka/kafka_reader.h"
#include "log/kafka/kafka_topic.h"
#include "log/kafka/kafka_writer.h"
#include "sys/clock.h"

enum {
    OPEN_MS = 10000, /* how long opening waits for a broker */
    CLUSTER_MS = 1000,
};

struct log_kafka {
    struct log log; /* first: a log is cast to it */
    struct kafka_settings settings;
    char *cluster;
    struct kafka_topic_traits traits; /* when the log was opened */
    struct log_reader *first; /* whose client opened the log; NULL once somebody has taken it */
};

static struct log_kafka *of(struct log *log)
{
    return (struct log_kafka *)log;
}

static struct log_identity identify(struct log *log)
{
    return (struct log_identity){.cluster = of(log)->cluster, .topic = of(log)->settings.topic};
}

static enum log_times keeps_times(struct log *log)
{
    return of(log)->traits.times;
}

static struct log_writer *writer_create(struct log *log, char error[LOG_ERROR_BYTES])
{
    const struct log_kafka *k = of(log);
    const struct kafka_settings *settings = &k->settings;
    if (settings->readonly) {
        snprintf(error, LOG_ERROR_BYTES, "kafka: topic %.64s is open for reading only",
                 settings->topic);
        return NULL;
    }
    return kafka_writer_create(settings, k->traits.message_max, error);
}

static struct log_reader *reader_create(struct log *log, char error[LOG_ERROR_BYTES])
{
    struct log_kafka *k = of(log);
    struct log_reader *reader = k->first;
    k->first = NULL;
    return reader ? reader : kafka_reader_create(&k->settings, error);
}

static void close_log(struct log *log)
{
    struct log_kafka *k = of(log);
    log_reader_destroy(k->first);
    free(k->cluster);
    kafka_settings_finish(&k->settings);
    free(k);
}

static const struct log_ops ops = {
    .identify = identify,
    .keeps_times = keeps_times,
    .writer_create = writer_create,
    .reader_create = reader_create,
    .close = close_log,
};

/* 0, or -1 with a reason in error. */
static int ask_cluster(struct log_kafka *k, rd_kafka_t *rk, char error[LOG_ERROR_BYTES])
{
    char *cluster = rd_kafka_clusterid(rk, CLUSTER_MS);
    k->cluster = cluster ? strdup(cluster) : NULL;
    rd_kafka_mem_free(rk, cluster);
    if (k->cluster)
        return 0;
    snprintf(error, LOG_ERROR_BYTES, "kafka: %.100s does not say which cluster it is",
             k->settings.brokers);
    return -1;
}

struct log *log_kafka_open(const char *where, const struct log_options *options,
                           char error[LOG_ERROR_BYTES])
{
    int64_t deadline = clock_now_ms() + OPEN_MS;
    struct log_kafka *k = calloc(1, sizeof *k);
    if (!k) {
        snprintf(error, LOG_ERROR_BYTES, "no memory");
        return NULL;
    }
    k->log.ops = &ops;
    if (kafka_settings_init(&k->settings, where, options, error) != 0)
        goto fail;
    k->first = kafka_reader_create(&k->settings, error);
    if (!k->first)
        goto fail;
    rd_kafka_t *rk = kafka_reader_client(k->first);
    if (kafka_topic_prepare(rk, &k->settings, deadline, &k->traits, error) != 0 ||
        ask_cluster(k, rk, error) != 0)
        goto fail;
    return &k->log;

fail:
    close_log(&k->log);
    return NULL;
}
