/* SPDX-License-Identifier: ISC */
/*
 * test_log_kafka: the promises of every log, and those of this one, on a real broker
 * (PLACED_TEST_KAFKA=HOST:PORT; see with-kafka).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <librdkafka/rdkafka.h>

#include "collector.h"
#include "conformance.h"
#include "kafka_outage.h"
#include "kafka_scene.h"
#include "kafka_sizes.h"
#include "log/open.h"
static void a_missing_topic_is_made_by_whoever_is_first(void **state)
{
    /* four processes at a time, none may fail */
    char *topic = kafka_create();
    pid_t children[4];
    for (size_t i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(kafka_open(topic) ? 0 : 1);
    }
    for (size_t i = 0; i < 4; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    kafka_destroy(topic);
}

static void a_missing_topic_is_not_made_to_be_read(void **state)
{
    char *topic = kafka_create();
    char url[256];
    const struct log_options options = {.readonly = true};
    snprintf(url, sizeof url, "kafka://%s/%s", brokers, topic);
    for (int i = 0; i < 2; i++) {
        char error[LOG_ERROR_BYTES] = "";
        assert_null(log_open(url, &options, error));
        assert_non_null(strstr(error, "there is no topic"));
    }
    struct collector *c = collector_create();
    struct opened *o = opened_from(kafka_open(topic), c); /* now it is there */
    struct log_batch batch = batch_make(1, 1, 5, false);
    char error[LOG_ERROR_BYTES] = "";
    assert_int_equal(log_writer_append(o->writer, &batch), LOG_ACCEPTED);
    batch_finish(&batch);
    struct collector *reading = collector_create();
    struct opened *other = opened_readonly(log_open(url, &options, error), reading);
    assert_null(log_writer_create(other->log, &reading->as_outcomes, error));
    assert_int_equal(log_reader_seek(other->reader, 0, error), 0);
    read_records(other, reading, 1);
    opened_close(other);
    opened_close(o);
    collector_destroy(reading);
    collector_destroy(c);
    kafka_destroy(topic);
}

static void several_processes_read_one_partition(void **state)
{
    char *topic = kafka_create();
    char error[LOG_ERROR_BYTES];
    pid_t children[3];
    for (size_t i = 0; i < 3; i++) {
        children[i] = fork(); /* each appends 100 and sees all 300 */
        if (children[i] == 0) {
            struct collector *mine = collector_create();
            struct opened *l = opened_from(kafka_open(topic), mine);
            if (log_reader_seek(l->reader, 0, error) != 0)
                _exit(2);
            size_t delivered;
            uint64_t until = test_now_ms() + 120000;
            /* a broker that has just started takes its time */
            while (log_writer_state(l->writer) != LOG_WRITABLE && test_now_ms() < until)
                log_reader_poll(l->reader, 100, &delivered, error);
            for (uint64_t b = 1; b <= 100; b++) {
                struct log_batch batch = batch_make(i + 1, b, 5, true);
                if (log_writer_append(l->writer, &batch) != LOG_ACCEPTED)
                    _exit(3);
                batch_finish(&batch);
            }
            /* its own outcomes may be reported after the records have come back */
            while ((mine->n < 300 || collector_reported_as(mine, LOG_COMMITTED) < 100) &&
                   test_now_ms() < until)
                if (log_reader_poll(l->reader, 100, &delivered, error) == LOG_FAILED)
                    _exit(4);
            uint32_t sum = 0;
            for (size_t k = 0; k < mine->n; k++)
                sum = sum * 31 + mine->records[k].anchor.crc;
            bool good = mine->n == 300 && collector_reported_as(mine, LOG_COMMITTED) == 100;
            opened_close(l);
            _exit(good ? (int)(sum % 100) + 100 : 5);
        }
    }
    struct collector *c = collector_create(); /* after the forks: a client does not survive one */
    struct opened *o = opened_from(kafka_open(topic), c);
    assert_int_equal(log_reader_seek(o->reader, 0, error), 0);
    read_records(o, c, 300);
    uint32_t sum = 0;
    for (size_t k = 0; k < c->n; k++)
        sum = sum * 31 + c->records[k].anchor.crc;
    for (size_t i = 0; i < 3; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), sum % 100 + 100);
    }
    opened_close(o);
    collector_destroy(c);
    kafka_destroy(topic);
}

static void a_topic_of_two_partitions_is_refused(void **state)
{
    char *topic = kafka_create();
    char error[LOG_ERROR_BYTES] = "";
    make_topic(topic, 2, NULL);
    assert_null(open_with(topic, NULL, 0, error));
    assert_non_null(strstr(error, "2 partitions"));
    kafka_destroy(topic);
}

static void a_compacted_topic_is_refused(void **state)
{
    char *topic = kafka_create();
    char error[LOG_ERROR_BYTES] = "";
    make_topic(topic, 1, (const char *[]){"cleanup.policy", "compact", NULL});
    assert_null(open_with(topic, NULL, 0, error));
    assert_non_null(strstr(error, "compact"));
    kafka_destroy(topic);
}

static void a_topic_made_by_hand_is_used_with_warnings(void **state)
{
    char *topic = kafka_create();
    make_topic(topic, 1, (const char *[]){"retention.ms", "604800000", NULL});
    struct log *log = kafka_open(topic);
    assert_non_null(log);
    log_close(log);
    kafka_destroy(topic);
}

static void a_property_is_passed_on_or_refused_by_name(void **state)
{
    char *topic = kafka_create();
    char error[LOG_ERROR_BYTES] = "";
    const struct log_property unknown = {"no.such.property", "1"};
    const struct log_property bad = {"socket.timeout.ms", "soon"};
    const struct log_property ours[] = {{"auto.offset.reset", "latest"},
                                        {"enable.idempotence", "false"},
                                        {"max.in.flight.requests.per.connection", "5"},
                                        {"max.in.flight", "5"},
                                        {"isolation.level", "read_committed"},
                                        {"acks", "1"},
                                        {"group.id", "g"}};
    assert_null(open_with(topic, &unknown, 1, error));
    assert_non_null(strstr(error, "no.such.property"));
    assert_null(open_with(topic, &bad, 1, error));
    assert_non_null(strstr(error, "socket.timeout.ms"));
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        assert_null(open_with(topic, &ours[i], 1, error));
        assert_non_null(strstr(error, ours[i].name));
    }
    const struct log_property good[] = {{"compression.type", "zstd"}, {"linger.ms", "1"}};
    struct log *log = open_with(topic, good, 2, error);
    if (!log)
        fail_msg("%s", error);
    log_close(log);
    kafka_destroy(topic);
}

static void no_broker_is_an_error_within_seconds(void **state)
{
    char error[LOG_ERROR_BYTES] = "";
    uint64_t start = test_now_ms();
    assert_null(log_open("kafka://127.0.0.1:1/t", NULL, error));
    assert_in_range(test_now_ms() - start, 0, 75000);
    assert_non_null(strstr(error, "127.0.0.1:1"));
}

static void a_record_of_an_aborted_transaction_counts(void **state)
{
    char *topic = kafka_create();
    struct collector *c = collector_create();
    struct opened *o = opened_from(kafka_open(topic), c);
    char error[LOG_ERROR_BYTES];
    rd_kafka_t *rk = bare_producer(topic);
    assert_null(rd_kafka_init_transactions(rk, 60000));
    for (int i = 0; i < 2; i++) {
        assert_null(rd_kafka_begin_transaction(rk));
        put(rk, topic, i ? "\4\5\6" : "\1\2\3", 3);
        assert_int_equal(rd_kafka_flush(rk, 60000), 0);
        assert_null(i ? rd_kafka_commit_transaction(rk, 60000)
                      : rd_kafka_abort_transaction(rk, 60000));
    }
    rd_kafka_destroy(rk);
    assert_int_equal(log_reader_seek(o->reader, 0, error), 0);
    read_records(o, c, 2);
    assert_memory_equal(c->records[0].record.value.data, "\1\2\3", 3);
    assert_memory_equal(c->records[1].record.value.data, "\4\5\6", 3);
    opened_close(o);
    collector_destroy(c);
    kafka_destroy(topic);
}

static void gaps_in_the_offsets_are_passed_over(void **state)
{
    /* each transaction leaves a control record behind, which takes an offset */
    char *topic = kafka_create();
    struct collector *c = collector_create();
    struct opened *o = opened_from(kafka_open(topic), c);
    char error[LOG_ERROR_BYTES];
    rd_kafka_t *rk = bare_producer(topic);
    rd_kafka_error_t *e = rd_kafka_init_transactions(rk, 60000);
    assert_null(e);
    for (int i = 0; i < 10; i++) {
        assert_null(rd_kafka_begin_transaction(rk));
        put(rk, topic, "\1\2\3", 3);
        /* an abort before anything was sent would end a transaction the broker has not heard of */
        assert_int_equal(rd_kafka_flush(rk, 60000), 0);
        assert_null(i % 2 ? rd_kafka_commit_transaction(rk, 60000)
                          : rd_kafka_abort_transaction(rk, 60000));
    }
    rd_kafka_destroy(rk);
    assert_int_equal(log_reader_seek(o->reader, 0, error), 0);
    uint64_t until = test_now_ms() + 120000;
    size_t delivered;
    while (!log_reader_caught_up(o->reader) &&
           test_now_ms() < until) /* although the last offset has no record */
        assert_int_equal(log_reader_poll(o->reader, 100, &delivered, error), LOG_OK);
    assert_true(log_reader_caught_up(o->reader));
    assert_int_equal(c->n, 10); /* those of aborted ones, too */
    struct log_bounds bounds;
    assert_int_equal(log_reader_bounds(o->reader, &bounds, error), 0);
    assert_true(bounds.high > c->records[c->n - 1].record.offset + 1);
    size_t gaps = 0;
    for (size_t i = 1; i < c->n; i++) {
        assert_true(c->records[i].record.offset > c->records[i - 1].record.offset);
        gaps += c->records[i].record.offset > c->records[i - 1].record.offset + 1;
    }
    assert_true(gaps > 0);
    /* the next of ours comes after all that */
    size_t before = c->n;
    struct log_batch batch = batch_make(1, 1, 3, true);
    assert_int_equal(log_writer_append(o->writer, &batch), LOG_ACCEPTED);
    batch_finish(&batch);
    read_records(o, c, before + 1);
    /* and a seek into a gap finds what follows it */
    collector_clear(c);
    assert_int_equal(log_reader_seek(o->reader, bounds.high - 1, error), 0);
    read_records(o, c, 1);
    assert_int_equal(c->records[0].record.offset, bounds.high);
    opened_close(o);
    collector_destroy(c);
    kafka_destroy(topic);
}

static void foreign_records_and_headers_come_through_as_they_are(void **state)
{
    char *topic = kafka_create();
    struct collector *c = collector_create();
    struct opened *o = opened_from(kafka_open(topic), c);
    char error[LOG_ERROR_BYTES];
    assert_int_equal(log_reader_seek(o->reader, 0, error), 0);
    rd_kafka_t *rk = bare_producer(NULL);
    rd_kafka_headers_t *h = rd_kafka_headers_new(8);
    rd_kafka_header_add(h, "ab", -1, "no", 2);
    rd_kafka_header_add(h, "a", -1, "first", 5);
    rd_kafka_header_add(h, "a", -1, "second", 6);
    rd_kafka_header_add(h, "", -1, "x", 1);
    rd_kafka_header_add(h, "o", -1, NULL, 0);
    rd_kafka_header_add(h, "o", -1, "late", 4);
    rd_kafka_header_add(h, "g", -1, "", 0);
    assert_int_equal(rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0),
                                       RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                       RD_KAFKA_V_VALUE((void *)(uintptr_t) "1234", 4),
                                       RD_KAFKA_V_HEADERS(h), RD_KAFKA_V_END),
                     0);
    put(rk, topic, NULL, 0);
    put(rk, topic, "\1\2\3", 3);
    assert_int_equal(rd_kafka_flush(rk, 10000), 0);
    rd_kafka_destroy(rk);
    read_records(o, c, 3);
    const struct record *r = &c->records[0].record;
    assert_int_equal(r->authors.len, 5);
    assert_memory_equal(r->authors.data, "first", 5);
    assert_null(r->origin.data);
    assert_non_null(r->genesis.data);
    assert_int_equal(r->genesis.len, 0);
    assert_int_equal(record_edits(r).n, 0);
    assert_int_equal(c->records[1].record.value.len, 0);
    assert_int_equal(record_edits(&c->records[2].record).n, 1);
    opened_close(o);
    collector_destroy(c);
    kafka_destroy(topic);
}

static void a_log_whose_beginning_is_gone_says_so(void **state)
{
    char *topic = kafka_create();
    struct collector *c = collector_create();
    struct opened *o = opened_from(kafka_open(topic), c);
    char error[LOG_ERROR_BYTES] = "";
    assert_int_equal(log_reader_seek(o->reader, 0, error), 0);
    for (uint64_t i = 1; i <= 20; i++) {
        struct log_batch batch = batch_make(1, i, 3, false);
        assert_int_equal(log_writer_append(o->writer, &batch), LOG_ACCEPTED);
        batch_finish(&batch);
    }
    read_records(o, c, 20);
    rd_kafka_t *rk = bare_producer(NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, 0)->offset = 10;
    rd_kafka_DeleteRecords_t *request = rd_kafka_DeleteRecords_new(list);
    rd_kafka_DeleteRecords(rk, &request, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 10000);
    assert_non_null(event);
    assert_int_equal(rd_kafka_event_error(event), 0);
    rd_kafka_event_destroy(event);
    rd_kafka_DeleteRecords_destroy(request);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(rk);

    struct log_bounds bounds;
    assert_int_equal(log_reader_bounds(o->reader, &bounds, error), 0);
    assert_int_equal(bounds.low, 10);
    assert_int_equal(bounds.high, 20);
    assert_int_equal(log_reader_seek(o->reader, 5, error), -1);
    assert_non_null(strstr(error, "offset 5 "));
    assert_non_null(strstr(error, "from 10 to 20"));
    assert_int_equal(log_reader_seek(o->reader, 9, error), -1);
    assert_int_equal(log_reader_seek(o->reader, 21, error), -1);
    collector_clear(c);
    assert_int_equal(log_reader_seek(o->reader, 10, error), 0);
    read_records(o, c, 10);
    opened_close(o);
    collector_destroy(c);
    kafka_destroy(topic);
}

static void a_topic_of_create_time_keeps_the_times_that_batches_bring(void **state)
{
    static const int64_t event = 1491063600000;
    char *topic = kafka_create();
    make_topic(
        topic, 1,
        (const char *[]){"message.timestamp.type", "CreateTime", "retention.ms", "-1", NULL});
    struct collector *c = collector_create();
    struct opened *o = opened_from(kafka_open(topic), c);
    char error[LOG_ERROR_BYTES] = "";
    assert_int_equal(log_keeps_times(o->log), LOG_TIMES_KEPT);
    assert_int_equal(log_reader_seek(o->reader, 0, error), 0);
    for (uint64_t i = 1; i <= 10; i++) {
        struct log_batch batch = batch_make(1, i, 5, true);
        batch.time_ms = event + (int64_t)i * 1000;
        assert_int_equal(log_writer_append(o->writer, &batch), LOG_ACCEPTED);
        batch_finish(&batch);
    }
    read_records(o, c, 10);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(c->records[i].record.time_ms, event + (int64_t)(i + 1) * 1000);
    opened_close(o);
    collector_destroy(c);
    kafka_destroy(topic);
}

static void an_append_is_committed_and_read_within_milliseconds(void **state)
{
    char *topic = kafka_create();
    struct collector *c = collector_create();
    struct opened *o = opened_from(kafka_open(topic), c);
    char error[LOG_ERROR_BYTES];
    assert_int_equal(log_reader_seek(o->reader, 0, error), 0);
    uint64_t worst = 0, sum = 0, quick = 0;
    for (uint64_t i = 1; i <= 50; i++) {
        struct log_batch batch = batch_make(1, i, 67, true);
        uint64_t start = test_now_ms();
        assert_int_equal(log_writer_append(o->writer, &batch), LOG_ACCEPTED);
        read_records(o, c, i);
        uint64_t took = test_now_ms() - start;
        worst = took > worst ? took : worst;
        sum += took;
        quick += took < 200;
        batch_finish(&batch);
    }
    print_message("append to read back: %llu ms on average, %llu ms at most\n",
                  (unsigned long long)sum / 50, (unsigned long long)worst);
    assert_true(quick >= 10); /* not all of them when others have the processors */
    opened_close(o);
    collector_destroy(c);
    kafka_destroy(topic);
}

/* An argument is a pattern of the tests to run; or "topics", "outages" or "promises" for a part of
 * them, which wait most of the time and so take less of it beside each other. */
int main(int argc, char *argv[])
{
    const char *part = argc > 1 ? argv[1] : "";
    bool topics = strcmp(part, "topics") == 0, outages = strcmp(part, "outages") == 0,
         promises = strcmp(part, "promises") == 0, all = !topics && !outages && !promises;
    if (argc > 1 && all)
        cmocka_set_test_filter(part);
    brokers = getenv("PLACED_TEST_KAFKA");
    if (!brokers) {
        fprintf(stderr, "set PLACED_TEST_KAFKA=HOST:PORT, or run by with-kafka\n");
        return 77; /* meson: skipped */
    }
    const struct world world = {.name = "every log: kafka",
                                .create = kafka_create,
                                .destroy = kafka_destroy,
                                .open = kafka_open,
                                .threads = true,
                                .shared = true};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_topic_is_made_by_whoever_is_first),
        cmocka_unit_test(several_processes_read_one_partition),
        cmocka_unit_test(a_missing_topic_is_not_made_to_be_read),
        cmocka_unit_test(a_topic_of_two_partitions_is_refused),
        cmocka_unit_test(a_compacted_topic_is_refused),
        cmocka_unit_test(a_topic_of_create_time_keeps_the_times_that_batches_bring),
        cmocka_unit_test(a_topic_made_by_hand_is_used_with_warnings),
        cmocka_unit_test(a_property_is_passed_on_or_refused_by_name),
        cmocka_unit_test(no_broker_is_an_error_within_seconds),
        cmocka_unit_test(a_record_of_an_aborted_transaction_counts),
        cmocka_unit_test(gaps_in_the_offsets_are_passed_over),
        cmocka_unit_test(foreign_records_and_headers_come_through_as_they_are),
        cmocka_unit_test(a_log_whose_beginning_is_gone_says_so),
        cmocka_unit_test(an_append_is_committed_and_read_within_milliseconds),
    };
    int failed = 0;
    /* the children of a fork must not have clients of the parent: these go first */
    if (topics || all)
        failed += cmocka_run_group_tests_name("kafka", tests, NULL, NULL) + kafka_sizes_run();
    if (outages || all)
        failed += kafka_outage_run();
    if (promises || all)
        failed += conformance_run(&world);
    return failed;
}
