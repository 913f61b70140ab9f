/* SPDX-License-Identifier: ISC */
/* queue_conformance: see queue_conformance.h. */
#include "queue_conformance.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "queue_scene.h"
#include "sys/clock.h"

static const struct queue_world *world;

/* ---- appending ---- */

static void what_is_too_long_or_empty_is_not_appended(void **state)
{
    char *url = world->create();
    struct queue *queue = scene_open(url);
    struct outcomes outcomes;
    uint8_t *value = malloc(QUEUE_VALUE_MAX + 1), *key = malloc(QUEUE_KEY_MAX + 1);
    for (size_t i = 0; i <= QUEUE_VALUE_MAX; i++)
        value[i] = (uint8_t)(i * 31);
    memset(key, 'k', QUEUE_KEY_MAX + 1);
    outcomes_init(&outcomes);
    assert_int_equal(queue_append(queue, QUEUE_DEAD, key, QUEUE_KEY_MAX + 1, value, 1, NULL), -1);
    assert_int_equal(queue_append(queue, QUEUE_DEAD, key, 1, value, QUEUE_VALUE_MAX + 1, NULL), -1);
    assert_int_equal(queue_append(queue, QUEUE_DEAD, key, 1, value, 0, NULL), -1);
    assert_int_equal(queue_append(queue, QUEUE_DEAD, key, QUEUE_KEY_MAX, value, QUEUE_VALUE_MAX,
                                  &outcomes.outcome),
                     0);
    outcomes_wait(&outcomes, 1);

    char error[QUEUE_ERROR_BYTES] = "";
    struct queue_reader *reader = queue_reader_create(queue, QUEUE_DEAD, error);
    struct queue_record record;
    assert_non_null(reader);
    assert_int_equal(queue_read(reader, SCENE_PATIENCE_MS, &record, error), QUEUE_GOT);
    assert_int_equal(record.len, QUEUE_VALUE_MAX);
    assert_memory_equal(record.value, value, QUEUE_VALUE_MAX);
    queue_reader_destroy(reader);
    queue_close(queue);
    free(value);
    free(key);
    world->destroy(url);
}

struct appending {
    struct queue *queue;
    struct outcomes *outcomes;
    unsigned from, to;
};

static void *append_some(void *arg)
{
    const struct appending *a = arg;
    for (unsigned i = a->from; i < a->to; i++) {
        char value[32];
        int len = snprintf(value, sizeof value, "task %u", i);
        while (queue_append(a->queue, QUEUE_UPLOADS, value, (size_t)len, value, (size_t)len,
                            &a->outcomes->outcome) != 0)
            clock_pause_ms(1);
    }
    return NULL;
}

static void appends_of_several_threads_each_have_one_outcome(void **state)
{
    enum { THREADS = 4, EACH = 100 };
    char *url = world->create();
    struct queue *queue = scene_open(url);
    struct outcomes outcomes;
    struct appending parts[THREADS];
    pthread_t threads[THREADS];
    outcomes_init(&outcomes);
    for (unsigned i = 0; i < THREADS; i++) {
        parts[i] = (struct appending){queue, &outcomes, i * EACH, (i + 1) * EACH};
        assert_int_equal(pthread_create(&threads[i], NULL, append_some, &parts[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    outcomes_wait(&outcomes, THREADS * EACH);
    struct taken taken = {0};
    struct queue_consumer *consumer = scene_consume(queue, "thumbnail");
    scene_take(consumer, &taken, THREADS * EACH);
    for (unsigned i = 0; i < THREADS * EACH; i++)
        assert_int_equal(taken.times[i], 1);
    queue_consumer_destroy(consumer);
    queue_close(queue);
    world->destroy(url);
}

static void closing_waits_for_what_was_appended(void **state)
{
    char *url = world->create();
    struct queue *queue = scene_open(url);
    struct outcomes outcomes;
    outcomes_init(&outcomes);
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(queue_append(queue, QUEUE_TILES, "key", 3, "value", 5, &outcomes.outcome),
                         0);
    queue_close(queue);
    assert_int_equal(atomic_load(&outcomes.stored), 10);
    world->destroy(url);
}

/* ---- consumers ---- */

static void a_task_comes_once_and_is_done_for_good(void **state)
{
    char *url = world->create();
    struct queue *queue = scene_open(url);
    struct taken taken = {0};
    scene_append(queue, QUEUE_UPLOADS, 0, 50, NULL);
    struct queue_consumer *consumer = scene_consume(queue, "thumbnail");
    scene_take(consumer, &taken, 50);
    assert_int_equal(queue_depth(consumer), 50);
    for (unsigned i = 50; i-- > 0;) { /* in any order */
        assert_int_equal(taken.times[i], 1);
        queue_done(consumer, taken.numbers[i]);
        queue_done(consumer, taken.numbers[i]);
    }
    scene_wait_until_done(consumer);
    scene_append(queue, QUEUE_UPLOADS, 50, 60, NULL);
    scene_take(consumer, &taken, 60);
    queue_consumer_destroy(consumer);

    struct taken again = {0};
    consumer = scene_consume(queue, "thumbnail");
    scene_take(consumer, &again, 10);
    for (unsigned i = 0; i < 60; i++)
        assert_int_equal(again.times[i], i >= 50);
    queue_consumer_destroy(consumer);
    queue_close(queue);
    world->destroy(url);
}

static void what_is_committed_ends_before_the_first_that_is_not_done(void **state)
{
    char *url = world->create();
    struct queue *queue = scene_open(url);
    struct taken taken = {0}, again = {0};
    scene_append(queue, QUEUE_UPLOADS, 0, 10, "one");
    struct queue_consumer *consumer = scene_consume(queue, "blur");
    scene_take(consumer, &taken, 10);
    for (unsigned i = 0; i < 10; i++)
        if (i != 3 && i != 7)
            queue_done(consumer, taken.numbers[i]);
    assert_int_equal(queue_depth(consumer), 7);
    queue_consumer_destroy(consumer);

    consumer = scene_consume(queue, "blur");
    int64_t until = clock_now_ms() + SCENE_PATIENCE_MS;
    while (!(again.times[3] && again.times[7]) && clock_now_ms() < until)
        scene_poll(consumer, 100, true, &again);
    assert_int_equal(again.times[3], 1);
    assert_int_equal(again.times[7], 1);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(again.times[i], 0);
    queue_consumer_destroy(consumer);
    queue_close(queue);
    world->destroy(url);
}

static void each_group_gets_everything(void **state)
{
    char *url = world->create();
    struct queue *queue = scene_open(url);
    struct taken a = {0}, b = {0};
    scene_append(queue, QUEUE_UPLOADS, 0, 20, NULL);
    struct queue_consumer *thumbnail = scene_consume(queue, "thumbnail");
    struct queue_consumer *stencil = scene_consume(queue, "stencil");
    scene_take(thumbnail, &a, 20);
    for (unsigned i = 0; i < 20; i++)
        queue_done(thumbnail, a.numbers[i]);
    scene_wait_until_done(thumbnail);
    scene_take(stencil, &b, 20); /* what one has done is still there for the other */
    queue_consumer_destroy(thumbnail);
    queue_consumer_destroy(stencil);
    queue_close(queue);
    world->destroy(url);
}

/* Until both have had something: then the group has its final form. */
static unsigned bring_both_to_work(struct queue *queue, struct queue_consumer *const both[2])
{
    struct taken taken[2] = {0};
    int64_t until = clock_now_ms() + SCENE_PATIENCE_MS;
    unsigned n = 0;
    while (!(taken[0].n && taken[1].n) && n + 8 < SCENE_TASKS_MAX / 2 && clock_now_ms() < until) {
        scene_append(queue, QUEUE_UPLOADS, n, n + 8, NULL);
        n += 8;
        int64_t pause = clock_now_ms() + 200;
        while (!(taken[0].n && taken[1].n) && clock_now_ms() < pause)
            for (unsigned i = 0; i < 2; i++)
                if (scene_poll(both[i], 10, true, &taken[i]))
                    queue_done(both[i], taken[i].numbers[taken[i].last]);
    }
    assert_true(taken[0].n && taken[1].n);
    return n;
}

static void consumers_of_a_group_share_the_tasks(void **state)
{
    char *url = world->create();
    struct queue *queue = scene_open(url);
    struct queue_consumer *both[2] = {scene_consume(queue, "thumbnail"),
                                      scene_consume(queue, "thumbnail")};
    unsigned first = bring_both_to_work(queue, both);
    struct taken taken[2] = {0};
    scene_append(queue, QUEUE_UPLOADS, first, first + 100, NULL);
    int64_t until = clock_now_ms() + SCENE_PATIENCE_MS;
    for (unsigned n = 0; n < 100 && clock_now_ms() < until;)
        for (unsigned i = 0; i < 2; i++) {
            if (!scene_poll(both[i], 10, true, &taken[i]))
                continue;
            queue_done(both[i], taken[i].numbers[taken[i].last]);
            n += taken[i].last >= first;
        }
    for (unsigned i = first; i < first + 100; i++)
        assert_int_equal(taken[0].times[i] + taken[1].times[i], 1);
    assert_true(taken[0].n > 0 && taken[1].n > 0);
    queue_consumer_destroy(both[0]);
    queue_consumer_destroy(both[1]);
    queue_close(queue);
    world->destroy(url);
}

static void tasks_of_a_consumer_that_has_gone_go_to_another(void **state)
{
    char *url = world->create();
    struct queue *queue = scene_open(url);
    struct taken a = {0}, b = {0};
    scene_append(queue, QUEUE_UPLOADS, 0, 20, NULL);
    struct queue_consumer *gone = scene_consume(queue, "thumbnail");
    scene_take(gone, &a, 20);
    struct queue_consumer *other = scene_consume(queue, "thumbnail");
    for (unsigned i = 0; i < 20; i++)
        queue_done(other, a.numbers[i]); /* they are not its own: nothing follows */
    queue_consumer_destroy(gone);
    scene_take(other, &b, 20);
    queue_consumer_destroy(other);
    queue_close(queue);
    world->destroy(url);
}

static void who_wants_nothing_gets_nothing_and_stays_in_the_group(void **state)
{
    char *url = world->create();
    struct queue *queue = scene_open(url);
    struct taken taken = {0};
    struct queue_consumer *consumer = scene_consume(queue, "thumbnail");
    scene_append(queue, QUEUE_UPLOADS, 0, 8, NULL);
    scene_take(consumer, &taken, 4);
    int64_t until = clock_now_ms() + SCENE_QUIET_MS;
    while (clock_now_ms() < until)
        assert_false(scene_poll(consumer, 50, false, &taken));
    scene_wait_for_depth(consumer, 8);
    scene_take(consumer, &taken, 8);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(taken.times[i], 1);
    queue_consumer_destroy(consumer);
    queue_close(queue);
    world->destroy(url);
}

static void *wake_after_a_moment(void *arg)
{
    clock_pause_ms(20);
    queue_wake(arg);
    return NULL;
}

static void *wake_reader_after_a_moment(void *arg)
{
    clock_pause_ms(20);
    queue_reader_wake(arg);
    return NULL;
}

static void a_wait_ends_when_it_is_woken(void **state)
{
    enum { AN_HOUR_MS = 3600 * 1000 }; /* the test's time-out comes before */
    char *url = world->create(), error[QUEUE_ERROR_BYTES] = "";
    struct queue *queue = scene_open(url);
    struct taken taken = {0};
    struct queue_record record;
    pthread_t thread;
    struct queue_consumer *consumer = scene_consume(queue, "thumbnail");
    assert_int_equal(pthread_create(&thread, NULL, wake_after_a_moment, consumer), 0);
    assert_false(scene_poll(consumer, AN_HOUR_MS, true, &taken));
    pthread_join(thread, NULL);
    queue_consumer_destroy(consumer);
    struct queue_reader *reader = queue_reader_create(queue, QUEUE_EVENTS, error);
    assert_non_null(reader);
    assert_int_equal(pthread_create(&thread, NULL, wake_reader_after_a_moment, reader), 0);
    assert_int_equal(queue_read(reader, AN_HOUR_MS, &record, error), QUEUE_NOTHING);
    pthread_join(thread, NULL);
    queue_reader_destroy(reader);
    queue_close(queue);
    world->destroy(url);
}

static void a_group_has_a_plain_name(void **state)
{
    char *url = world->create();
    struct queue *queue = scene_open(url);
    static const char *const names[] = {
        "", "A", "a b", "a/b", "../a", "a.b", "abcdefghijklmnopqrstuvwxyz0123456"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char error[QUEUE_ERROR_BYTES] = "";
        assert_null(queue_consume(queue, QUEUE_UPLOADS, names[i], error));
        assert_non_null(strstr(error, "not a group"));
    }
    queue_close(queue);
    world->destroy(url);
}

/* ---- readers ---- */

/* Read n records, which are tasks from first on, in their order. */
static void read_in_order(struct queue_reader *reader, unsigned first, unsigned n)
{
    char error[QUEUE_ERROR_BYTES] = "";
    struct queue_record record;
    uint64_t before = 0;
    for (unsigned i = first; i < first + n; i++) {
        char expected[32];
        int len = snprintf(expected, sizeof expected, "task %u", i);
        assert_int_equal(queue_read(reader, SCENE_PATIENCE_MS, &record, error), QUEUE_GOT);
        assert_int_equal(record.len, len);
        assert_memory_equal(record.value, expected, (size_t)len);
        assert_true(i == first || record.offset > before);
        before = record.offset;
    }
}

static void wait_until_caught_up(struct queue_reader *reader)
{
    char error[QUEUE_ERROR_BYTES] = "";
    struct queue_record record;
    int64_t until = clock_now_ms() + SCENE_PATIENCE_MS;
    while (!queue_reader_caught_up(reader) && clock_now_ms() < until)
        assert_int_equal(queue_read(reader, 20, &record, error), QUEUE_NOTHING);
    assert_true(queue_reader_caught_up(reader));
}

static void readers_get_all_records_from_the_oldest_on(void **state)
{
    char *url = world->create(), error[QUEUE_ERROR_BYTES] = "";
    struct queue *queue = scene_open(url);
    struct queue_reader *early = queue_reader_create(queue, QUEUE_EVENTS, error);
    assert_non_null(early);
    wait_until_caught_up(early);
    scene_append(queue, QUEUE_EVENTS, 0, 30, NULL);
    struct queue_reader *late = queue_reader_create(queue, QUEUE_EVENTS, error);
    assert_non_null(late);
    assert_false(queue_reader_caught_up(late));
    read_in_order(early, 0, 30);
    read_in_order(late, 0, 30);
    wait_until_caught_up(late);
    scene_append(queue, QUEUE_EVENTS, 30, 40, NULL);
    read_in_order(early, 30, 10);
    read_in_order(late, 30, 10);
    queue_reader_destroy(early);
    queue_reader_destroy(late);
    queue_close(queue);
    world->destroy(url);
}

/* ---- what lasts ---- */

static void records_and_places_survive_that_it_is_closed(void **state)
{
    char *url = world->create(), error[QUEUE_ERROR_BYTES] = "";
    struct queue *queue = scene_open(url);
    struct taken taken = {0}, again = {0};
    scene_append(queue, QUEUE_UPLOADS, 0, 10, "one");
    scene_append(queue, QUEUE_DEAD, 0, 5, "one");
    struct queue_consumer *consumer = scene_consume(queue, "thumbnail");
    scene_take(consumer, &taken, 10);
    for (unsigned i = 0; i < 6; i++)
        queue_done(consumer, taken.numbers[i]);
    queue_consumer_destroy(consumer);
    queue_close(queue);

    queue = scene_open(url);
    scene_append(queue, QUEUE_UPLOADS, 10, 12, "one");
    consumer = scene_consume(queue, "thumbnail");
    scene_take(consumer, &again, 6);
    for (unsigned i = 0; i < 12; i++)
        assert_int_equal(again.times[i], i >= 6);
    struct queue_reader *reader = queue_reader_create(queue, QUEUE_DEAD, error);
    assert_non_null(reader);
    read_in_order(reader, 0, 5);
    queue_reader_destroy(reader);
    queue_consumer_destroy(consumer);
    queue_close(queue);
    world->destroy(url);
}

int queue_conformance_run(const struct queue_world *w)
{
    world = w;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_too_long_or_empty_is_not_appended),
        cmocka_unit_test(appends_of_several_threads_each_have_one_outcome),
        cmocka_unit_test(closing_waits_for_what_was_appended),
        cmocka_unit_test(a_task_comes_once_and_is_done_for_good),
        cmocka_unit_test(what_is_committed_ends_before_the_first_that_is_not_done),
        cmocka_unit_test(each_group_gets_everything),
        cmocka_unit_test(consumers_of_a_group_share_the_tasks),
        cmocka_unit_test(tasks_of_a_consumer_that_has_gone_go_to_another),
        cmocka_unit_test(who_wants_nothing_gets_nothing_and_stays_in_the_group),
        cmocka_unit_test(a_wait_ends_when_it_is_woken),
        cmocka_unit_test(a_group_has_a_plain_name),
        cmocka_unit_test(readers_get_all_records_from_the_oldest_on),
    };
    const struct CMUnitTest lasting[] = {
        cmocka_unit_test(records_and_places_survive_that_it_is_closed),
    };
    int failed = cmocka_run_group_tests_name(w->name, tests, NULL, NULL);
    return failed + (w->lasts ? cmocka_run_group_tests_name(w->name, lasting, NULL, NULL) : 0);
}
