/* SPDX-License-Identifier: ISC */
/* conformance_readers: the promises, one test each. */
#include "conformance_readers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <cmocka.h>

#include "collector.h"
#include "scene.h"

enum { PATIENCE_MS = 120000, SIZE = 20 };

static const struct world *world;

/* A further reader of a scene's log. */
struct place {
    struct collector *c;
    struct log_reader *reader;
};

static struct place place_make(struct scene *s, uint64_t offset)
{
    char error[LOG_ERROR_BYTES] = "";
    struct place p = {.c = collector_create()};
    p.reader = log_reader_create(s->o->log, &p.c->as_records, error);
    if (!p.reader || log_reader_seek(p.reader, offset, error) != 0)
        fail_msg("%s", error);
    return p;
}

static void place_drop(struct place *p)
{
    log_reader_destroy(p->reader);
    collector_destroy(p->c);
}

static void place_poll(struct scene *s, struct place *p, int timeout_ms)
{
    char error[LOG_ERROR_BYTES] = "";
    size_t before = p->c->n, delivered;
    if (s->world->idle)
        s->world->idle(s->store);
    if (log_reader_poll(p->reader, timeout_ms, &delivered, error) != LOG_OK)
        fail_msg("%s", error);
    assert_int_equal(delivered, p->c->n - before);
}

/* Until it has n records. */
static void place_wait(struct scene *s, struct place *p, size_t n)
{
    uint64_t until = test_now_ms() + PATIENCE_MS;
    while (p->c->n < n) {
        place_poll(s, p, 20);
        if (test_now_ms() > until)
            fail_msg("waited too long for record %zu of %zu", p->c->n + 1, n);
    }
}

/* The records of got are those of all from index first on. */
static void check_suffix(const struct collector *got, const struct collector *all, size_t first)
{
    assert_int_equal(got->n, all->n - first);
    for (size_t i = 0; i < got->n; i++)
        assert_true(anchor_equal(&got->records[i].anchor, &all->records[first + i].anchor));
}

static void append_range(struct scene *s, uint64_t from, uint64_t last)
{
    for (uint64_t i = from; i <= last; i++) {
        struct log_batch batch = batch_make(5, i, SIZE, i % 2 == 0);
        append(s, &batch);
        batch_finish(&batch);
    }
}

static void readers_at_different_places_get_each_what_follows_their_own(void **state)
{
    struct scene s = scene_make(world);
    append_range(&s, 1, 100);
    wait_for(&s, 100, 100);
    struct place old = place_make(&s, s.c->records[0].record.offset);
    struct place young = place_make(&s, s.c->records[70].record.offset);
    for (uint64_t i = 101; i <= 200; i += 5) { /* while a writer appends */
        append_range(&s, i, i + 4);
        place_poll(&s, &young, 5);
        place_poll(&s, &old, 5);
    }
    wait_for(&s, 200, 200);
    place_wait(&s, &old, 200);
    place_wait(&s, &young, 130);
    check_suffix(old.c, s.c, 0);
    check_suffix(young.c, s.c, 70);
    /* one goes back, the other does not notice */
    char error[LOG_ERROR_BYTES];
    assert_int_equal(log_reader_seek(old.reader, s.c->records[150].record.offset, error), 0);
    collector_clear(old.c);
    append_range(&s, 201, 210);
    place_wait(&s, &young, 140);
    wait_for(&s, 210, 210);
    place_wait(&s, &old, 60);
    check_suffix(young.c, s.c, 70);
    check_suffix(old.c, s.c, 150);
    place_drop(&old);
    append_range(&s, 211, 211); /* and one may go */
    wait_for(&s, 211, 211);
    place_wait(&s, &young, 141);
    place_drop(&young);
    scene_drop(&s);
}

static void a_reader_made_late_reads_from_the_beginning(void **state)
{
    struct scene s = scene_make(world);
    append_range(&s, 1, 50);
    wait_for(&s, 50, 50);
    struct place late = place_make(&s, 0);
    assert_false(log_reader_caught_up(late.reader));
    place_wait(&s, &late, 50);
    check_suffix(late.c, s.c, 0);
    assert_true(log_reader_caught_up(late.reader));
    place_drop(&late);
    scene_drop(&s);
}

static void the_very_last_record_counts_for_caught_up(void **state)
{
    enum { N = 4097 }; /* one more than any log delivers in a poll */
    struct scene s = scene_make(world);
    struct log_batch batch = batch_make(5, 1, 1, false);
    uint64_t until = test_now_ms() + PATIENCE_MS;
    s.c->forget = true;
    for (batch.origin.batch = 1; batch.origin.batch <= N; batch.origin.batch++)
        append(&s, &batch);
    wait_for(&s, N, N);
    struct place late = place_make(&s, 0);
    late.c->forget = true;
    while (!log_reader_caught_up(late.reader)) {
        assert_true(test_now_ms() < until);
        place_poll(&s, &late, 20);
    }
    assert_int_equal(late.c->n, N);
    batch_finish(&batch);
    place_drop(&late);
    scene_drop(&s);
}

enum { READERS = 3, BATCHES = 400 };

struct follower {
    struct place place;
    size_t goal;
    atomic_bool failed;
};

static void *follow(void *arg)
{
    struct follower *f = arg;
    char error[LOG_ERROR_BYTES];
    size_t delivered;
    uint64_t until = test_now_ms() + PATIENCE_MS;
    while (f->place.c->n < f->goal && test_now_ms() < until)
        if (log_reader_poll(f->place.reader, 50, &delivered, error) != LOG_OK)
            atomic_store(&f->failed, true);
    return NULL;
}

static void readers_in_their_own_threads_keep_up_with_a_writer(void **state)
{
    if (!world->threads)
        skip();
    struct scene s = scene_make(world);
    struct follower followers[READERS];
    pthread_t threads[READERS];
    for (size_t i = 0; i < READERS; i++) {
        followers[i] = (struct follower){.place = place_make(&s, 0), .goal = BATCHES};
        assert_int_equal(pthread_create(&threads[i], NULL, follow, &followers[i]), 0);
    }
    append_range(&s, 1, BATCHES);
    wait_for(&s, BATCHES, BATCHES);
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        assert_false(atomic_load(&followers[i].failed));
        check_suffix(followers[i].place.c, s.c, 0);
        place_drop(&followers[i].place);
    }
    scene_drop(&s);
}

struct sleeper {
    struct log_reader *reader;
    uint64_t slept_ms;
    enum log_event event;
    atomic_bool done;
};

static void *sleep_in_poll(void *arg)
{
    struct sleeper *z = arg;
    char error[LOG_ERROR_BYTES];
    size_t delivered;
    uint64_t start = test_now_ms();
    z->event = log_reader_poll(z->reader, PATIENCE_MS, &delivered, error);
    z->slept_ms = test_now_ms() - start;
    atomic_store(&z->done, true);
    return NULL;
}

static void a_wake_is_for_one_reader_only(void **state)
{
    if (!world->threads)
        skip();
    struct scene s = scene_make(world);
    struct place places[2] = {place_make(&s, 0), place_make(&s, 0)};
    struct sleeper sleepers[2];
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++) {
        place_poll(&s, &places[i], 300); /* whatever was on its way */
        sleepers[i] = (struct sleeper){.reader = places[i].reader};
        assert_int_equal(pthread_create(&threads[i], NULL, sleep_in_poll, &sleepers[i]), 0);
    }
    pause_ms(200);
    log_reader_wake(places[0].reader);
    pthread_join(threads[0], NULL);
    assert_int_equal(sleepers[0].event, LOG_OK);
    assert_true(sleepers[0].slept_ms < PATIENCE_MS / 2);
    pause_ms(300);
    assert_false(atomic_load(&sleepers[1].done)); /* the other one sleeps on */
    append_range(&s, 1, 1);
    pthread_join(threads[1], NULL); /* until there is a record */
    assert_int_equal(sleepers[1].event, LOG_OK);
    assert_true(sleepers[1].slept_ms < PATIENCE_MS / 2);
    place_wait(&s, &places[1], 1);
    place_drop(&places[0]);
    place_drop(&places[1]);
    scene_drop(&s);
}

/* ---- by time ---- */

/* By a reader that has no place: with Kafka, one that reads answers half a second later. */
static uint64_t offset_at(struct scene *s, int64_t time_ms)
{
    char error[LOG_ERROR_BYTES] = "";
    uint64_t offset = UINT64_MAX;
    struct log_reader *reader = log_reader_create(s->o->log, &s->c->as_records, error);
    if (!reader || log_reader_offset_at(reader, time_ms, &offset, error) != 0)
        fail_msg("%s", error);
    log_reader_destroy(reader);
    return offset;
}

/* Append one record after another, with time between each ten. */
static void append_in_steps(struct scene *s, size_t n)
{
    for (size_t i = 1; i <= n; i++) {
        append_range(s, i, i);
        wait_for(s, i, i);
        for (int ms = 0; i % 10 == 0 && ms < 30; ms++) {
            if (s->world->idle)
                s->world->idle(s->store);
            else
                pause_ms(1);
        }
    }
}

static void a_time_leads_to_the_first_record_at_or_after_it(void **state)
{
    enum { N = 50 };
    struct scene s = scene_make(world);
    append_in_steps(&s, N);
    const struct collected *r = s.c->records;
    size_t steps = 0;
    for (size_t i = 0; i < N; i++) {
        if (i > 0 && r[i].record.time_ms == r[i - 1].record.time_ms)
            continue; /* not the first of its time */
        uint64_t offset = r[i].record.offset;
        assert_int_equal(offset_at(&s, r[i].record.time_ms), offset);
        if (i > 0) { /* between it and the one before */
            assert_true(r[i].record.time_ms > r[i - 1].record.time_ms);
            assert_int_equal(offset_at(&s, r[i - 1].record.time_ms + 1), offset);
        }
        steps++;
    }
    assert_in_range(steps, 5, N);
    assert_int_equal(offset_at(&s, r[0].record.time_ms - 1), r[0].record.offset);
    assert_int_equal(offset_at(&s, 0), r[0].record.offset);
    assert_int_equal(offset_at(&s, -5), r[0].record.offset);
    scene_drop(&s);
}

static void a_time_after_the_last_record_leads_to_the_end(void **state)
{
    struct scene s = scene_make(world);
    char error[LOG_ERROR_BYTES];
    struct log_bounds bounds;
    assert_int_equal(offset_at(&s, 0), 0); /* of an empty log, too */
    append_range(&s, 1, 3);
    wait_for(&s, 3, 3);
    int64_t last = s.c->records[2].record.time_ms;
    assert_int_equal(log_reader_bounds(s.o->reader, &bounds, error), 0);
    assert_int_equal(offset_at(&s, last + 1), bounds.high);
    assert_int_equal(offset_at(&s, last + 1000000), bounds.high);
    collector_clear(s.c);
    assert_int_equal(log_reader_seek(s.o->reader, offset_at(&s, last + 1), error), 0);
    append_range(&s, 4, 4); /* reading from there gives what comes then */
    wait_for(&s, 4, 1);
    assert_int_equal(s.c->n, 1);
    scene_drop(&s);
}

static void a_batch_may_bring_its_time(void **state)
{
    static const int64_t event = 1491063600000; /* years before any clock of this test */
    struct scene s = scene_make(world);
    enum log_times times = log_keeps_times(s.o->log);
    assert_true(times == LOG_TIMES_KEPT || times == LOG_TIMES_ITS_OWN);
    for (uint64_t i = 1; i <= 20; i++) {
        struct log_batch batch = batch_make(5, i, SIZE, i % 2 == 0);
        batch.time_ms = i <= 10 ? event + (int64_t)i * 1000 : 0;
        append(&s, &batch);
        batch_finish(&batch);
    }
    wait_for(&s, 20, 20);
    for (size_t i = 0; i < 20; i++) {
        int64_t time_ms = s.c->records[i].record.time_ms;
        bool kept = time_ms == event + (int64_t)(i + 1) * 1000;
        assert_int_equal(kept, i < 10 && times == LOG_TIMES_KEPT);
        if (!kept && i > 0 && !s.world->idle) /* its own clock, whatever came before */
            assert_true(time_ms >= s.c->records[i - 1].record.time_ms);
    }
    if (times == LOG_TIMES_KEPT) {
        assert_int_equal(offset_at(&s, event + 5000), s.c->records[4].record.offset);
        assert_int_equal(offset_at(&s, event + 5001), s.c->records[5].record.offset);
        if (!s.world->idle) /* the clock of a log in virtual time began a moment ago */
            assert_int_equal(offset_at(&s, event + 10001), s.c->records[10].record.offset);
    }
    scene_drop(&s);
}

static void asking_for_a_time_does_not_move_the_reader(void **state)
{
    struct scene s = scene_make(world);
    append_range(&s, 1, 20);
    wait_for(&s, 20, 20);
    int64_t first = s.c->records[0].record.time_ms;
    struct place p = place_make(&s, s.c->records[10].record.offset);
    place_wait(&s, &p, 1);
    char error[LOG_ERROR_BYTES];
    uint64_t offset;
    assert_int_equal(log_reader_offset_at(p.reader, first, &offset, error), 0);
    assert_int_equal(offset, s.c->records[0].record.offset);
    place_wait(&s, &p, 10);
    check_suffix(p.c, s.c, 10);
    place_drop(&p);
    scene_drop(&s);
}

static void a_log_has_one_writer_at_a_time(void **state)
{
    struct scene s = scene_make(world);
    char error[LOG_ERROR_BYTES] = "";
    assert_null(log_writer_create(s.o->log, &s.c->as_outcomes, error));
    assert_true(error[0] != '\0');
    append_range(&s, 1, 3);
    wait_for(&s, 3, 3);
    log_writer_destroy(s.o->writer); /* and another one afterwards */
    s.o->writer = log_writer_create(s.o->log, &s.c->as_outcomes, error);
    assert_non_null(s.o->writer);
    append_range(&s, 4, 6);
    wait_for(&s, 6, 6);
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), 6);
    scene_drop(&s);
}

static void a_record_that_is_too_large_is_not_taken(void **state)
{
    struct scene s = scene_make(world);
    size_t max = log_writer_record_max(s.o->writer);
    assert_in_range(max, LOG_RECORD_MIN, LOG_RECORD_MAX);
    uint8_t *bytes = calloc(1, max + 1);
    struct log_batch batch = {.value = {bytes, max - 100},
                              .authors = {bytes, 60},
                              .energy = {bytes, 41},
                              .origin = {5, 1}};
    assert_int_equal(log_writer_append(s.o->writer, &batch), LOG_TOO_LARGE);
    batch.energy.len = 40;
    append(&s, &batch);
    wait_for(&s, 1, 1);
    assert_true(batch_equals(&batch, &s.c->records[0].record));
    assert_int_equal(collector_reported_as(s.c, LOG_COMMITTED), 1);
    free(bytes);
    scene_drop(&s);
}

int conformance_readers_run(const struct world *w)
{
    world = w;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_at_different_places_get_each_what_follows_their_own),
        cmocka_unit_test(a_reader_made_late_reads_from_the_beginning),
        cmocka_unit_test(the_very_last_record_counts_for_caught_up),
        cmocka_unit_test(readers_in_their_own_threads_keep_up_with_a_writer),
        cmocka_unit_test(a_wake_is_for_one_reader_only),
        cmocka_unit_test(a_time_leads_to_the_first_record_at_or_after_it),
        cmocka_unit_test(a_time_after_the_last_record_leads_to_the_end),
        cmocka_unit_test(a_batch_may_bring_its_time),
        cmocka_unit_test(asking_for_a_time_does_not_move_the_reader),
        cmocka_unit_test(a_log_has_one_writer_at_a_time),
        cmocka_unit_test(a_record_that_is_too_large_is_not_taken),
    };
    return cmocka_run_group_tests_name(w->name, tests, NULL, NULL);
}
