/* SPDX-License-Identifier: ISC */
/*
 * log_kafka_conf: what each property is set to and why, and librdkafka's voice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "sys/diag.h"
#include "log/kafka/log_kafka_internal.h"

enum { MESSAGE_MAX_MIN = 1000000 }; /* a batch of LOG_BATCH_MAX with authors must fit */

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
static const struct setting defaults_consumer[] = {
    {"fetch.error.backoff.ms", "100"},
    {"fetch.message.max.bytes", "4194304"},
};
static const struct setting defaults_producer[] = {
    {"linger.ms", "0"},              /* the intake has gathered already */
    {"compression.codec", "lz4"},    /* headers of authors compress; zstd reads five times slower */
    {"message.timeout.ms", "10000"}, /* an edit that lands minutes later is worse than a refusal */
    {"request.timeout.ms", "5000"},
    {"retry.backoff.ms", "50"},
};

/* These are what the log's promises rest on; [kafka] cannot change them. */
static const struct setting fixed_both[] = {
    {"allow.auto.create.topics", "false"}, /* a typo must not make a topic */
};
static const struct setting fixed_consumer[] = {
    {"auto.offset.reset", "error"}, /* the default skips edits silently */
    {"check.crcs", "true"},
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"enable.partition.eof", "true"},
    {"isolation.level", "read_uncommitted"}, /* else a foreign transaction would hold us up */
};
static const struct setting fixed_producer[] = {
    {"enable.idempotence", "true"}, /* with acks=all and ordered retries */
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
    "queuing.strategy",
    "opaque",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_among(const char *name, const struct setting *settings, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(settings[i].name, name) == 0)
            return true;
    return false;
}

static bool is_refused(const char *name)
{
    for (size_t i = 0; i < COUNT(refused); i++)
        if (strcmp(refused[i], name) == 0)
            return true;
    return is_among(name, fixed_both, COUNT(fixed_both)) ||
           is_among(name, fixed_consumer, COUNT(fixed_consumer)) ||
           is_among(name, fixed_producer, COUNT(fixed_producer));
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

static int set_all(rd_kafka_conf_t *conf, const struct setting *settings, size_t n,
                   char error[LOG_ERROR_BYTES])
{
    for (size_t i = 0; i < n; i++)
        if (set(conf, settings[i].name, settings[i].value, error) != 0)
            return -1;
    return 0;
}

static int set_users(rd_kafka_conf_t *conf, const struct log_kafka_config *config,
                     char error[LOG_ERROR_BYTES])
{
    for (size_t i = 0; i < config->n_properties; i++) {
        const struct kafka_property *p = &config->properties[i];
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

/* ---- librdkafka's voice ---- */

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

/* ---- connections ---- */

int64_t kafka_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static rd_kafka_resp_err_t on_broker_state(rd_kafka_t *rk, int32_t id, const char *protocol,
                                           const char *name, int port, const char *state,
                                           void *opaque)
{
    struct kafka_links *links = opaque;
    if (id < 0) /* an address to begin with: librdkafka drops it once it knows the brokers */
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    /* A connection that is up may be called UPDATE while its metadata is refreshed. */
    bool up = strncmp(state, "UP", 2) == 0;
    bool was_up = atomic_exchange(&links->up[id % KAFKA_BROKERS_MAX], up);
    if (up && !was_up) {
        atomic_fetch_add(&links->n_up, 1);
    } else if (!up && was_up) {
        atomic_store(&links->lost, true);
        atomic_store(&links->down_ms, kafka_now_ms());
        atomic_fetch_sub(&links->n_up, 1);
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque,
                                  char *error, size_t error_size)
{
    return rd_kafka_interceptor_add_on_broker_state_change(rk, "placed", on_broker_state, opaque);
}

rd_kafka_conf_t *kafka_conf(const struct log_kafka_config *config, enum kafka_role role,
                            struct kafka_links *links, char error[LOG_ERROR_BYTES])
{
    bool reads = role == KAFKA_CONSUMER;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    const struct setting where = {"bootstrap.servers", config->brokers};
    if (set_all(conf, defaults_both, COUNT(defaults_both), error) == 0 &&
        set_all(conf, reads ? defaults_consumer : defaults_producer,
                reads ? COUNT(defaults_consumer) : COUNT(defaults_producer), error) == 0 &&
        set_users(conf, config, error) == 0 && set_all(conf, &where, 1, error) == 0 &&
        set_all(conf, fixed_both, COUNT(fixed_both), error) == 0 &&
        set_all(conf, reads ? fixed_consumer : fixed_producer,
                reads ? COUNT(fixed_consumer) : COUNT(fixed_producer), error) == 0 &&
        rd_kafka_conf_interceptor_add_on_new(conf, "placed", on_new, links) == 0)
        return conf;
    rd_kafka_conf_destroy(conf);
    return NULL;
}
