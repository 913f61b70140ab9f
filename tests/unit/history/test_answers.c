/* SPDX-License-Identifier: ISC */
/* Answers: made once for all who ask, kept while there is room, and never more than asked for. */
#include "cmocka_all.h"
#include "history/answers.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DEADLINE_S = 60, LEN = 10000 };

/* Makes LEN bytes for an even `from`, moves an odd one down by one, has none for what is above
 * 1000; 13 is not there yet, and for 15 memory is short. */
struct scene {
    struct answers_maker maker; /* first */
    struct answers *answers;
    sem_t ready, may_make;
    atomic_bool hold;
    atomic_int n_made, n_ready;
};

static void wait_for(sem_t *semaphore)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DEADLINE_S;
    assert_int_equal(sem_timedwait(semaphore, &until), 0);
}

static struct answers_made make(struct answers_maker *maker, struct history_name name)
{
    struct scene *scene = (struct scene *)maker;
    if (atomic_load(&scene->hold))
        wait_for(&scene->may_make);
    atomic_fetch_add(&scene->n_made, 1);
    if (name.from == 13)
        return (struct answers_made){.state = HISTORY_COMING};
    if (name.from == 15)
        return (struct answers_made){.state = HISTORY_BUSY};
    if (name.from > 1000)
        return (struct answers_made){.state = HISTORY_NONE};
    if (name.from % 2) {
        name.from--;
        return (struct answers_made){.state = HISTORY_MOVED, .moved = name};
    }
    uint8_t *bytes = malloc(LEN);
    memset(bytes, (int)name.from, LEN);
    return (struct answers_made){.state = HISTORY_READY,
                                 .answer = history_answer_make(name, name.from, bytes, LEN)};
}

static void ready(struct answers_maker *maker)
{
    struct scene *scene = (struct scene *)maker;
    atomic_fetch_add(&scene->n_ready, 1);
    sem_post(&scene->ready);
}

static void begin(struct scene *scene, size_t cache_bytes, size_t queue)
{
    memset(scene, 0, sizeof *scene);
    scene->maker = (struct answers_maker){.make = make, .ready = ready};
    sem_init(&scene->ready, 0, 0);
    sem_init(&scene->may_make, 0, 0);
    scene->answers = answers_create(
        &scene->maker, (struct answers_limits){.cache_bytes = cache_bytes, .queue = queue});
    assert_non_null(scene->answers);
}

static void end(struct scene *scene)
{
    answers_destroy(scene->answers);
    sem_destroy(&scene->ready);
    sem_destroy(&scene->may_make);
}

static struct history_name name_of(uint64_t from)
{
    return (struct history_name){.kind = HISTORY_PICTURE, .from = from};
}

/* Ask; what a READY answer holds is checked. */
static enum history_state ask(struct scene *scene, uint64_t from, uint64_t stamp)
{
    struct history_answer *answer = NULL;
    struct history_name moved;
    enum history_state state =
        answers_get(scene->answers, name_of(from), stamp, true, &answer, &moved);
    if (state == HISTORY_READY) {
        assert_int_equal(answer->len, LEN);
        assert_int_equal(answer->bytes[LEN - 1], from & 0xff);
        assert_true(history_name_equal(answer->name, name_of(from)));
        assert_int_equal(answer->etag[0], '"');
        history_answer_release(answer);
    }
    if (state == HISTORY_MOVED)
        assert_int_equal(moved.from, from - 1);
    return state;
}

/* Ask until it is there. */
static enum history_state get(struct scene *scene, uint64_t from)
{
    enum history_state state = ask(scene, from, 0);
    for (; state == HISTORY_COMING; state = ask(scene, from, 0))
        wait_for(&scene->ready);
    return state;
}

static void what_many_ask_for_is_made_once(void **state)
{
    struct scene scene;
    begin(&scene, 1 << 20, 16);
    atomic_store(&scene.hold, true);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(ask(&scene, 4, 0), HISTORY_COMING);
    sem_post(&scene.may_make);
    wait_for(&scene.ready);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(ask(&scene, 4, 0), HISTORY_READY);
    assert_int_equal(atomic_load(&scene.n_made), 1);
    atomic_store(&scene.hold, false);
    end(&scene);
}

static void what_is_moved_and_what_is_not_there_is_kept_too(void **state)
{
    struct scene scene;
    begin(&scene, 1 << 20, 16);
    assert_int_equal(get(&scene, 5), HISTORY_MOVED);
    assert_int_equal(get(&scene, 5), HISTORY_MOVED);
    assert_int_equal(get(&scene, 2000), HISTORY_NONE);
    assert_int_equal(get(&scene, 2000), HISTORY_NONE);
    assert_int_equal(atomic_load(&scene.n_made), 2);
    end(&scene);
}

static void an_answer_of_another_stamp_is_made_again(void **state)
{
    struct scene scene;
    begin(&scene, 1 << 20, 16);
    assert_int_equal(ask(&scene, 4, 1), HISTORY_COMING);
    wait_for(&scene.ready);
    assert_int_equal(ask(&scene, 4, 1), HISTORY_READY);
    assert_int_equal(ask(&scene, 4, 2), HISTORY_COMING);
    wait_for(&scene.ready);
    assert_int_equal(ask(&scene, 4, 2), HISTORY_READY);
    assert_int_equal(ask(&scene, 4, 1), HISTORY_COMING); /* also of an older one */
    wait_for(&scene.ready);
    assert_int_equal(atomic_load(&scene.n_made), 3);
    end(&scene);
}

static void a_full_queue_is_busy_and_holds_nothing_of_it(void **state)
{
    struct scene scene;
    begin(&scene, 1 << 20, 4);
    atomic_store(&scene.hold, true);
    assert_int_equal(ask(&scene, 0, 0), HISTORY_COMING);
    unsigned n_coming = 0, n_busy = 0;
    for (uint64_t i = 1; i <= 100; i++) {
        enum history_state answer = ask(&scene, 2 * i, 0);
        n_coming += answer == HISTORY_COMING;
        n_busy += answer == HISTORY_BUSY;
    }
    /* 4 wait; the first one is in the worker's hands, or still one of them. */
    assert_in_range(n_coming, 3, 4);
    assert_int_equal(n_coming + n_busy, 100);
    atomic_store(&scene.hold, false);
    sem_post(&scene.may_make);
    for (unsigned i = 0; i <= n_coming; i++)
        wait_for(&scene.ready);
    assert_int_equal(get(&scene, 200), HISTORY_READY); /* there is room again */
    assert_int_equal(atomic_load(&scene.n_made), n_coming + 2);
    end(&scene);
}

static void what_was_asked_for_longest_ago_goes(void **state)
{
    struct scene scene;
    begin(&scene, 5 * LEN + LEN / 2, 16);
    for (uint64_t i = 0; i < 5; i++)
        assert_int_equal(get(&scene, 2 * i), HISTORY_READY);
    assert_int_equal(get(&scene, 0), HISTORY_READY); /* it is in use */
    assert_int_equal(get(&scene, 10), HISTORY_READY);
    assert_int_equal(atomic_load(&scene.n_made), 6);
    assert_int_equal(get(&scene, 0), HISTORY_READY);
    assert_int_equal(get(&scene, 10), HISTORY_READY);
    assert_int_equal(atomic_load(&scene.n_made), 6);
    assert_int_equal(get(&scene, 2), HISTORY_READY); /* was the oldest */
    assert_int_equal(atomic_load(&scene.n_made), 7);
    end(&scene);
}

static void one_that_is_larger_than_the_cache_can_be_had(void **state)
{
    struct scene scene;
    begin(&scene, 1, 16);
    for (uint64_t i = 0; i < 10; i++)
        assert_int_equal(get(&scene, 2 * (i % 2)), HISTORY_READY);
    assert_int_equal(atomic_load(&scene.n_made), 10);
    end(&scene);
}

/* A name counts 4 kB even if nothing is behind it, so that made-up ones push each other out. */
static void made_up_names_take_no_memory(void **state)
{
    struct scene scene;
    begin(&scene, 16 * 4096, 16);
    for (uint64_t i = 0; i < 16; i++)
        assert_int_equal(get(&scene, 2000 + i), HISTORY_NONE);
    assert_int_equal(get(&scene, 2000), HISTORY_NONE);
    assert_int_equal(atomic_load(&scene.n_made), 16);
    for (uint64_t i = 0; i < 1000; i++)
        assert_int_equal(get(&scene, 3000 + i), HISTORY_NONE);
    assert_int_equal(get(&scene, 2000), HISTORY_NONE);
    assert_int_equal(atomic_load(&scene.n_made), 16 + 1000 + 1);
    end(&scene);
}

static void what_is_not_there_yet_is_not_kept(void **state)
{
    struct scene scene;
    begin(&scene, 1 << 20, 16);
    assert_int_equal(ask(&scene, 15, 0), HISTORY_COMING); /* memory is short: asked again at once */
    wait_for(&scene.ready);
    assert_int_equal(ask(&scene, 15, 0), HISTORY_COMING);
    wait_for(&scene.ready);
    assert_int_equal(ask(&scene, 13, 0), HISTORY_COMING); /* somebody else will say when */
    assert_int_equal(get(&scene, 2), HISTORY_READY);      /* made after it, by the same worker */
    assert_int_equal(atomic_load(&scene.n_ready), 3);
    assert_int_equal(atomic_load(&scene.n_made), 4);
    end(&scene);
}

static void it_ends_with_names_that_wait(void **state)
{
    struct scene scene;
    begin(&scene, 1 << 20, 16);
    assert_int_equal(get(&scene, 2), HISTORY_READY);
    atomic_store(&scene.hold, true);
    for (uint64_t i = 0; i < 10; i++)
        ask(&scene, 100 + i, 0);
    atomic_store(&scene.hold, false); /* before: no other job may begin to wait */
    sem_post(&scene.may_make);
    end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_many_ask_for_is_made_once),
        cmocka_unit_test(what_is_moved_and_what_is_not_there_is_kept_too),
        cmocka_unit_test(an_answer_of_another_stamp_is_made_again),
        cmocka_unit_test(a_full_queue_is_busy_and_holds_nothing_of_it),
        cmocka_unit_test(what_was_asked_for_longest_ago_goes),
        cmocka_unit_test(one_that_is_larger_than_the_cache_can_be_had),
        cmocka_unit_test(made_up_names_take_no_memory),
        cmocka_unit_test(what_is_not_there_yet_is_not_kept),
        cmocka_unit_test(it_ends_with_names_that_wait),
    };
    return cmocka_run_group_tests_name("history answers", tests, NULL, NULL);
}
