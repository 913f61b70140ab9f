/* SPDX-License-Identifier: ISC */
/*
 * kafka_conf: what each property is set to and why, and where librdkafka's messages go.
 */
#include "log/kafka/kafka_conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "sys/diag.h"

enum { MESSAGE_MAX_MIN = 1000000 }; /* a record of LOG_RECORD_MAX must fit */

struct setting {
    const char *name;
    const char *value;
};

/* A property of [kafka] overrides these. */
static const struct setting defaults_both[] = {
    {"client.id", "placed"},
    {"socket.keepalive.enable", "true"},
    {"socket.nagle.disable", "true"},
    {"socket.timeout.ms", "10000"}, /* a broker that hangs: 60 s is too long to notice */
    {"reconnect.backoff.ms", "50"},
    {"reconnect.backoff.max.ms", "500"}, /* with the default we came back 8 s after the broker */
};
static const struct setting defaults_reader[] = {
    {"fetch.error.backoff.ms", "100"},
    {"fetch.message.max.bytes", "4194304"},
};
static const struct setting defaults_writer[] = {
    {"linger.ms", "0"},              /* the intake has gathered already */
    {"compression.codec", "lz4"},    /* zstd reads five times slower */
    {"message.timeout.ms", "10000"}, /* an edit that lands minutes later is worse than a refusal */
    {"request.timeout.ms", "5000"},
    {"retry.backoff.ms", "50"},
};

/* These are what the log's promises rest on; [kafka] cannot change them. */
static const struct setting fixed_both[] = {
    {"allow.auto.create.topics", "false"}, /* a typo must not make a topic */
};
static const struct setting fixed_reader[] = {
    {"auto.offset.reset", "error"}, /* the default skips edits silently */
    {"check.crcs", "true"},
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"enable.partition.eof", "true"},
    {"isolation.level", "read_uncommitted"}, /* else a foreign transaction would hold us up */
};
static const struct setting fixed_writer[] = {
    {"enable.idempotence", "true"}, /* with acks=all and ordered retries */
    /* One request at a time. With more, a batch could be in the log twice: a broker that loses its
     * leadership for a moment can write R1, say that it did not, refuse R2, and find R3 out of
     * order; librdkafka then numbers all three anew, and the broker does not know R1 again
     * (confluentinc/librdkafka #4953). A shard sends a batch a tick, so there is seldom a second
     * one, and what comes meanwhile goes out in one request. */
    {"max.in.flight.requests.per.connection", "1"},
};

/* Refused in [kafka] although not set above: aliases, and what does not fit a log of one partition.
 */
static const char *const refused[] = {
    "acks",
    "request.required.acks",
    "metadata.broker.list",
    "bootstrap.servers",
    "auto.commit.enable",
    "group.id",
    "transactional.id",
    "enable.gapless.guarantee",
    "max.in.flight",
    "queuing.strategy",
    "opaque",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- settings ---- */

static void free_const(const char *text)
{
    free((char *)(uintptr_t)text);
}

int kafka_settings_init(struct kafka_settings *settings, const char *where,
                        const struct log_options *options, char error[LOG_ERROR_BYTES])
{
    *settings = (struct kafka_settings){
        .replication = options->replication > 0 ? options->replication : 1,
        .readonly = options->readonly,
        .keep_times = options->keep_times,
    };
    const char *slash = strchr(where, '/');
    if (!slash || slash == where || !slash[1]) {
        snprintf(error, LOG_ERROR_BYTES, "kafka://%.100s: expected kafka://HOST:PORT/TOPIC", where);
        return -1;
    }
    settings->brokers = strndup(where, (size_t)(slash - where));
    settings->topic = strdup(slash + 1);
    settings->properties = calloc(options->n_properties + 1, sizeof *settings->properties);
    if (!settings->brokers || !settings->topic || !settings->properties)
        goto no_memory;
    for (; settings->n_properties < options->n_properties; settings->n_properties++) {
        struct log_property *copy = &settings->properties[settings->n_properties];
        const struct log_property *given = &options->properties[settings->n_properties];
        copy->name = strdup(given->name);
        copy->value = strdup(given->value);
        if (!copy->name || !copy->value) {
            free_const(copy->name);
            free_const(copy->value);
            goto no_memory;
        }
    }
    return 0;

no_memory:
    kafka_settings_finish(settings);
    snprintf(error, LOG_ERROR_BYTES, "no memory");
    return -1;
}

void kafka_settings_finish(struct kafka_settings *settings)
{
    for (size_t i = 0; i < settings->n_properties; i++) {
        free_const(settings->properties[i].name);
        free_const(settings->properties[i].value);
    }
    free(settings->properties);
    free(settings->brokers);
    free(settings->topic);
    *settings = (struct kafka_settings){0};
}

/* ---- properties ---- */

static bool is_among(const char *name, const struct setting *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].name, name) == 0)
            return true;
    return false;
}

static bool is_refused(const char *name)
{
    for (size_t i = 0; i < COUNT(refused); i++)
        if (strcmp(refused[i], name) == 0)
            return true;
    return is_among(name, fixed_both, COUNT(fixed_both)) ||
           is_among(name, fixed_reader, COUNT(fixed_reader)) ||
           is_among(name, fixed_writer, COUNT(fixed_writer));
}

static int set(rd_kafka_conf_t *conf, const char *name, const char *value,
               char error[LOG_ERROR_BYTES])
{
    char why[LOG_ERROR_BYTES - 16] = "";
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) == RD_KAFKA_CONF_OK)
        return 0;
    snprintf(error, LOG_ERROR_BYTES, "[kafka] %.200s", why);
    return -1;
}

static int set_all(rd_kafka_conf_t *conf, const struct setting *list, size_t n,
                   char error[LOG_ERROR_BYTES])
{
    for (size_t i = 0; i < n; i++)
        if (set(conf, list[i].name, list[i].value, error) != 0)
            return -1;
    return 0;
}

static int set_users(rd_kafka_conf_t *conf, const struct kafka_settings *settings,
                     char error[LOG_ERROR_BYTES])
{
    for (size_t i = 0; i < settings->n_properties; i++) {
        const struct log_property *p = &settings->properties[i];
        if (is_refused(p->name)) {
            snprintf(error, LOG_ERROR_BYTES,
                     "[kafka] %.100s: placed sets this one itself, leave it out", p->name);
            return -1;
        }
        if (strcmp(p->name, "message.max.bytes") == 0 && atol(p->value) < MESSAGE_MAX_MIN) {
            snprintf(error, LOG_ERROR_BYTES, "[kafka] message.max.bytes: must be at least %d",
                     MESSAGE_MAX_MIN);
            return -1;
        }
        if (set(conf, p->name, p->value, error) != 0)
            return -1;
    }
    return 0;
}

/* ---- librdkafka's messages ---- */

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    /* One set of properties serves both clients, so each finds some that are the other's. */
    if (strcmp(facility, "CONFWARN") == 0 && strstr(text, "property and will be ignored"))
        return;
    if (level <= LOG_WARNING)
        diag_warn("kafka: %s: %s", rd_kafka_name(rk), text);
    else
        diag_info("kafka: %s: %s: %s", rd_kafka_name(rk), facility, text);
}

static void on_error(rd_kafka_t *rk, int err, const char *reason, void *opaque)
{
    /* Logged by on_log where it is known first; links and outcomes say what it means. Fatal ones
     * are asked for by the producer. */
    (void)rk;
    (void)err;
    (void)reason;
    (void)opaque;
}

rd_kafka_conf_t *kafka_conf(const struct kafka_settings *settings, enum kafka_role role,
                            struct kafka_links *links, char error[LOG_ERROR_BYTES])
{
    bool reads = role == KAFKA_READER;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    const struct setting where = {"bootstrap.servers", settings->brokers};
    if (set_all(conf, defaults_both, COUNT(defaults_both), error) == 0 &&
        set_all(conf, reads ? defaults_reader : defaults_writer,
                reads ? COUNT(defaults_reader) : COUNT(defaults_writer), error) == 0 &&
        set_users(conf, settings, error) == 0 && set_all(conf, &where, 1, error) == 0 &&
        set_all(conf, fixed_both, COUNT(fixed_both), error) == 0 &&
        set_all(conf, reads ? fixed_reader : fixed_writer,
                reads ? COUNT(fixed_reader) : COUNT(fixed_writer), error) == 0 &&
        kafka_links_watch(links, conf) == 0)
        return conf;
    rd_kafka_conf_destroy(conf);
    return NULL;
}
