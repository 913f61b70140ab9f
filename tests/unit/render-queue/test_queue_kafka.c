/* SPDX-License-Identifier: ISC */
/*
 * test_queue_kafka: the promises of every queue, and those of the one on Kafka, on a real broker
 * (PLACED_TEST_KAFKA=HOST:PORT; see ../log/with-kafka).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <librdkafka/rdkafka.h>

#include "cmocka_all.h"
#include "queue_conformance.h"
#include "queue_scene.h"
#include "render/queue/kafka/queue_kafka.h"
#include "sys/clock.h"

static const char *brokers;

static char *create(void)
{
    static unsigned count;
    char url[128];
    snprintf(url, sizeof url, "kafka://%s/q%d-%lld-%u", brokers, getpid(),
             (long long)clock_wall_ms(), ++count);
    return strdup(url);
}

static void destroy(char *url)
{
    free(url);
}

/* ---- a bare client, to do what others do to a topic ---- */

static rd_kafka_t *bare_producer(void)
{
    char why[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers, NULL, 0);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    assert_non_null(rk);
    return rk;
}

static void put(rd_kafka_t *rk, const char *url, const char *topic, const void *value, size_t len)
{
    char name[128];
    snprintf(name, sizeof name, "%s.%s", strrchr(url, '/') + 1, topic);
    assert_int_equal(rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(name), RD_KAFKA_V_PARTITION(0),
                                       RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                       RD_KAFKA_V_VALUE((void *)(uintptr_t)value, len),
                                       RD_KAFKA_V_END),
                     0);
}

static void make_topic(const char *url, const char *topic, int partitions, const char *policy)
{
    char name[128], why[128];
    snprintf(name, sizeof name, "%s.%s", strrchr(url, '/') + 1, topic);
    rd_kafka_t *rk = bare_producer();
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_NewTopic_t *wanted = rd_kafka_NewTopic_new(name, partitions, 1, why, sizeof why);
    rd_kafka_NewTopic_set_config(wanted, "cleanup.policy", policy);
    rd_kafka_CreateTopics(rk, &wanted, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, SCENE_PATIENCE_MS);
    assert_non_null(event);
    assert_int_equal(rd_kafka_event_error(event), 0);
    rd_kafka_event_destroy(event);
    rd_kafka_NewTopic_destroy(wanted);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(rk);
}

/* ---- the tests ---- */

static void what_others_put_into_a_topic_is_skipped(void **state)
{
    char *url = create(), error[QUEUE_ERROR_BYTES] = "";
    struct queue *queue = scene_open(url);
    struct taken taken = {0};
    static char huge[QUEUE_VALUE_MAX + 1];
    rd_kafka_t *rk = bare_producer();
    static const char *const topics[] = {"uploads", "events"};
    for (size_t i = 0; i < 2; i++) {
        put(rk, url, topics[i], NULL, 0);
        put(rk, url, topics[i], huge, sizeof huge);
        put(rk, url, topics[i], "", 0);
        put(rk, url, topics[i], "task 0", 6);
        put(rk, url, topics[i], huge, sizeof huge);
        put(rk, url, topics[i], "task 1", 6);
    }
    assert_int_equal(rd_kafka_flush(rk, SCENE_PATIENCE_MS), 0);
    rd_kafka_destroy(rk);
    struct queue_consumer *consumer = scene_consume(queue, "thumbnail");
    scene_take(consumer, &taken, 2);
    queue_done(consumer, taken.numbers[0]);
    queue_done(consumer, taken.numbers[1]);
    scene_wait_until_done(consumer);
    queue_consumer_destroy(consumer);
    struct queue_reader *reader = queue_reader_create(queue, QUEUE_EVENTS, error);
    struct queue_record record;
    assert_non_null(reader);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(queue_read(reader, SCENE_PATIENCE_MS, &record, error), QUEUE_GOT);
        assert_int_equal(record.len, 6);
        assert_memory_equal(record.value, i ? "task 1" : "task 0", 6);
    }
    queue_reader_destroy(reader);
    queue_close(queue);
    destroy(url);
}

/* What one had before the group changed is another's, or the same one's under another number. */
static void a_task_done_after_the_group_has_changed_is_not_committed(void **state)
{
    enum { TASKS = 40 };
    char *url = create();
    struct queue *queue = scene_open(url);
    struct taken before = {0}, after = {0}, again = {0};
    scene_append(queue, QUEUE_UPLOADS, 0, TASKS, NULL);
    struct queue_consumer *a = scene_consume(queue, "thumbnail");
    scene_take(a, &before, TASKS);
    struct queue_consumer *b = scene_consume(queue, "thumbnail");
    int64_t until = clock_now_ms() + SCENE_PATIENCE_MS;
    while (after.n < TASKS && clock_now_ms() < until) {
        scene_poll(a, 20, true, &after);
        scene_poll(b, 20, true, &after);
    }
    assert_int_equal(after.n, TASKS);
    for (unsigned i = 0; i < TASKS; i++)
        queue_done(a, before.numbers[i]);
    queue_consumer_destroy(b);
    queue_consumer_destroy(a);
    a = scene_consume(queue, "thumbnail");
    scene_take(a, &again, TASKS);
    queue_consumer_destroy(a);
    queue_close(queue);
    destroy(url);
}

static void a_producer_that_has_failed_is_replaced(void **state)
{
    char *url = create();
    struct queue *queue = scene_open(url);
    struct outcomes outcomes;
    scene_append(queue, QUEUE_TILES, 0, 3, NULL);
    queue_kafka_test_fatal(queue);
    int64_t until = clock_now_ms() + SCENE_PATIENCE_MS;
    outcomes_init(&outcomes);
    for (unsigned n = 0; atomic_load(&outcomes.stored) == 0 && clock_now_ms() < until;) {
        if (queue_append(queue, QUEUE_TILES, "k", 1, "v", 1, &outcomes.outcome) == 0)
            n++;
        while (atomic_load(&outcomes.stored) + atomic_load(&outcomes.failed) < n &&
               clock_now_ms() < until)
            clock_pause_ms(1);
    }
    assert_true(atomic_load(&outcomes.stored) > 0);
    queue_close(queue);
    destroy(url);
}

static void topics_that_are_not_fit_are_refused(void **state)
{
    char error[QUEUE_ERROR_BYTES] = "";
    const struct queue_options options = {.partitions = SCENE_PARTITIONS};
    char *url = create();
    make_topic(url, "events", 2, "delete");
    assert_null(queue_open(url, &options, error));
    assert_non_null(strstr(error, "2 partitions, expected 1"));
    destroy(url);
    url = create();
    make_topic(url, "uploads", 2, "compact");
    assert_null(queue_open(url, &options, error));
    assert_non_null(strstr(error, "compaction"));
    destroy(url);
    char wrong[128];
    snprintf(wrong, sizeof wrong, "kafka://%s/a/b", brokers);
    assert_null(queue_open(wrong, &options, error));
    assert_non_null(strstr(error, "expected a prefix"));
}

/* By the command in PLACED_TEST_KAFKA_CONTROL. */
static void control(const char *action)
{
    char command[512];
    snprintf(command, sizeof command, "%s %s", getenv("PLACED_TEST_KAFKA_CONTROL"), action);
    assert_int_equal(system(command), 0);
}

static void all_goes_on_when_the_broker_is_back(void **state)
{
    char *url = create(), error[QUEUE_ERROR_BYTES] = "";
    if (!getenv("PLACED_TEST_KAFKA_CONTROL"))
        skip();
    struct queue *queue = scene_open(url);
    struct taken taken = {0};
    struct queue_task task;
    struct queue_record record;
    scene_append(queue, QUEUE_UPLOADS, 0, 10, NULL);
    scene_append(queue, QUEUE_EVENTS, 0, 1, NULL);
    struct queue_consumer *consumer = scene_consume(queue, "thumbnail");
    struct queue_reader *reader = queue_reader_create(queue, QUEUE_EVENTS, error);
    assert_non_null(reader);
    assert_int_equal(queue_read(reader, SCENE_PATIENCE_MS, &record, error), QUEUE_GOT);
    scene_take(consumer, &taken, 5);
    control("kill");
    error[0] = '\0';
    int64_t until = clock_now_ms() + SCENE_PATIENCE_MS;
    while (!strstr(error, "no broker is connected") && clock_now_ms() < until)
        queue_poll(consumer, 100, false, &task, error);
    assert_non_null(strstr(error, "no broker is connected"));
    control("start");
    until = clock_now_ms() + SCENE_PATIENCE_MS;
    while (taken.n < 10 && clock_now_ms() < until)
        if (queue_poll(consumer, 100, true, &task, error) == QUEUE_GOT)
            scene_note(&taken, &task);
    assert_int_equal(taken.n, 10);
    scene_append(queue, QUEUE_EVENTS, 1, 2, NULL);
    while (queue_read(reader, 100, &record, error) != QUEUE_GOT && clock_now_ms() < until)
        ;
    assert_memory_equal(record.value, "task 1", 6);
    queue_reader_destroy(reader);
    queue_consumer_destroy(consumer);
    queue_close(queue);
    destroy(url);
}

/* An argument is a pattern of the tests to run. */
int main(int argc, char *argv[])
{
    const struct queue_world world = {
        .name = "every queue: kafka", .create = create, .destroy = destroy, .lasts = true};
    const struct CMUnitTest tests[] = {
        /* First: a broker with few partitions is back sooner. */
        cmocka_unit_test(all_goes_on_when_the_broker_is_back),
        cmocka_unit_test(what_others_put_into_a_topic_is_skipped),
        cmocka_unit_test(a_task_done_after_the_group_has_changed_is_not_committed),
        cmocka_unit_test(a_producer_that_has_failed_is_replaced),
        cmocka_unit_test(topics_that_are_not_fit_are_refused),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    brokers = getenv("PLACED_TEST_KAFKA");
    if (!brokers) {
        fprintf(stderr, "PLACED_TEST_KAFKA is not set: run it by tests/unit/log/with-kafka\n");
        return 1;
    }
    int failed = cmocka_run_group_tests_name("kafka", tests, NULL, NULL);
    return failed + queue_conformance_run(&world);
}
