/* SPDX-License-Identifier: ISC */
/* kafka_outage: appends all the time, through an outage. */
#include "kafka_outage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "kafka_scene.h"

static pid_t control(const char *action)
{
    char command[4096];
    snprintf(command, sizeof command, "exec %s %s", getenv("PLACED_TEST_KAFKA_CONTROL"), action);
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return child;
}

static void wait_control(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Append all the time while the broker goes for gone_ms and comes back. */
static void survive(const char *go, const char *come, uint64_t gone_ms)
{
    if (!getenv("PLACED_TEST_KAFKA_CONTROL"))
        skip();
    char *topic = kafka_create();
    struct collector *c = collector_create();
    struct opened *o = opened_from(kafka_open(topic), c);
    char error[LOG_ERROR_BYTES] = "";
    size_t delivered, reconnected = 0;
    uint64_t number = 0, stopped = 0, stalled = 0, back = 0, writable = 0, accepted = 0;
    assert_int_equal(log_reader_seek(o->reader, 0, error), 0);
    pid_t child = 0;
    uint64_t start = test_now_ms();
    /* an append every 20 ms, through a kill after 1 s and a start 4 s later, until all is well
     * again */
    while (test_now_ms() - start < 240000 && (!writable || test_now_ms() < writable + 1000)) {
        uint64_t now = test_now_ms();
        struct log_batch batch = batch_make(1, ++number, 5, true);
        accepted += log_writer_append(o->writer, &batch) == LOG_ACCEPTED;
        batch_finish(&batch);
        enum log_event event = log_reader_poll(o->reader, 20, &delivered, error);
        if (event == LOG_FAILED)
            fail_msg("%s", error);
        if (event == LOG_RECONNECTED) {
            reconnected++;
            uint64_t next = c->n > 0 ? c->records[c->n - 1].record.offset + 1 : 0;
            assert_int_equal(log_reader_seek(o->reader, next, error), 0);
        }
        /* A new producer may wait for its id: something must have come through before. */
        if (!stopped && now - start > 1000 && c->n > 0) {
            wait_control(control(go));
            stopped = test_now_ms();
        }
        if (stopped && !stalled && log_writer_state(o->writer) == LOG_STALLED)
            stalled = test_now_ms();
        if (stopped && !child && test_now_ms() - stopped > gone_ms)
            child = control(come);
        int status;
        if (child && !back && waitpid(child, &status, WNOHANG) == child) {
            assert_true(WIFEXITED(status));
            assert_int_equal(WEXITSTATUS(status), 0);
            back = test_now_ms();
        }
        if (stalled && back && !writable && log_writer_state(o->writer) == LOG_WRITABLE)
            writable = test_now_ms();
    }
    assert_true(writable);
    print_message(
        "read-only %llu ms after the broker stopped; writable %lld ms after the broker serves\n",
        (unsigned long long)(stalled - stopped), (long long)(writable - back));
    assert_in_range(stalled - stopped, 1000, 100000);
    assert_in_range(writable - back, 0, 100000);
    assert_true(reconnected > 0 || gone_ms < 15000);
    log_writer_flush(o->writer, 20000);
    assert_int_equal(collector_reported(c), accepted);
    opened_close(o);

    o = opened_from(kafka_open(topic), c); /* and read again from the start, by another one */
    collector_clear(c);
    assert_int_equal(log_reader_seek(o->reader, 0, error), 0);
    uint64_t until = test_now_ms() + 120000;
    while (!log_reader_caught_up(o->reader) && test_now_ms() < until)
        assert_int_equal(log_reader_poll(o->reader, 100, &delivered, error), LOG_OK);
    print_message("%llu accepted: %zu committed, %zu refused, %zu unknown; %zu in the log\n",
                  (unsigned long long)accepted, collector_reported_as(c, LOG_COMMITTED),
                  collector_reported_as(c, LOG_REFUSED), collector_reported_as(c, LOG_UNKNOWN),
                  c->n);
    uint64_t last = 0;
    for (size_t i = 0; i < c->n; i++) {
        struct origin origin;
        enum log_outcome outcome = LOG_REFUSED;
        assert_true(record_origin(&c->records[i].record, &origin));
        if (origin.batch <= last) /* in order, none twice */
            fail_msg("batch %llu is at offset %llu, after batch %llu",
                     (unsigned long long)origin.batch,
                     (unsigned long long)c->records[i].record.offset, (unsigned long long)last);
        last = origin.batch;
        assert_int_equal(collector_outcome(c, origin, &outcome), 1);
        assert_true(outcome != LOG_REFUSED);
    }
    for (size_t i = 0; i < c->n_reported; i++)
        if (c->reported[i].outcome == LOG_COMMITTED)
            assert_int_equal(collector_count(c, c->reported[i].origin), 1);
    opened_close(o);
    collector_destroy(c);
    kafka_destroy(topic);
}

static void a_broker_that_is_killed_costs_a_pause_and_no_edit(void **state)
{
    survive("kill", "start", 4000);
}

static void a_broker_that_hangs_costs_a_pause_and_no_edit(void **state)
{
    survive("pause", "resume", 4000);
}

static void a_broker_that_hangs_for_longer_than_a_batch_waits_does_so_too(void **state)
{
    survive("pause", "resume", 16000);
}

int kafka_outage_run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broker_that_is_killed_costs_a_pause_and_no_edit),
        cmocka_unit_test(a_broker_that_hangs_costs_a_pause_and_no_edit),
        cmocka_unit_test(a_broker_that_hangs_for_longer_than_a_batch_waits_does_so_too),
    };
    return cmocka_run_group_tests_name("kafka: outages", tests, NULL, NULL);
}
