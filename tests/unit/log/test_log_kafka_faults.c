/* SPDX-License-Identifier: ISC */
/*
 * test_log_kafka_faults: what brokers do on bad days, on librdkafka's mock cluster (real TCP). The
 * mock does not notice duplicates and cannot make topics or describe them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "collector.h"
#include "log/kafka/kafka_writer.h"
#include "log/open.h"

enum { API_PRODUCE = 0, API_INIT_PRODUCER_ID = 22, PATIENCE_MS = 120000 };

static rd_kafka_t *mock_client;

struct scene {
    rd_kafka_mock_cluster_t *mock;
    struct opened *o;
    struct collector *c;
    size_t reconnected;
    char failed[LOG_ERROR_BYTES];
};

static struct scene scene_make(int brokers, const struct log_property *property)
{
    struct scene s = {.c = collector_create()};
    char error[LOG_ERROR_BYTES] = "";
    s.mock = rd_kafka_mock_cluster_new(mock_client, brokers);
    assert_non_null(s.mock);
    assert_int_equal(rd_kafka_mock_topic_create(s.mock, "t", 1, brokers), 0);
    rd_kafka_mock_partition_set_leader(s.mock, "t", 0, 1);
    char url[256];
    const struct log_options options = {.properties = property, .n_properties = property ? 1 : 0};
    snprintf(url, sizeof url, "kafka://%s/t", rd_kafka_mock_cluster_bootstraps(s.mock));
    struct log *log = log_open(url, &options, error);
    if (!log)
        fail_msg("%s", error);
    s.o = opened_from(log, s.c);
    assert_int_equal(log_reader_seek(s.o->reader, 0, error), 0);
    assert_int_equal(log_writer_state(s.o->writer), LOG_WRITABLE);
    return s;
}

static void scene_drop(struct scene *s)
{
    opened_close(s->o);
    rd_kafka_mock_cluster_destroy(s->mock);
    collector_destroy(s->c);
}

static void poll_once(struct scene *s)
{
    size_t delivered;
    enum log_event event = log_reader_poll(s->o->reader, 20, &delivered, s->failed);
    if (event == LOG_RECONNECTED) { /* as the server does: read the last record again */
        s->reconnected++;
        uint64_t from = s->c->n ? s->c->records[s->c->n - 1].record.offset : 0;
        if (s->c->n)
            free(s->c->records[--s->c->n].bytes);
        if (log_reader_seek(s->o->reader, from, s->failed) != 0)
            fail_msg("%s", s->failed);
    }
    if (event == LOG_FAILED)
        fail_msg("%s", s->failed);
}

/* Poll until done; how long it took, in ms. */
#define POLL_UNTIL(s, done)                                                                        \
    __extension__({                                                                                \
        uint64_t poll_start = test_now_ms();                                                       \
        while (!(done) && test_now_ms() - poll_start < PATIENCE_MS)                                \
            poll_once(s);                                                                          \
        if (!(done))                                                                               \
            fail_msg("not within %d ms: %s", PATIENCE_MS, #done);                                  \
        test_now_ms() - poll_start;                                                                \
    })

static void append(struct scene *s, uint64_t number, enum log_append expected)
{
    struct log_batch batch = batch_make(1, number, 10, true);
    assert_int_equal(log_writer_append(s->o->writer, &batch), expected);
    batch_finish(&batch);
}

/* Refused ones absent, committed ones there. */
static void check_outcomes(struct scene *s)
{
    for (size_t i = 0; i < s->c->n_reported; i++) {
        struct reported *t = &s->c->reported[i];
        enum log_outcome outcome;
        assert_int_equal(collector_outcome(s->c, t->origin, &outcome), 1);
        size_t n = collector_count(s->c, t->origin);
        if (t->outcome == LOG_COMMITTED)
            assert_true(n >= 1);
        if (t->outcome == LOG_REFUSED)
            assert_int_equal(n, 0);
    }
}

static void a_broker_that_goes_stalls_the_log_and_its_return_heals_it(void **state)
{
    struct scene s = scene_make(1, NULL);
    append(&s, 1, LOG_ACCEPTED);
    POLL_UNTIL(&s, s.c->n == 1 && collector_reported(s.c) == 1);

    rd_kafka_mock_broker_set_down(s.mock, 1);
    append(&s, 2, LOG_ACCEPTED);
    uint64_t took = POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_STALLED);
    print_message("read-only %llu ms after the broker stopped\n", (unsigned long long)took);
    assert_in_range(took, 1500, 30000); /* about 2 s; the rest is for a busy machine */
    append(&s, 3, LOG_READONLY);
    assert_int_equal(s.reconnected, 0);

    rd_kafka_mock_broker_set_up(s.mock, 1);
    took = POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_WRITABLE && s.reconnected > 0);
    print_message("writable %llu ms after it came back\n", (unsigned long long)took);
    assert_in_range(took, 0, 25000);
    POLL_UNTIL(&s, collector_reported(s.c) == 2);
    append(&s, 4, LOG_ACCEPTED);
    POLL_UNTIL(&s,
               collector_reported(s.c) == 3 && collector_count(s.c, (struct origin){1, 4}) >= 1);
    check_outcomes(&s);
    scene_drop(&s);
}

static void an_idle_log_notices_a_broker_that_goes_as_well(void **state)
{
    struct scene s = scene_make(1, NULL);
    for (int round = 0; round < 3; round++) { /* also a second and third time within 30 s */
        size_t before = s.reconnected;
        rd_kafka_mock_broker_set_down(s.mock, 1);
        assert_in_range(POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_STALLED), 1500, 3000);
        rd_kafka_mock_broker_set_up(s.mock, 1);
        assert_in_range(POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_WRITABLE), 0, 2500);
        POLL_UNTIL(&s, s.reconnected > before);
    }
    append(&s, 1, LOG_ACCEPTED);
    POLL_UNTIL(&s, s.c->n == 1 && collector_reported_as(s.c, LOG_COMMITTED) == 1);
    scene_drop(&s);
}

static void a_short_break_is_reported_every_time(void **state)
{
    struct scene s = scene_make(1, NULL);
    append(&s, 1, LOG_ACCEPTED);
    POLL_UNTIL(&s, s.c->n == 1);
    for (int round = 0; round < 5; round++) {
        size_t before = s.reconnected;
        rd_kafka_mock_broker_set_down(s.mock, 1);
        uint64_t until = test_now_ms() + 200;
        while (test_now_ms() < until)
            poll_once(&s);
        rd_kafka_mock_broker_set_up(s.mock, 1);
        POLL_UNTIL(&s, s.reconnected > before);
        POLL_UNTIL(&s, s.c->n == 1); /* the anchor's record can be read again */
    }
    scene_drop(&s);
}

static void what_was_fetched_before_the_connection_was_lost_is_not_delivered(void **state)
{
    struct scene s = scene_make(1, NULL);
    char error[LOG_ERROR_BYTES];
    size_t delivered;
    enum log_event event = LOG_OK;
    for (uint64_t i = 1; i <= 20; i++)
        append(&s, i, LOG_ACCEPTED);
    POLL_UNTIL(&s, s.c->n == 20 && collector_reported(s.c) == 20);
    collector_clear(s.c);
    assert_int_equal(log_reader_seek(s.o->reader, 0, error), 0);
    pause_ms(1000); /* they are fetched */
    rd_kafka_mock_broker_set_down(s.mock, 1);
    pause_ms(500);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(log_reader_poll(s.o->reader, 20, &delivered, error), LOG_OK);
        assert_int_equal(delivered, 0);
    }
    rd_kafka_mock_broker_set_up(s.mock, 1);
    uint64_t until = test_now_ms() + PATIENCE_MS;
    while (event != LOG_RECONNECTED && test_now_ms() < until) {
        event = log_reader_poll(s.o->reader, 20, &delivered, error);
        assert_int_equal(delivered, 0);
    }
    assert_int_equal(event, LOG_RECONNECTED);
    assert_int_equal(s.c->n, 0);
    POLL_UNTIL(&s, s.c->n == 20); /* whoever does not seek goes on where it was */
    for (uint64_t i = 0; i < 20; i++)
        assert_int_equal(s.c->records[i].record.offset, i);
    scene_drop(&s);
}

static void what_times_out_is_refused_or_unknown_never_lost(void **state)
{
    const struct log_property quick = {"message.timeout.ms", "3000"};
    struct scene s = scene_make(1, &quick);
    append(&s, 1, LOG_ACCEPTED);
    POLL_UNTIL(&s, s.c->n == 1 && collector_reported(s.c) == 1);
    rd_kafka_mock_broker_set_down(s.mock, 1);
    for (uint64_t i = 2; i <= 20; i++)
        append(&s, i, LOG_ACCEPTED);
    POLL_UNTIL(&s, collector_reported(s.c) == 20);
    assert_int_equal(log_writer_state(s.o->writer), LOG_STALLED);
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), 1);
    print_message("%zu refused, %zu unknown\n", collector_reported_as(s.c, LOG_REFUSED),
                  collector_reported_as(s.c, LOG_UNKNOWN));
    rd_kafka_mock_broker_set_up(s.mock, 1);
    POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_WRITABLE);
    append(&s, 21, LOG_ACCEPTED);
    POLL_UNTIL(&s,
               collector_reported(s.c) == 21 && collector_count(s.c, (struct origin){1, 21}) == 1);
    check_outcomes(&s);
    scene_drop(&s);
}

static void request_errors_are_retried_in_order(void **state)
{
    /* The mock, unlike a broker, would take a second request whose predecessor failed: there must
     * be none. */
    struct scene s = scene_make(1, NULL);
    for (int burst = 0; burst < 3; burst++) {
        rd_kafka_mock_push_request_errors(
            s.mock, API_PRODUCE, 6, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
            RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
            RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
        for (uint64_t i = 1; i <= 50; i++)
            append(&s, (uint64_t)burst * 50 + i, LOG_ACCEPTED);
        POLL_UNTIL(&s, collector_reported(s.c) == (size_t)burst * 50 + 50);
    }
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), 150);
    POLL_UNTIL(&s, s.c->n >= 150);
    uint64_t last = 0;
    for (size_t i = 0; i < s.c->n; i++) {
        struct origin o;
        assert_true(record_origin(&s.c->records[i].record, &o));
        assert_int_equal(o.batch, last + 1);
        last = o.batch;
    }
    scene_drop(&s);
}

static void nothing_is_sent_without_the_producer_s_id(void **state)
{
    /* with the id, the broker knows a batch that is sent again; without, it would be there twice */
    const struct log_property none = {"retry.backoff.ms", "50"};
    struct scene s = scene_make(1, &none);
    log_writer_destroy(s.o->writer);
    char error[LOG_ERROR_BYTES] = "";
    for (int i = 0; i < 100; i++)
        rd_kafka_mock_push_request_errors(s.mock, API_INIT_PRODUCER_ID, 1,
                                          RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS);
    s.o->writer = log_writer_create(s.o->log, &s.c->as_outcomes, error);
    assert_non_null(s.o->writer);
    append(&s, 1, LOG_ACCEPTED);
    uint64_t until = test_now_ms() + 1500;
    while (test_now_ms() < until)
        poll_once(&s);
    assert_int_equal(s.c->n, 0);
    assert_int_equal(collector_reported(s.c), 0);
    rd_kafka_mock_clear_request_errors(s.mock, API_INIT_PRODUCER_ID);
    POLL_UNTIL(&s, s.c->n == 1 && collector_reported(s.c) == 1);
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), 1);
    scene_drop(&s);
}

static void a_lost_acknowledgement_is_neither_a_refusal_nor_a_loss(void **state)
{
    const struct log_property quick = {"message.timeout.ms", "4000"};
    struct scene s = scene_make(1, &quick);
    append(&s, 1, LOG_ACCEPTED);
    POLL_UNTIL(&s, s.c->n == 1 && collector_reported(s.c) == 1);

    /* appended, but the answer is too slow for the broker's life; it comes back in time */
    rd_kafka_mock_broker_push_request_error_rtts(s.mock, 1, API_PRODUCE, 1, 0, 1000);
    append(&s, 2, LOG_ACCEPTED);
    uint64_t until = test_now_ms() + 300;
    while (test_now_ms() < until)
        poll_once(&s);
    rd_kafka_mock_broker_set_down(s.mock, 1);
    until = test_now_ms() + 500;
    while (test_now_ms() < until)
        poll_once(&s);
    rd_kafka_mock_broker_set_up(s.mock, 1);
    POLL_UNTIL(&s, collector_reported(s.c) == 2 && log_writer_state(s.o->writer) == LOG_WRITABLE);
    enum log_outcome outcome = LOG_REFUSED;
    assert_int_equal(collector_outcome(s.c, (struct origin){1, 2}, &outcome), 1);
    assert_int_equal(outcome, LOG_COMMITTED);

    /* and it comes back too late */
    rd_kafka_mock_broker_push_request_error_rtts(s.mock, 1, API_PRODUCE, 1, 0, 3000);
    append(&s, 3, LOG_ACCEPTED);
    until = test_now_ms() + 300;
    while (test_now_ms() < until)
        poll_once(&s);
    rd_kafka_mock_broker_set_down(s.mock, 1);
    POLL_UNTIL(&s, collector_reported(s.c) == 3);
    assert_int_equal(collector_outcome(s.c, (struct origin){1, 3}, &outcome), 1);
    assert_int_equal(outcome, LOG_UNKNOWN);
    rd_kafka_mock_broker_set_up(s.mock, 1);
    POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_WRITABLE);
    append(&s, 4, LOG_ACCEPTED);
    POLL_UNTIL(&s, collector_count(s.c, (struct origin){1, 4}) == 1);
    assert_true(collector_count(s.c, (struct origin){1, 3}) >= 1); /* it had been written indeed */
    check_outcomes(&s);
    scene_drop(&s);
}

static void a_fatal_error_costs_a_new_producer_and_nothing_else(void **state)
{
    struct scene s = scene_make(1, NULL);
    uint64_t number = 0;
    for (int round = 0; round < 3; round++) {
        rd_kafka_mock_broker_push_request_error_rtts(s.mock, 1, API_PRODUCE, 1, 0, 800);
        for (int i = 0; i < 20; i++)
            append(&s, ++number, LOG_ACCEPTED);
        uint64_t until = test_now_ms() + 100;
        while (test_now_ms() < until)
            poll_once(&s);
        kafka_writer_test_fatal(s.o->writer);
        POLL_UNTIL(&s, collector_reported(s.c) == number);
        uint64_t took = POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_WRITABLE);
        print_message("writable again after %llu ms; %zu committed, %zu refused, %zu unknown\n",
                      (unsigned long long)took, collector_reported_as(s.c, LOG_COMMITTED),
                      collector_reported_as(s.c, LOG_REFUSED),
                      collector_reported_as(s.c, LOG_UNKNOWN));
        append(&s, ++number, LOG_ACCEPTED);
        POLL_UNTIL(&s, collector_count(s.c, (struct origin){1, number}) == 1 &&
                           collector_reported(s.c) == number);
    }
    check_outcomes(&s);
    scene_drop(&s);
}

static void a_slow_broker_means_waiting_not_refusing_for_ever(void **state)
{
    struct scene s = scene_make(1, NULL);
    rd_kafka_mock_broker_set_rtt(s.mock, 1, 2000);
    uint64_t start = test_now_ms(), number = 0, accepted = 0, refused = 0, writable_late = 0;
    while (test_now_ms() - start < 15000 ||
           (writable_late <= 20 && test_now_ms() - start < PATIENCE_MS)) {
        struct log_batch batch = batch_make(1, ++number, 10, true);
        enum log_append result = log_writer_append(s.o->writer, &batch);
        batch_finish(&batch);
        accepted += result == LOG_ACCEPTED;
        refused += result == LOG_READONLY;
        writable_late += result == LOG_ACCEPTED && test_now_ms() - start > 8000;
        for (int i = 0; i < 5; i++)
            poll_once(&s);
    }
    print_message("round trip of 2 s: %llu batches taken, %llu not\n", (unsigned long long)accepted,
                  (unsigned long long)refused);
    assert_true(writable_late > 20); /* once deliveries flow, it is writable */
    POLL_UNTIL(&s, collector_reported(s.c) == accepted);
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), accepted);
    rd_kafka_mock_broker_set_rtt(s.mock, 1, 0);
    POLL_UNTIL(&s, s.c->n >= accepted && log_writer_state(s.o->writer) == LOG_WRITABLE);
    check_outcomes(&s);
    scene_drop(&s);
}

static void a_full_queue_of_the_client_is_full_and_not_read_only(void **state)
{
    const struct log_property small = {"queue.buffering.max.messages", "3"};
    struct scene s = scene_make(1, &small);
    rd_kafka_mock_broker_set_rtt(s.mock, 1, 500);
    enum log_append result = LOG_ACCEPTED;
    uint64_t number = 0;
    while (result == LOG_ACCEPTED && number < 100) {
        struct log_batch batch = batch_make(1, ++number, 10, true);
        result = log_writer_append(s.o->writer, &batch);
        batch_finish(&batch);
    }
    assert_int_equal(result, LOG_FULL);
    assert_int_equal(log_writer_state(s.o->writer), LOG_WRITABLE);
    rd_kafka_mock_broker_set_rtt(s.mock, 1, 0);
    POLL_UNTIL(&s, collector_reported(s.c) == number - 1);
    append(&s, number, LOG_ACCEPTED);
    POLL_UNTIL(&s, collector_reported(s.c) == number);
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), number);
    scene_drop(&s);
}

static void while_something_comes_through_it_stays_writable(void **state)
{
    struct scene s = scene_make(1, NULL);
    rd_kafka_mock_broker_set_rtt(s.mock, 1, 500);
    for (int round = 0; round < 2;
         round++) { /* after a silence, something is in flight all the time */
        pause_ms(2500);
        uint64_t until = test_now_ms() + 4000, number = (uint64_t)round * 1000;
        size_t before = collector_reported(s.c);
        while (test_now_ms() < until) {
            append(&s, ++number, LOG_ACCEPTED);
            poll_once(&s);
        }
        POLL_UNTIL(&s, collector_reported(s.c) == before + number - (uint64_t)round * 1000);
    }
    assert_int_equal(log_writer_state(s.o->writer), LOG_WRITABLE);
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), collector_reported(s.c));
    scene_drop(&s);
}

static void a_broker_without_a_leader_is_not_enough_to_be_writable(void **state)
{
    struct scene s = scene_make(1, NULL);
    rd_kafka_mock_broker_set_down(s.mock, 1);
    POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_STALLED);
    rd_kafka_mock_partition_set_leader(s.mock, "t", 0, -1);
    rd_kafka_mock_broker_set_up(s.mock, 1);
    POLL_UNTIL(&s, s.reconnected > 0);
    uint64_t until = test_now_ms() + 2000;
    while (test_now_ms() < until) {
        poll_once(&s);
        assert_int_equal(log_writer_state(s.o->writer), LOG_STALLED);
    }
    rd_kafka_mock_partition_set_leader(s.mock, "t", 0, 1);
    POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_WRITABLE);
    append(&s, 1, LOG_ACCEPTED);
    POLL_UNTIL(&s, collector_reported_as(s.c, LOG_COMMITTED) == 1);
    scene_drop(&s);
}

static void a_broker_that_does_not_say_how_much_it_takes_gets_less(void **state)
{
    struct scene s = scene_make(1, NULL); /* the mock cannot describe topics */
    assert_int_equal(log_writer_record_max(s.o->writer), LOG_RECORD_MAX);
    rd_kafka_mock_push_request_errors(s.mock, API_PRODUCE, 1, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    append(&s, 1, LOG_ACCEPTED);
    POLL_UNTIL(&s, log_writer_record_max(s.o->writer) < LOG_RECORD_MAX);
    POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_WRITABLE);
    assert_in_range(log_writer_record_max(s.o->writer), LOG_RECORD_MAX / 3, LOG_RECORD_MAX / 2);
    append(&s, 2, LOG_ACCEPTED);
    POLL_UNTIL(&s, collector_reported(s.c) == 2 && s.c->n == 1);
    enum log_outcome outcome = LOG_UNKNOWN;
    assert_int_equal(collector_outcome(s.c, (struct origin){1, 1}, &outcome), 1);
    assert_int_equal(outcome, LOG_REFUSED);
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), 1);
    scene_drop(&s);
}

static void a_leader_is_not_enough_while_what_is_in_flight_does_not_come_through(void **state)
{
    struct scene s = scene_make(1, NULL);
    for (int i = 0; i < 2000; i++)
        rd_kafka_mock_push_request_errors(s.mock, API_PRODUCE, 1,
                                          RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
    append(&s, 1, LOG_ACCEPTED);
    POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_STALLED);
    uint64_t until = test_now_ms() + 1500;
    while (test_now_ms() < until) {
        poll_once(&s);
        assert_int_equal(log_writer_state(s.o->writer), LOG_STALLED);
    }
    rd_kafka_mock_clear_request_errors(s.mock, API_PRODUCE);
    POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_WRITABLE);
    POLL_UNTIL(&s, collector_reported_as(s.c, LOG_COMMITTED) == 1 && s.c->n == 1);
    scene_drop(&s);
}

static void without_a_leader_it_stalls_and_with_a_new_one_goes_on_without_a_gap(void **state)
{
    struct scene s = scene_make(2, NULL);
    for (uint64_t i = 1; i <= 20; i++)
        append(&s, i, LOG_ACCEPTED);
    POLL_UNTIL(&s, s.c->n == 20 && collector_reported(s.c) == 20);
    rd_kafka_mock_partition_set_leader(s.mock, "t", 0, -1);
    for (uint64_t i = 21; i <= 40; i++)
        append(&s, i, LOG_ACCEPTED);
    assert_in_range(POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_STALLED), 1500, 3000);
    rd_kafka_mock_partition_set_leader(s.mock, "t", 0, 2);
    POLL_UNTIL(&s, log_writer_state(s.o->writer) == LOG_WRITABLE && collector_reported(s.c) == 40);
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), 40);
    POLL_UNTIL(&s, s.c->n == 40);
    for (uint64_t i = 0; i < 40; i++) {
        struct origin o;
        assert_true(record_origin(&s.c->records[i].record, &o));
        assert_int_equal(o.batch, i + 1);
    }
    scene_drop(&s);
}

static void a_failed_reader_stays_failed_until_a_seek(void **state)
{
    struct scene s = scene_make(1, NULL);
    char error[LOG_ERROR_BYTES] = "";
    size_t delivered;
    append(&s, 1, LOG_ACCEPTED);
    POLL_UNTIL(&s, s.c->n == 1);
    rd_kafka_mock_broker_set_down(s.mock, 1);
    pause_ms(300);
    assert_int_equal(log_reader_seek(s.o->reader, 1000, error), 0); /* there is nobody to ask */
    rd_kafka_mock_broker_set_up(s.mock, 1);
    enum log_event event = LOG_OK;
    uint64_t until = test_now_ms() + PATIENCE_MS;
    while (event != LOG_FAILED && test_now_ms() < until)
        event = log_reader_poll(s.o->reader, 20, &delivered, error);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(log_reader_poll(s.o->reader, 20, &delivered, error), LOG_FAILED);
        assert_non_null(strstr(error, "1000"));
    }
    collector_clear(s.c);
    assert_int_equal(log_reader_seek(s.o->reader, 0, error), 0);
    POLL_UNTIL(&s, s.c->n == 1);
    scene_drop(&s);
}

static void nothing_blocks_the_reader_for_long_without_a_broker(void **state)
{
    struct scene s = scene_make(1, NULL);
    char error[LOG_ERROR_BYTES] = "";
    size_t delivered;
    struct log_bounds bounds;
    append(&s, 1, LOG_ACCEPTED);
    POLL_UNTIL(&s, s.c->n == 1);
    rd_kafka_mock_broker_set_down(s.mock, 1);
    for (int round = 0; round < 2; round++) {
        uint64_t start = test_now_ms();
        assert_int_equal(log_reader_poll(s.o->reader, 200, &delivered, error), LOG_OK);
        assert_in_range(test_now_ms() - start, 0, 60000);
        start = test_now_ms();
        assert_int_equal(log_reader_bounds(s.o->reader, &bounds, error), -1);
        assert_in_range(test_now_ms() - start, 0, 120000);
        start = test_now_ms();
        assert_int_equal(log_reader_seek(s.o->reader, 0, error),
                         0); /* it shows later whether that is possible */
        assert_in_range(test_now_ms() - start, 0, 120000);
        assert_false(log_reader_caught_up(s.o->reader)); /* nobody knows where the end is */
    }
    rd_kafka_mock_broker_set_up(s.mock, 1);
    collector_clear(s.c);
    POLL_UNTIL(&s, s.c->n == 1 && log_reader_caught_up(s.o->reader));
    scene_drop(&s);
}

static void closing_without_a_broker_ends_in_time_with_every_outcome_reported(void **state)
{
    struct scene s = scene_make(1, NULL);
    rd_kafka_mock_broker_set_down(s.mock, 1);
    for (uint64_t i = 1; i <= 10; i++)
        append(&s, i, LOG_ACCEPTED);
    uint64_t start = test_now_ms();
    log_writer_flush(s.o->writer, 500);
    assert_in_range(test_now_ms() - start, 0, 60000);
    assert_int_equal(collector_reported(s.c), 10);
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), 0);
    start = test_now_ms();
    opened_close(s.o);
    s.o = NULL;
    assert_in_range(test_now_ms() - start, 0, 100000);
    assert_int_equal(collector_reported(s.c), 10);
    scene_drop(&s);
}

/* An argument is a pattern of the tests to run; or K/N for every Nth of them from the Kth on: they
 * wait most of the time, and so take a fraction of it in several processes. */
int main(int argc, char *argv[])
{
    size_t first = 1, step = 1;
    if (argc > 1 && sscanf(argv[1], "%zu/%zu", &first, &step) != 2)
        cmocka_set_test_filter(argv[1]);
    if (first < 1 || first > step) {
        fprintf(stderr, "expected K/N with K from 1 to N, got %s\n", argv[1]);
        return 2;
    }
    char why[256];
    mock_client = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof why);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broker_that_goes_stalls_the_log_and_its_return_heals_it),
        cmocka_unit_test(an_idle_log_notices_a_broker_that_goes_as_well),
        cmocka_unit_test(a_short_break_is_reported_every_time),
        cmocka_unit_test(what_was_fetched_before_the_connection_was_lost_is_not_delivered),
        cmocka_unit_test(what_times_out_is_refused_or_unknown_never_lost),
        cmocka_unit_test(request_errors_are_retried_in_order),
        cmocka_unit_test(nothing_is_sent_without_the_producer_s_id),
        cmocka_unit_test(a_lost_acknowledgement_is_neither_a_refusal_nor_a_loss),
        cmocka_unit_test(a_fatal_error_costs_a_new_producer_and_nothing_else),
        cmocka_unit_test(a_slow_broker_means_waiting_not_refusing_for_ever),
        cmocka_unit_test(a_full_queue_of_the_client_is_full_and_not_read_only),
        cmocka_unit_test(while_something_comes_through_it_stays_writable),
        cmocka_unit_test(a_broker_without_a_leader_is_not_enough_to_be_writable),
        cmocka_unit_test(a_broker_that_does_not_say_how_much_it_takes_gets_less),
        cmocka_unit_test(a_leader_is_not_enough_while_what_is_in_flight_does_not_come_through),
        cmocka_unit_test(without_a_leader_it_stalls_and_with_a_new_one_goes_on_without_a_gap),
        cmocka_unit_test(a_failed_reader_stays_failed_until_a_seek),
        cmocka_unit_test(nothing_blocks_the_reader_for_long_without_a_broker),
        cmocka_unit_test(closing_without_a_broker_ends_in_time_with_every_outcome_reported),
    };
    struct CMUnitTest chosen[sizeof tests / sizeof *tests];
    size_t n = 0;
    for (size_t i = first - 1; i < sizeof tests / sizeof *tests; i += step)
        chosen[n++] = tests[i];
    int failed = _cmocka_run_group_tests("kafka faults", chosen, n, NULL, NULL);
    rd_kafka_destroy(mock_client);
    return failed;
}
