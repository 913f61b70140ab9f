/* SPDX-License-Identifier: ISC */
/* Samples: the edits of a record, all or some of them, and their way from the reader to the watch.
 */
#include "cmocka_all.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/authors.h"
#include "core/edit.h"
#include "moderation/sample_queue.h"
#include "moderation/samples.h"
#include "rules/visitor.h"
#include "sys/clock.h"

enum { EDITS = 500 };

struct collector {
    struct sample_taker taker;
    struct sample taken[EDITS];
    size_t n;
};

static void collect(struct sample_taker *taker, const struct sample *sample)
{
    struct collector *collector = (struct collector *)taker;
    collector->taken[collector->n++] = *sample;
}

/* A record of n edits on canvas (-1, 2). */
static struct record make_record(size_t n, const uint64_t *authors, uint8_t *value, uint8_t *header)
{
    position_store(value, (struct position){-1, 2});
    for (size_t i = 0; i < n; i++)
        edit_store(value + 4 + EDIT_BYTES * i, edit_pack(i % 1000, i / 2, i % 16));
    return (struct record){.time_ms = 1000,
                           .value = {value, 4 + EDIT_BYTES * n},
                           .authors = {header, authors_store_runs(header, authors, n)}};
}

static void every_edit_of_a_person_is_a_sample(void **state)
{
    static uint64_t authors[EDITS];
    static uint8_t value[4 + EDIT_BYTES * EDITS], header[1 + EDITS * AUTHORS_RUN_BYTES];
    srand(5);
    for (int round = 0; round < 200; round++) {
        size_t n = 1 + (size_t)rand() % EDITS, step = 1 + (size_t)rand() % 60, expected = 0;
        for (size_t i = 0; i < n; i++) /* runs of some length; some are a moderator's */
            authors[i] = i > 0 && rand() % 4 ? authors[i - 1]
                                             : (rand() % 5 ? AUTHOR_PERSON : 0) | (unsigned)rand();
        struct record record = make_record(n, authors, value, header);
        struct record_edits edits = record_edits(&record);
        struct collector collector = {.taker = {collect}};
        samples_each(&record, &edits, step, &collector.taker);
        for (size_t i = 0; i < n; i += step) {
            if (!(authors[i] & AUTHOR_PERSON))
                continue;
            const struct sample *sample = &collector.taken[expected++];
            assert_true(sample->author == authors[i] &&
                        sample->weight == (n - i < step ? n - i : step));
            assert_int_equal(sample->x, -1000 + (int)i % 1000);
            assert_int_equal(sample->y, 2000 + (int)i / 2);
            assert_int_equal(sample->colour, i % 16);
        }
        assert_int_equal(collector.n, expected);
        record.authors.len--; /* malformed: nobody knows who */
        collector.n = 0;
        samples_each(&record, &edits, 1, &collector.taker);
        record.authors = (struct span){0};
        samples_each(&record, &edits, 1, &collector.taker);
        assert_int_equal(collector.n, 0);
    }
}

/* ---- the queue */

static void count_filled(void *context)
{
    ++*(int *)context;
}

static void give(struct sample_queue *queue, size_t n)
{
    static uint64_t authors[EDITS];
    static uint8_t value[4 + EDIT_BYTES * EDITS], header[1 + EDITS * AUTHORS_RUN_BYTES];
    char error[FOLD_ERROR_BYTES];
    for (size_t i = 0; i < n; i++)
        authors[i] = AUTHOR_PERSON | i;
    struct record record = make_record(n, authors, value, header);
    struct fold_record fold_record = {.record = &record, .edits = record_edits(&record)};
    struct fold *fold = sample_queue_fold(queue);
    assert_int_equal(fold->ops->record(fold, &fold_record, error), 0);
}

static void who_empties_it_is_told_once_when_something_comes(void **state)
{
    static struct sample taken[EDITS];
    int filled = 0;
    struct sample_queue *queue =
        sample_queue_create((struct sample_queue_ops){count_filled, &filled});
    assert_non_null(queue);
    give(queue, 5);
    give(queue, 3);
    assert_int_equal(filled, 1);
    int64_t oldest_ms = sample_queue_oldest(queue);
    assert_in_range(oldest_ms, clock_now_ms() - 100000, clock_now_ms());
    assert_int_equal(sample_queue_take(queue, oldest_ms, taken, EDITS), 0); /* not before that */
    assert_int_equal(sample_queue_take(queue, INT64_MAX, taken, 6), 6);
    assert_int_equal(taken[5].author, AUTHOR_PERSON | 0);
    assert_true(sample_queue_oldest(queue) >= 0);
    give(queue, 1);
    assert_int_equal(filled, 1); /* it has not been empty */
    assert_int_equal(sample_queue_take(queue, INT64_MAX, taken, EDITS), 3);
    assert_int_equal(sample_queue_oldest(queue), -1);
    give(queue, 1);
    assert_int_equal(filled, 2);
    sample_queue_destroy(queue);
}

static void some_stand_for_the_others_unless_all_are_wanted(void **state)
{
    static struct sample taken[EDITS];
    int filled = 0;
    struct sample_queue *queue =
        sample_queue_create((struct sample_queue_ops){count_filled, &filled});
    size_t n, weight = 0;
    give(queue, EDITS);
    n = sample_queue_take(queue, INT64_MAX, taken, EDITS);
    for (size_t i = 0; i < n; i++)
        weight += taken[i].weight;
    assert_in_range(n, 64, 128);
    assert_int_equal(weight, EDITS);
    give(queue, 64);
    assert_int_equal(sample_queue_take(queue, INT64_MAX, taken, EDITS), 64);
    sample_queue_take_all(queue, true);
    give(queue, EDITS);
    assert_int_equal(sample_queue_take(queue, INT64_MAX, taken, EDITS), EDITS);
    sample_queue_destroy(queue);
}

static void what_does_not_fit_is_counted(void **state)
{
    static struct sample taken[SAMPLE_QUEUE_MAX];
    int filled = 0;
    struct sample_queue *queue =
        sample_queue_create((struct sample_queue_ops){count_filled, &filled});
    sample_queue_take_all(queue, true);
    for (size_t given = 0; given < SAMPLE_QUEUE_MAX + 10 * EDITS; given += EDITS)
        give(queue, EDITS);
    size_t n = sample_queue_take(queue, INT64_MAX, taken, SAMPLE_QUEUE_MAX);
    assert_int_equal(n, SAMPLE_QUEUE_MAX);
    assert_in_range(sample_queue_lost(queue), 10 * EDITS, 11 * EDITS);
    assert_int_equal(filled, 1);
    sample_queue_destroy(queue);
}

/* ---- with two threads: whoever sleeps when the queue is empty is always woken */

struct race {
    struct sample_queue *queue;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool filled;
    size_t got;
};

enum { RACES = 20000 };

static void wake(void *context)
{
    struct race *race = context;
    pthread_mutex_lock(&race->lock);
    race->filled = true;
    pthread_cond_signal(&race->woken);
    pthread_mutex_unlock(&race->lock);
}

static void *drain(void *argument)
{
    static struct sample taken[64];
    struct race *race = argument;
    while (race->got < RACES) {
        race->got += sample_queue_take(race->queue, INT64_MAX, taken, 64);
        if (race->got == RACES || sample_queue_oldest(race->queue) >= 0)
            continue;
        pthread_mutex_lock(&race->lock);
        bool in_time = true;
        while (!race->filled && in_time)
            in_time = clock_wait(&race->woken, &race->lock, clock_now_ms() + 30000);
        race->filled = false;
        pthread_mutex_unlock(&race->lock);
        if (!in_time)
            break; /* it was not woken */
    }
    return NULL;
}

static void nobody_sleeps_for_ever(void **state)
{
    struct race race = {.lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread;
    assert_int_equal(clock_cond_init(&race.woken), 0);
    race.queue = sample_queue_create((struct sample_queue_ops){wake, &race});
    assert_int_equal(pthread_create(&thread, NULL, drain, &race), 0);
    for (int i = 0; i < RACES; i++)
        give(race.queue, 1);
    pthread_join(thread, NULL);
    assert_int_equal(race.got, RACES);
    sample_queue_destroy(race.queue);
    pthread_cond_destroy(&race.woken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_edit_of_a_person_is_a_sample),
        cmocka_unit_test(who_empties_it_is_told_once_when_something_comes),
        cmocka_unit_test(some_stand_for_the_others_unless_all_are_wanted),
        cmocka_unit_test(what_does_not_fit_is_counted),
        cmocka_unit_test(nobody_sleeps_for_ever),
    };
    return cmocka_run_group_tests_name("samples", tests, NULL, NULL);
}
