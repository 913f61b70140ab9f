/* SPDX-License-Identifier: ISC */
/*
 * bare_kafka: what librdkafka alone does with the records of log_kafka: an idempotent producer with
 * lz4 and the origin header, at most 16 MiB in flight, and a consumer of the same topic in another
 * thread, which looks at every byte.
 *
 * Formula: edits / (wall time from the first produce, the producer having its id and the consumer
 * its place, to the last record consumed).
 */
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <string.h>

#include "bare.h"
#include "sys/descriptors.h"

static const char usage[] =
    "usage: bare_kafka [--edits N] [--batch N] HOST:PORT/TOPIC\n"
    "Make the topic, produce records of N edits to it and consume them; print JSON.\n";

enum {
    FLIGHT_BYTES = 16 * 1024 * 1024,
    FLIGHT_RECORDS = 1024,
    ORIGIN_BYTES = 16,
    WAIT_MS = 10000,
    MESSAGES = 4096,
};

struct consumer {
    rd_kafka_t *rk;
    rd_kafka_topic_t *rkt;
    rd_kafka_queue_t *queue;
    size_t records; /* expected */
    uint64_t sum;
    double done;
};

/* The producer's thread alone. */
static size_t delivered, failed;

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    delivered++;
    failed += m->err != 0;
}

static rd_kafka_t *open_client(rd_kafka_type_t type, const char *brokers)
{
    static const char *const settings[][2] = {{"socket.nagle.disable", "true"},
                                              {"reconnect.backoff.max.ms", "500"}};
    static const char *const producer[][2] = {
        {"enable.idempotence", "true"}, {"compression.codec", "lz4"}, {"linger.ms", "0"}};
    static const char *const consumer[][2] = {{"check.crcs", "true"},
                                              {"fetch.message.max.bytes", "4194304"},
                                              {"auto.offset.reset", "error"}};
    char why[256] = "";
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    bool good = rd_kafka_conf_set(conf, "bootstrap.servers", brokers, why, sizeof why) == 0;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        good = good && rd_kafka_conf_set(conf, settings[i][0], settings[i][1], why, 256) == 0;
    for (size_t i = 0; i < 3; i++) {
        const char *const *s = type == RD_KAFKA_PRODUCER ? producer[i] : consumer[i];
        good = good && rd_kafka_conf_set(conf, s[0], s[1], why, 256) == 0;
    }
    if (type == RD_KAFKA_PRODUCER)
        rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_t *rk = good ? rd_kafka_new(type, conf, why, sizeof why) : NULL;
    if (!rk)
        bare_fail("rd_kafka_new", why);
    return rk;
}

static void create_topic(rd_kafka_t *rk, const char *topic)
{
    char why[256];
    rd_kafka_NewTopic_t *request = rd_kafka_NewTopic_new(topic, 1, 1, why, sizeof why);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_CreateTopics(rk, &request, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, WAIT_MS);
    if (!event || rd_kafka_event_error(event))
        bare_fail(topic, "cannot be made");
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_NewTopic_destroy(request);
}

static void *consume(void *arg)
{
    static rd_kafka_message_t *messages[MESSAGES];
    struct consumer *c = arg;
    for (size_t got = 0; got < c->records;) {
        ssize_t n = rd_kafka_consume_batch_queue(c->queue, 0, messages, MESSAGES);
        if (n <= 0) {
            messages[0] = rd_kafka_consume_queue(c->queue, WAIT_MS);
            n = messages[0] ? 1 : 0;
            if (n == 0)
                bare_fail("bare_kafka", "nothing came for 10 s");
        }
        for (ssize_t i = 0; i < n; i++) {
            if (messages[i]->err && messages[i]->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
                bare_fail("consume", rd_kafka_message_errstr(messages[i]));
            if (!messages[i]->err) {
                for (size_t k = 0; k < messages[i]->len; k++)
                    c->sum += ((const uint8_t *)messages[i]->payload)[k];
                got++;
            }
            rd_kafka_message_destroy(messages[i]);
        }
    }
    c->done = bare_now();
    return NULL;
}

/* One record; waits while too much is in flight. */
static void produce(rd_kafka_t *rk, rd_kafka_topic_t *rkt, size_t number, uint8_t *bytes,
                    size_t len)
{
    uint8_t origin[ORIGIN_BYTES] = {0};
    memcpy(origin, &number, sizeof number);
    size_t most = FLIGHT_BYTES / len < FLIGHT_RECORDS ? FLIGHT_BYTES / len : FLIGHT_RECORDS;
    while (number - delivered >= most)
        rd_kafka_poll(rk, 10);
    rd_kafka_headers_t *headers = rd_kafka_headers_new(1);
    rd_kafka_header_add(headers, "o", 1, origin, sizeof origin);
    rd_kafka_vu_t arguments[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = rkt},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = 0},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {bytes, len}},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    rd_kafka_error_t *error =
        rd_kafka_produceva(rk, arguments, sizeof arguments / sizeof arguments[0]);
    if (error)
        bare_fail("produce", rd_kafka_error_string(error));
    rd_kafka_poll(rk, 0);
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    struct bare bare = bare_options(argc, argv, usage);
    char *brokers = strdup(bare.where), *topic = strchr(brokers, '/');
    size_t len = EDIT_BYTES * bare.batch;
    uint8_t *bytes = malloc(len);
    if (!topic || !bytes) {
        fputs(usage, stderr);
        return 2;
    }
    *topic++ = '\0';
    bare_fill(bytes, bare.batch);

    rd_kafka_t *rk = open_client(RD_KAFKA_PRODUCER, brokers);
    struct consumer c = {.rk = open_client(RD_KAFKA_CONSUMER, brokers), .records = 1};
    create_topic(rk, topic);
    rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, topic, NULL);
    c.rkt = rd_kafka_topic_new(c.rk, topic, NULL);
    c.queue = rd_kafka_queue_new(c.rk);
    if (rd_kafka_consume_start_queue(c.rkt, 0, 0, c.queue) != 0)
        bare_fail(topic, "cannot be read");
    /* One record before the clock starts: then all connections are there. */
    produce(rk, rkt, 0, bytes, len);
    rd_kafka_flush(rk, WAIT_MS);
    consume(&c);
    c.records = bare.records;
    c.sum = 0;

    pthread_t thread;
    double start = bare_now(), cpu = bare_cpu();
    if (pthread_create(&thread, NULL, consume, &c) != 0)
        bare_fail("bare_kafka", "no thread to be had");
    for (size_t i = 0; i < bare.records; i++)
        produce(rk, rkt, i + 1, bytes, len);
    rd_kafka_flush(rk, WAIT_MS);
    pthread_join(thread, NULL);
    cpu = bare_cpu() - cpu;

    uint64_t expected = 0;
    for (size_t k = 0; k < len; k++)
        expected += bytes[k];
    if (failed > 0 || c.sum != expected * bare.records)
        bare_fail("bare_kafka", "what was consumed is not what was produced");
    bare_print("bare_kafka", &bare, c.done - start, cpu);
    rd_kafka_consume_stop(c.rkt, 0);
    rd_kafka_queue_destroy(c.queue);
    rd_kafka_topic_destroy(c.rkt);
    rd_kafka_topic_destroy(rkt);
    rd_kafka_destroy(c.rk);
    rd_kafka_destroy(rk);
    free(brokers);
    free(bytes);
    return 0;
}
