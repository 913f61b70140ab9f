/* SPDX-License-Identifier: ISC */
/* conformance: the promises, one test each. */
#include "conformance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "collector.h"
#include "conformance_readers.h"
#include "scene.h"

enum { PATIENCE_MS = 120000 };

static const struct world *world;

static void records_come_back_in_the_order_of_their_appends(void **state)
{
    struct scene s = scene_make(world);
    append_many(&s, 7, 500, 67);
    wait_for(&s, 500, 500);
    check_order(&s, 7, 500, 67);
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), 500);
    scene_drop(&s);
}

static void a_record_keeps_its_edits_headers_and_time(void **state)
{
    struct scene s = scene_make(world);
    uint8_t genesis[GENESIS_BYTES] = "0123456789abcde";
    struct log_batch first = batch_make(1, 1, 1, false);
    first.genesis = genesis;
    struct log_batch large = batch_make(1, 2, BATCH_EDITS_MAX, false);
    struct log_batch largest = batch_make(1, 3, BATCH_EDITS_MAX, true);
    largest.genesis = genesis;
    struct log_batch dear = batch_make(1, 4, 30000, true);
    batch_add_energy(&dear, 30000);
    struct log_batch small = batch_make(1, 5, 1, false);
    small.genesis = genesis;
    batch_add_energy(&small, 0); /* malformed, but kept */
    const struct log_batch *all[] = {&first, &large, &largest, &dear, &small};
    for (size_t i = 0; i < 5; i++)
        append(&s, all[i]);
    wait_for(&s, 5, 5);
    for (size_t i = 0; i < 5; i++)
        assert_true(batch_equals(all[i], &s.c->records[i].record));
    if (!world->idle)
        for (size_t i = 0; i < 5; i++)
            assert_in_range(s.c->records[i].record.time_ms, (time(NULL) - 60) * 1000LL,
                            (time(NULL) + 60) * 1000LL);
    batch_finish(&first);
    batch_finish(&large);
    batch_finish(&largest);
    batch_finish(&dear);
    batch_finish(&small);
    scene_drop(&s);
}

static void reading_starts_at_any_offset_and_again_at_any_time(void **state)
{
    struct scene s = scene_make(world);
    char error[LOG_ERROR_BYTES];
    struct log_bounds bounds;
    append_many(&s, 3, 100, 10);
    wait_for(&s, 100, 100);
    uint64_t offsets[100];
    for (size_t i = 0; i < 100; i++)
        offsets[i] = s.c->records[i].record.offset;
    for (size_t i = 0; i < 100; i += 9) {
        collector_clear(s.c);
        assert_int_equal(log_reader_seek(s.o->reader, offsets[i], error), 0);
        wait_for(&s, 0, 100 - i);
        assert_int_equal(s.c->n, 100 - i);
        assert_int_equal(s.c->records[0].record.offset, offsets[i]);
        if (i % 2) /* and in the middle of reading */
            assert_int_equal(log_reader_seek(s.o->reader, offsets[0], error), 0);
    }
    assert_int_equal(log_reader_bounds(s.o->reader, &bounds, error), 0);
    assert_true(bounds.low <= offsets[0]);
    assert_true(bounds.high > offsets[99]);
    collector_clear(s.c);
    assert_int_equal(log_reader_seek(s.o->reader, bounds.high, error), 0);
    poll_once(&s, 50);
    assert_int_equal(s.c->n, 0);
    assert_true(log_reader_caught_up(s.o->reader));
    scene_drop(&s);
}

static void an_offset_past_the_end_is_an_error_that_says_so(void **state)
{
    struct scene s = scene_make(world);
    char error[LOG_ERROR_BYTES] = "";
    append_many(&s, 3, 3, 10);
    wait_for(&s, 3, 3);
    struct log_bounds bounds;
    assert_int_equal(log_reader_seek(s.o->reader, 1000000, error), -1);
    assert_non_null(strstr(error, "1000000"));
    assert_int_equal(log_reader_bounds(s.o->reader, &bounds, error), 0);
    assert_int_equal(log_reader_seek(s.o->reader, bounds.high + 1, error), -1);
    assert_int_equal(log_reader_seek(s.o->reader, bounds.high, error), 0);
    assert_int_equal(log_reader_seek(s.o->reader, 0, error),
                     0); /* and the log is as good as before */
    collector_clear(s.c);
    wait_for(&s, 3, 3);
    scene_drop(&s);
}

static void caught_up_means_all_that_was_there_at_the_seek_is_delivered(void **state)
{
    struct scene s = scene_make(world);
    char error[LOG_ERROR_BYTES];
    uint64_t until = test_now_ms() + PATIENCE_MS;
    while (!log_reader_caught_up(s.o->reader)) { /* an empty log is caught up, if not at once */
        poll_once(&s, 20);
        assert_true(test_now_ms() < until);
    }
    append_many(&s, 9, 300, 20);
    wait_for(&s, 300, 300);
    for (int i = 0; i < 4; i++)
        poll_once(&s, 300); /* it knows that it is at the end; a seek makes it forget */
    assert_true(log_reader_caught_up(s.o->reader));
    collector_clear(s.c);
    assert_int_equal(log_reader_seek(s.o->reader, 0, error), 0);
    assert_false(log_reader_caught_up(s.o->reader));
    while (!log_reader_caught_up(s.o->reader)) {
        poll_once(&s, 20);
        assert_true(test_now_ms() < until);
    }
    assert_int_equal(s.c->n, 300);
    scene_drop(&s);
}

static void identity_and_anchors_survive_a_reopen(void **state)
{
    struct scene s = scene_make(world);
    append_many(&s, 5, 40, 30);
    wait_for(&s, 40, 40);
    struct log_identity id = log_identify(s.o->log);
    char cluster[128], topic[128];
    snprintf(cluster, sizeof cluster, "%s", id.cluster);
    snprintf(topic, sizeof topic, "%s", id.topic);
    assert_true(strlen(cluster) > 0 && strlen(topic) > 0);
    opened_close(s.o);

    struct collector *again = collector_create();
    struct collector *before = s.c;
    s.o = open_at(world, s.store, again, 0);
    s.c = again;
    wait_for(&s, 0, 40);
    assert_string_equal(log_identify(s.o->log).cluster, cluster);
    assert_string_equal(log_identify(s.o->log).topic, topic);
    assert_int_equal(again->n, 40);
    for (size_t i = 0; i < 40; i++)
        assert_true(anchor_equal(&again->records[i].anchor, &before->records[i].anchor));
    collector_destroy(before);
    scene_drop(&s);
}

static void two_stores_are_two_identities_or_topics(void **state)
{
    struct scene a = scene_make(world), b = scene_make(world);
    struct log_identity x = log_identify(a.o->log), y = log_identify(b.o->log);
    assert_true(strcmp(x.cluster, y.cluster) != 0 || strcmp(x.topic, y.topic) != 0 || world->idle);
    scene_drop(&a);
    scene_drop(&b);
}

static void every_append_has_exactly_one_outcome_by_the_end_of_a_flush(void **state)
{
    struct scene s = scene_make(world);
    append_many(&s, 11, 200, 50);
    log_writer_flush(s.o->writer, 10000);
    assert_int_equal(collector_reported(s.c), 200);
    struct log_batch late = batch_make(11, 201, 1, false);
    assert_int_equal(log_writer_append(s.o->writer, &late), LOG_READONLY);
    batch_finish(&late);
    for (uint64_t i = 1; i <= 200; i++) {
        enum log_outcome outcome = LOG_REFUSED;
        assert_int_equal(collector_outcome(s.c, (struct origin){11, i}, &outcome), 1);
        assert_int_equal(outcome, LOG_COMMITTED);
    }
    opened_close(s.o);
    s.o = NULL;
    assert_int_equal(collector_reported(s.c), 200);
    scene_drop(&s);
}

static void too_much_in_flight_is_full_and_then_goes_on(void **state)
{
    struct scene s = scene_make(world);
    struct log_batch batch = batch_make(13, 0, BATCH_EDITS_MAX, true);
    size_t accepted = 0, full = 0;
    for (uint64_t i = 1; i <= 400 && !full; i++) {
        batch.origin.batch = i;
        enum log_append result = log_writer_append(s.o->writer, &batch);
        assert_true(result == LOG_ACCEPTED || result == LOG_FULL);
        accepted += result == LOG_ACCEPTED;
        full += result == LOG_FULL;
    }
    /* A disk that is faster than this loop (under a sanitizer) is never full; a log in virtual time
     * is. */
    assert_true(full == 1 || !world->idle);
    if (!full)
        print_message("all %zu batches were taken: never full\n", accepted);
    s.c->forget = true;
    wait_for(&s, accepted, accepted);
    batch.origin.batch = 1000;
    append(&s, &batch);
    wait_for(&s, accepted + 1, accepted + 1);
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), accepted + 1);
    batch_finish(&batch);
    scene_drop(&s);
}

struct waker {
    struct log_reader *reader;
    long after_ms;
};

static void *wake_later(void *arg)
{
    struct waker *w = arg;
    pause_ms(w->after_ms);
    log_reader_wake(w->reader);
    return NULL;
}

static void a_wake_ends_a_poll_that_waits(void **state)
{
    if (!world->threads)
        skip();
    struct scene s = scene_make(world);
    char error[LOG_ERROR_BYTES];
    size_t delivered;
    poll_once(&s, 300); /* whatever was on its way */
    struct waker w = {s.o->reader, 200};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wake_later, &w), 0);
    uint64_t start = test_now_ms();
    assert_int_equal(log_reader_poll(s.o->reader, 20000, &delivered, error), LOG_OK);
    assert_in_range(test_now_ms() - start, 100, 10000);
    pthread_join(thread, NULL);

    log_reader_wake(s.o->reader); /* a wake before the poll counts as well */
    start = test_now_ms();
    assert_int_equal(log_reader_poll(s.o->reader, 20000, &delivered, error), LOG_OK);
    assert_in_range(test_now_ms() - start, 0, 10000);

    start = test_now_ms(); /* and counts once */
    assert_int_equal(log_reader_poll(s.o->reader, 250, &delivered, error), LOG_OK);
    assert_in_range(test_now_ms() - start, 200, 20000);
    scene_drop(&s);
}

static void a_poll_without_records_ends_at_its_timeout(void **state)
{
    if (!world->threads)
        skip();
    struct scene s = scene_make(world);
    poll_once(&s, 300);
    uint64_t start = test_now_ms();
    poll_once(&s, 250);
    assert_in_range(test_now_ms() - start, 200, 20000);
    uint64_t shortest = UINT64_MAX; /* others may have the processor now and then */
    for (int i = 0; i < 20; i++) {
        start = test_now_ms();
        poll_once(&s, 0);
        uint64_t took = test_now_ms() - start;
        shortest = took < shortest ? took : shortest;
    }
    assert_in_range(shortest, 0, 200);
    scene_drop(&s);
}

enum { WRITERS = 4, BATCHES_A_WRITER = 250 };

struct writer {
    struct log_writer *writer;
    uint64_t nonce;
    size_t n, accepted;
    bool until_closed;
};

static void *write_batches(void *arg)
{
    struct writer *w = arg;
    for (uint64_t i = 1; i <= w->n; i++) {
        struct log_batch batch = batch_make(w->nonce, i, 5 + i % 7, i % 3 == 0);
        enum log_append result;
        while ((result = log_writer_append(w->writer, &batch)) == LOG_FULL)
            pause_ms(1);
        batch_finish(&batch);
        if (result != LOG_ACCEPTED)
            break;
        w->accepted = i;
    }
    return NULL;
}

static void each_thread_s_batches_keep_their_order(void **state)
{
    if (!world->threads)
        skip();
    struct scene s = scene_make(world);
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    for (size_t i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.writer = s.o->writer, .nonce = i + 1, .n = BATCHES_A_WRITER};
        assert_int_equal(pthread_create(&threads[i], NULL, write_batches, &writers[i]), 0);
    }
    wait_for(&s, WRITERS * BATCHES_A_WRITER, WRITERS * BATCHES_A_WRITER);
    for (size_t i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    uint64_t last[WRITERS + 1] = {0};
    for (size_t i = 0; i < s.c->n; i++) {
        struct origin o;
        assert_true(record_origin(&s.c->records[i].record, &o));
        assert_in_range(o.nonce, 1, WRITERS);
        assert_int_equal(o.batch, last[o.nonce] + 1);
        last[o.nonce] = o.batch;
    }
    scene_drop(&s);
}

static void closing_under_load_leaves_no_batch_without_its_outcome(void **state)
{
    if (!world->threads)
        skip();
    struct scene s = scene_make(world);
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    size_t accepted = 0;
    for (size_t i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.writer = s.o->writer, .nonce = i + 1, .n = 1000000};
        assert_int_equal(pthread_create(&threads[i], NULL, write_batches, &writers[i]), 0);
    }
    pause_ms(300);
    log_writer_flush(s.o->writer, 5000);
    for (size_t i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        accepted += writers[i].accepted;
    }
    assert_int_equal(collector_reported(s.c), accepted);
    opened_close(s.o);
    assert_int_equal(collector_reported(s.c), accepted);

    /* what was committed can be read after a reopen, and nothing refused */
    size_t committed = collector_reported_as(s.c, LOG_COMMITTED);
    size_t unknown = collector_reported_as(s.c, LOG_UNKNOWN);
    assert_true(committed > 0);
    bool *there[WRITERS];
    for (size_t i = 0; i < WRITERS; i++)
        there[i] = calloc(writers[i].accepted + 1, sizeof **there);
    s.o = open_at(world, s.store, s.c, 0);
    uint64_t until = test_now_ms() + PATIENCE_MS;
    while (!log_reader_caught_up(s.o->reader)) {
        poll_once(&s, 20);
        assert_true(test_now_ms() < until);
    }
    assert_in_range(s.c->n, committed, committed + unknown);
    for (size_t i = 0; i < s.c->n; i++) {
        struct origin o;
        assert_true(record_origin(&s.c->records[i].record, &o));
        assert_in_range(o.nonce, 1, WRITERS);
        assert_in_range(o.batch, 1, writers[o.nonce - 1].accepted);
        assert_false(there[o.nonce - 1][o.batch]);
        there[o.nonce - 1][o.batch] = true;
    }
    for (size_t i = 0; i < s.c->n_reported; i++) {
        struct reported *t = &s.c->reported[i];
        if (t->outcome == LOG_COMMITTED)
            assert_true(there[t->origin.nonce - 1][t->origin.batch]);
        if (t->outcome == LOG_REFUSED)
            assert_false(there[t->origin.nonce - 1][t->origin.batch]);
    }
    for (size_t i = 0; i < WRITERS; i++)
        free(there[i]);
    scene_drop(&s);
}

static void several_logs_on_one_store_read_the_same(void **state)
{
    if (!world->shared)
        skip();
    struct scene a = scene_make(world);
    struct scene b = {.world = world, .store = a.store, .c = collector_create()};
    b.o = open_at(world, b.store, b.c, 0);
    for (uint64_t i = 1; i <= 100; i++) {
        struct log_batch x = batch_make(21, i, 7, true), y = batch_make(22, i, 3, false);
        append(&a, &x);
        append(&b, &y);
        batch_finish(&x);
        batch_finish(&y);
    }
    wait_for(&a, 100, 200);
    wait_for(&b, 100, 200);
    for (size_t i = 0; i < 200; i++)
        assert_true(anchor_equal(&a.c->records[i].anchor, &b.c->records[i].anchor));
    assert_int_equal(collector_reported(a.c), 100);
    assert_int_equal(collector_reported(b.c), 100);
    opened_close(b.o);
    collector_destroy(b.c);
    scene_drop(&a);
}

int conformance_run(const struct world *w)
{
    world = w;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back_in_the_order_of_their_appends),
        cmocka_unit_test(a_record_keeps_its_edits_headers_and_time),
        cmocka_unit_test(reading_starts_at_any_offset_and_again_at_any_time),
        cmocka_unit_test(an_offset_past_the_end_is_an_error_that_says_so),
        cmocka_unit_test(caught_up_means_all_that_was_there_at_the_seek_is_delivered),
        cmocka_unit_test(identity_and_anchors_survive_a_reopen),
        cmocka_unit_test(two_stores_are_two_identities_or_topics),
        cmocka_unit_test(every_append_has_exactly_one_outcome_by_the_end_of_a_flush),
        cmocka_unit_test(too_much_in_flight_is_full_and_then_goes_on),
        cmocka_unit_test(a_wake_ends_a_poll_that_waits),
        cmocka_unit_test(a_poll_without_records_ends_at_its_timeout),
        cmocka_unit_test(each_thread_s_batches_keep_their_order),
        cmocka_unit_test(closing_under_load_leaves_no_batch_without_its_outcome),
        cmocka_unit_test(several_logs_on_one_store_read_the_same),
    };
    int failed = cmocka_run_group_tests_name(w->name, tests, NULL, NULL);
    return failed + conformance_readers_run(w);
}
