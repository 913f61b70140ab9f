/* SPDX-License-Identifier: ISC */
/* test_kafka_flights: every batch in flight gets exactly one outcome, whatever comes first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collector.h"
#include "log/kafka/kafka_flights.h"

struct world {
    struct collector *c;
    struct log_writer writer;
    struct kafka_flights flights;
};

static int set_up(void **state)
{
    static struct world w;
    w = (struct world){.c = collector_create()};
    w.writer.outcomes = &w.c->as_outcomes;
    *state = &w;
    return kafka_flights_init(&w.flights, &w.writer);
}

static int tear_down(void **state)
{
    struct world *w = *state;
    kafka_flights_finish(&w->flights);
    collector_destroy(w->c);
    return 0;
}

static struct kafka_flight *add(struct world *w, uint64_t number, size_t bytes)
{
    return kafka_flights_add(&w->flights, (struct origin){1, number}, bytes);
}

static void check(struct world *w, uint64_t number, enum log_outcome expected)
{
    enum log_outcome outcome;
    assert_int_equal(collector_outcome(w->c, (struct origin){1, number}, &outcome), 1);
    assert_int_equal(outcome, expected);
}

static void a_delivery_report_is_the_outcome(void **state)
{
    struct world *w = *state;
    struct kafka_flight *a = add(w, 1, 10), *b = add(w, 2, 10);
    kafka_flights_settle(&w->flights, b, LOG_REFUSED);
    assert_false(kafka_flights_wait(&w->flights, 0));
    kafka_flights_settle(&w->flights, a, LOG_COMMITTED);
    assert_true(kafka_flights_wait(&w->flights, 0));
    check(w, 1, LOG_COMMITTED);
    check(w, 2, LOG_REFUSED);
}

static void what_was_given_up_is_unknown_and_its_report_comes_too_late(void **state)
{
    struct world *w = *state;
    struct kafka_flight *a = add(w, 1, 10);
    add(w, 2, 10);
    kafka_flights_give_up(&w->flights);
    assert_true(kafka_flights_wait(&w->flights, 0));
    kafka_flights_settle(&w->flights, a, LOG_COMMITTED); /* the report of the other never comes */
    assert_int_equal(collector_reported(w->c), 2);
    check(w, 1, LOG_UNKNOWN);
    check(w, 2, LOG_UNKNOWN);
    kafka_flights_settle(&w->flights, add(w, 3, 10), LOG_COMMITTED); /* the sums are right */
    assert_true(kafka_flights_wait(&w->flights, 0));
    assert_int_equal(w->flights.bytes, 0);
}

static void what_was_not_handed_over_has_no_outcome(void **state)
{
    struct world *w = *state;
    kafka_flights_cancel(&w->flights, add(w, 1, 10));
    assert_true(kafka_flights_wait(&w->flights, 0));
    assert_int_equal(collector_reported(w->c), 0);
    assert_int_equal(w->flights.bytes, 0);
}

static void there_is_room_for_so_many_batches_and_bytes(void **state)
{
    struct world *w = *state;
    for (uint64_t i = 1; i <= LOG_FLIGHT_BATCHES; i++)
        assert_non_null(add(w, i, 10));
    assert_null(add(w, 5000, 10));
    kafka_flights_give_up(&w->flights);
    assert_non_null(add(w, 6000, LOG_FLIGHT_BYTES - 10));
    assert_null(add(w, 6001, 11));
    assert_non_null(add(w, 6002, 10));
    assert_null(add(w, 6003, 1));
    kafka_flights_give_up(&w->flights);
    assert_int_equal(collector_reported(w->c), LOG_FLIGHT_BATCHES + 2);
}

static void coming_into_flight_is_noticed_once(void **state)
{
    struct world *w = *state;
    bool was_idle;
    assert_true(kafka_flights_idle(&w->flights, &was_idle));
    assert_false(was_idle);
    struct kafka_flight *a = add(w, 1, 10);
    assert_false(kafka_flights_idle(&w->flights, &was_idle));
    assert_true(was_idle);
    struct kafka_flight *b = add(w, 2, 10); /* something was in flight already */
    assert_false(kafka_flights_idle(&w->flights, &was_idle));
    assert_false(was_idle);
    kafka_flights_settle(&w->flights, a, LOG_COMMITTED);
    kafka_flights_settle(&w->flights, b, LOG_COMMITTED);
    assert_true(kafka_flights_idle(&w->flights, &was_idle));
    assert_false(was_idle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_delivery_report_is_the_outcome, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_given_up_is_unknown_and_its_report_comes_too_late,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_not_handed_over_has_no_outcome, set_up, tear_down),
        cmocka_unit_test_setup_teardown(there_is_room_for_so_many_batches_and_bytes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(coming_into_flight_is_noticed_once, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("kafka flights", tests, NULL, NULL);
}
