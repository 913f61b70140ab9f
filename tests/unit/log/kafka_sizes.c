/* SPDX-License-Identifier: ISC */
/* kafka_sizes: the promises, one test each. */
#include "kafka_sizes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kafka_scene.h"

/* A batch with a value of n bytes that do not compress; free it with batch_finish. */
static struct log_batch batch_of_bytes(uint64_t number, size_t n)
{
    struct log_batch batch = batch_make(1, number, n / EDIT_BYTES + 1, false);
    batch.value.len = n;
    return batch;
}

static void append_bytes(struct opened *o, uint64_t number, size_t n)
{
    struct log_batch batch = batch_of_bytes(number, n);
    uint64_t until = test_now_ms() + 120000;
    while (log_writer_append(o->writer, &batch) != LOG_ACCEPTED && test_now_ms() < until)
        pause_ms(10);
    assert_true(test_now_ms() < until);
    batch_finish(&batch);
}

static void wait_reported(struct collector *c, size_t n)
{
    uint64_t until = test_now_ms() + 120000;
    while (collector_reported(c) < n && test_now_ms() < until)
        pause_ms(10);
    assert_int_equal(collector_reported(c), n);
}

static enum log_outcome outcome_of(struct collector *c, uint64_t number)
{
    enum log_outcome outcome = LOG_UNKNOWN;
    assert_int_equal(collector_outcome(c, (struct origin){1, number}, &outcome), 1);
    return outcome;
}

static void a_topic_that_takes_little_gets_batches_that_fit(void **state)
{
    enum { N = 600 };
    char *topic = kafka_create();
    make_topic(topic, 1, (const char *[]){"max.message.bytes", "2000", NULL});
    struct collector *c = collector_create();
    struct opened *o = opened_from(kafka_open(topic), c);
    char error[LOG_ERROR_BYTES];
    size_t max = log_writer_record_max(o->writer);
    assert_in_range(max, 1500, 1999);
    assert_int_equal(log_reader_seek(o->reader, 0, error), 0);
    for (uint64_t i = 1; i <= N; i++) /* one as large as can be, and many that go out together */
        append_bytes(o, i, i % 50 == 1 ? max : 60 + i);
    read_records(o, c, N);
    wait_reported(c, N);
    assert_int_equal(collector_reported_as(c, LOG_COMMITTED), N);
    opened_close(o);
    collector_destroy(c);
    kafka_destroy(topic);
}

static void a_topic_that_takes_nothing_is_refused(void **state)
{
    char *topic = kafka_create();
    char error[LOG_ERROR_BYTES] = "";
    make_topic(topic, 1, (const char *[]){"max.message.bytes", "300", NULL});
    assert_null(open_with(topic, NULL, 0, error));
    assert_non_null(strstr(error, "max.message.bytes=300"));
    kafka_destroy(topic);
}

static void wait_writable(struct opened *o)
{
    uint64_t until = test_now_ms() + 120000;
    while (log_writer_state(o->writer) != LOG_WRITABLE && test_now_ms() < until)
        pause_ms(10);
    assert_int_equal(log_writer_state(o->writer), LOG_WRITABLE);
}

/* Append batches of n bytes after number, until one is refused: a broker takes its time to follow a
 * topic's new setting. All before it must be committed. The number of the one. */
static uint64_t append_until_refused(struct opened *o, struct collector *c, uint64_t number,
                                     size_t n)
{
    uint64_t until = test_now_ms() + 120000;
    do {
        assert_true(test_now_ms() < until);
        append_bytes(o, ++number, n);
        wait_reported(c, number);
    } while (outcome_of(c, number) == LOG_COMMITTED);
    assert_int_equal(outcome_of(c, number), LOG_REFUSED);
    return number;
}

static void a_topic_that_takes_less_while_open_refuses_one_batch(void **state)
{
    char *topic = kafka_create();
    struct collector *c = collector_create();
    struct opened *o = opened_from(kafka_open(topic), c);
    char error[LOG_ERROR_BYTES];
    assert_int_equal(log_reader_seek(o->reader, 0, error), 0);
    assert_int_equal(log_writer_record_max(o->writer), LOG_RECORD_MAX);
    append_bytes(o, 1, LOG_RECORD_MAX);
    read_records(o, c, 1);
    wait_reported(c, 1);
    assert_int_equal(outcome_of(c, 1), LOG_COMMITTED);

    set_topic(topic, "max.message.bytes", "3000");
    uint64_t refused = append_until_refused(o, c, 1, 50000);
    uint64_t until = test_now_ms() + 120000;
    while (log_writer_record_max(o->writer) == LOG_RECORD_MAX && test_now_ms() < until)
        pause_ms(10);
    assert_in_range(log_writer_record_max(o->writer), 2500, 2999);
    wait_writable(o);
    for (uint64_t i = 1; i <= 40; i++)
        append_bytes(o, refused + i, i == 1 ? log_writer_record_max(o->writer) : 500);
    wait_reported(c, refused + 40);
    for (uint64_t i = 1; i <= 40; i++)
        assert_int_equal(outcome_of(c, refused + i), LOG_COMMITTED);
    read_records(o, c, refused + 40 - 1);
    opened_close(o);
    collector_destroy(c);
    kafka_destroy(topic);
}

static void a_topic_that_takes_nothing_while_open_makes_it_read_only(void **state)
{
    char *topic = kafka_create();
    struct collector *c = collector_create();
    struct opened *o = opened_from(kafka_open(topic), c);
    set_topic(topic, "max.message.bytes", "300");
    uint64_t refused = append_until_refused(o, c, 0, 1000);
    uint64_t until = test_now_ms() + 120000;
    while (log_writer_state(o->writer) != LOG_STALLED && test_now_ms() < until)
        pause_ms(10);
    pause_ms(3000); /* and stays it */
    assert_int_equal(log_writer_state(o->writer), LOG_STALLED);
    struct log_batch batch = batch_of_bytes(refused + 1, 10);
    assert_int_equal(log_writer_append(o->writer, &batch), LOG_READONLY);
    batch_finish(&batch);

    set_topic(topic, "max.message.bytes", "1048588");
    wait_writable(o);
    assert_int_equal(log_writer_record_max(o->writer), LOG_RECORD_MAX);
    uint64_t number = refused + 1; /* was not taken */
    do {
        append_bytes(o, ++number, LOG_RECORD_MAX);
        wait_reported(c, number - 1);
    } while (outcome_of(c, number) != LOG_COMMITTED && test_now_ms() < until);
    assert_int_equal(outcome_of(c, number), LOG_COMMITTED);
    opened_close(o);
    collector_destroy(c);
    kafka_destroy(topic);
}

int kafka_sizes_run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_topic_that_takes_little_gets_batches_that_fit),
        cmocka_unit_test(a_topic_that_takes_nothing_is_refused),
        cmocka_unit_test(a_topic_that_takes_less_while_open_refuses_one_batch),
        cmocka_unit_test(a_topic_that_takes_nothing_while_open_makes_it_read_only),
    };
    return cmocka_run_group_tests_name("kafka: sizes", tests, NULL, NULL);
}
