/* SPDX-License-Identifier: ISC */
/* Who asks is answered once, in the right order, and nothing is rendered twice. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "farm_fixture.h"

#define TILE "/map/0123456789abcdef/5/"

static int setup(void **state)
{
    *state = fixture_create();
    return 0;
}

static int teardown(void **state)
{
    fixture_destroy(*state);
    return 0;
}

/* People, all of whom are forgotten at the end of the test. */
static struct person *people(size_t n)
{
    struct person *persons = calloc(n, sizeof *persons);
    assert_non_null(persons);
    return persons;
}

static void forget(struct person *persons, size_t n)
{
    for (size_t i = 0; i < n; i++)
        person_forget(&persons[i]);
    free(persons);
}

static void check_picture(const struct person *person, const char *name)
{
    assert_int_equal(person->answers, 1);
    assert_int_equal(person->outcome, FARM_DONE);
    assert_int_equal(person->picture->len, strlen(name));
    assert_memory_equal(person->picture->bytes, name, strlen(name));
}

static void test_a_thousand_who_wait_for_a_metatile_are_one_job(void **state)
{
    struct fixture *fixture = *state;
    enum { N = 1000 };
    struct pool *pool = fixture_add(fixture, fixture_pool("map:world", NULL, 2));
    struct person *persons = people(N);
    struct picture first = picture_named(TILE "8/16.png");
    struct gate *gate = fixture_gate(fixture, &first, "");
    char name[PICTURE_NAME_BYTES];
    for (unsigned i = 0; i < N; i++) {
        struct picture picture;
        picture_of_job(&first, (i + 20) % 64, &picture);
        person_ask(fixture, pool, &picture, FARM_WAITING, &persons[i]);
    }
    UNTIL(fixture, gate->opened == 1);
    assert_int_equal(fixture->answers, 0);
    gate_open(gate);
    UNTIL(fixture, fixture->answers == N && look_of(pool)->busy == 0);
    assert_int_equal(gate->opened, 1);
    assert_int_equal(fixture->finished, 64);
    for (unsigned i = 0; i < N; i++) {
        struct picture picture;
        picture_of_job(&first, (i + 20) % 64, &picture);
        picture_format(&picture, name);
        check_picture(&persons[i], name);
    }
    /* The tile that was asked for first came first, and those who had asked longest. */
    assert_int_equal(persons[0].order, 1);
    assert_int_equal(persons[64].order, 2);
    struct pool_look *look = look_of(pool);
    assert_int_equal(look->jobs, 1);
    assert_int_equal(look->pictures, 64);
    assert_true(look->bytes > 64 * 30 && look->wall_us > 0);
    assert_true(fixture->changes > 0);
    forget(persons, N);
}

static void test_a_picture_of_a_running_job_that_has_come_is_answered_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = fixture_add(fixture, fixture_pool("map:world", NULL, 1));
    struct person *persons = people(2);
    struct picture first = picture_named(TILE "0/0.png"), second = picture_named(TILE "1/0.png");
    struct gate *gate = fixture_gate(fixture, &first, "");
    person_ask(fixture, pool, &first, FARM_BATCH, &persons[0]);
    gate_open(gate);
    UNTIL(fixture, persons[0].answers == 1);
    /* Either the job still runs and has it, joins, or a second job renders it. */
    person_ask(fixture, pool, &second, FARM_WAITING, &persons[1]);
    UNTIL(fixture, persons[1].answers == 1);
    check_picture(&persons[1], TILE "1/0.png");
    UNTIL(fixture, look_of(pool)->busy == 0);
    assert_true(fixture->finished == 64 || fixture->finished == 128);
    forget(persons, 2);
}

static void test_browsers_go_before_stale_before_batches(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = fixture_add(fixture, fixture_pool("fractal", NULL, 1));
    struct person *persons = people(10);
    struct picture held = picture_act(ACT_GATE, 0);
    struct gate *gate = fixture_gate(fixture, &held, "");
    static const enum farm_priority asked[] = {FARM_BATCH, FARM_BATCH, FARM_STALE,  FARM_WAITING,
                                               FARM_STALE, FARM_BATCH, FARM_WAITING};
    person_ask(fixture, pool, &held, FARM_BATCH, &persons[9]);
    UNTIL(fixture, gate->opened == 1);
    for (unsigned i = 0; i < 7; i++) {
        struct picture picture = picture_act(ACT_RENDER, i);
        person_ask(fixture, pool, &picture, asked[i], &persons[i]);
    }
    struct pool_look *look = look_of(pool);
    assert_int_equal(look->waiting[FARM_WAITING], 2);
    assert_int_equal(look->waiting[FARM_STALE], 2);
    assert_int_equal(look->waiting[FARM_BATCH], 3);
    assert_int_equal(look->busy, 1);
    /* A browser asks for the last batch: behind the browsers, before all others. */
    struct picture wanted = picture_act(ACT_RENDER, 5);
    person_ask(fixture, pool, &wanted, FARM_WAITING, &persons[8]);
    assert_int_equal(look_of(pool)->waiting[FARM_WAITING], 3);
    gate_open(gate);
    UNTIL(fixture, fixture->answers == 9);
    static const unsigned expected[] = {8, 9, 6, 2, 7, 4, 3};
    for (unsigned i = 0; i < 7; i++)
        assert_int_equal(persons[i].order, expected[i]);
    assert_int_equal(persons[8].order, 5); /* with the one whose batch it was */
    assert_int_equal(persons[9].order, 1);
    assert_int_equal(fixture->finished, 8);
    forget(persons, 10);
}

static void test_batches_leave_half_of_the_children_to_browsers(void **state)
{
    struct fixture *fixture = *state;
    struct pool_config config = fixture_pool("map:world", NULL, 4);
    config.batch_share = true;
    struct pool *pool = fixture_add(fixture, config);
    struct person *persons = people(8);
    struct gate *gates[8];
    for (unsigned i = 0; i < 8; i++) {
        struct picture picture = picture_act(ACT_GATE, i);
        gates[i] = fixture_gate(fixture, &picture, "");
    }
    UNTIL(fixture, look_of(pool)->children == 4 && look_of(pool)->child[3].state == CHILD_IDLE &&
                       look_of(pool)->child[2].state == CHILD_IDLE &&
                       look_of(pool)->child[1].state == CHILD_IDLE &&
                       look_of(pool)->child[0].state == CHILD_IDLE);
    for (unsigned i = 0; i < 4; i++) {
        struct picture picture = picture_act(ACT_GATE, i);
        person_ask(fixture, pool, &picture, FARM_BATCH, &persons[i]);
    }
    assert_int_equal(look_of(pool)->busy, 2);
    assert_int_equal(look_of(pool)->waiting[FARM_BATCH], 2);
    for (unsigned i = 4; i < 7; i++) { /* two find a child at once */
        struct picture picture = picture_act(ACT_GATE, i);
        person_ask(fixture, pool, &picture, FARM_WAITING, &persons[i]);
    }
    assert_int_equal(look_of(pool)->busy, 4);
    assert_int_equal(look_of(pool)->waiting[FARM_WAITING], 1);
    /* A batch ends: the browser is next. The next batch begins when the other one has ended. */
    gate_open(gates[0]);
    UNTIL(fixture, gates[6]->opened == 1);
    assert_int_equal(gates[2]->opened, 0);
    for (unsigned i = 1; i < 8; i++)
        gate_open(gates[i]);
    UNTIL(fixture, fixture->answers == 7);
    forget(persons, 8);
}

static void test_full_says_when_to_come_again_and_keeps_room_for_browsers(void **state)
{
    struct fixture *fixture = *state;
    struct pool_config config = fixture_pool("fractal", NULL, 1);
    config.jobs = 8;
    struct pool *pool = fixture_add(fixture, config);
    struct person *persons = people(30);
    struct picture held = picture_act(ACT_GATE, 0);
    struct gate *gate = fixture_gate(fixture, &held, "");
    person_ask(fixture, pool, &held, FARM_WAITING, &persons[0]);
    UNTIL(fixture, gate->opened == 1);
    for (unsigned i = 1; i < 30; i++) {
        struct picture picture = picture_act(ACT_RENDER, i);
        enum farm_priority priority = i < 10 ? FARM_BATCH : i < 20 ? FARM_STALE : FARM_WAITING;
        person_ask(fixture, pool, &picture, priority, &persons[i]);
    }
    /* Of eight places, four are for batches, six for those and the stale, all for browsers. */
    assert_int_equal(look_of(pool)->waiting[FARM_BATCH], 4);
    assert_int_equal(look_of(pool)->waiting[FARM_STALE], 2);
    assert_int_equal(look_of(pool)->waiting[FARM_WAITING], 2);
    assert_int_equal(fixture->answers, 21);
    for (unsigned i = 1; i < 30; i++)
        if (persons[i].answers == 1) {
            assert_int_equal(persons[i].outcome, FARM_FULL);
            assert_in_range(persons[i].retry_s, 1, 60);
        }
    /* Who joins a job takes no place. */
    person_ask(fixture, pool, &held, FARM_WAITING, &persons[29]);
    assert_int_equal(persons[29].answers, 0);
    /* A stale one that nobody waits for makes room for a browser; others do not. */
    for (unsigned i = 10; i < 12; i++)
        farm_leave(fixture->farm, &persons[i].waiter);
    struct picture wanted = picture_act(ACT_RENDER, 100);
    person_ask(fixture, pool, &wanted, FARM_WAITING, &persons[28]);
    assert_int_equal(persons[28].answers, 0);
    assert_int_equal(look_of(pool)->waiting[FARM_STALE], 1);
    assert_int_equal(look_of(pool)->waiting[FARM_WAITING], 3);
    gate_open(gate);
    UNTIL(fixture, fixture->answers == 30 && fixture->finished == 9);
    forget(persons, 30);
}

static void test_who_has_left_is_not_told_and_the_job_goes_on(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = fixture_add(fixture, fixture_pool("fractal", NULL, 1));
    struct person *persons = people(6);
    struct picture held = picture_act(ACT_GATE, 0), other = picture_act(ACT_RENDER, 1);
    struct gate *gate = fixture_gate(fixture, &held, "");
    for (unsigned i = 0; i < 5; i++)
        person_ask(fixture, pool, &held, FARM_WAITING, &persons[i]);
    person_ask(fixture, pool, &other, FARM_WAITING, &persons[5]);
    farm_leave(fixture->farm, &persons[0].waiter);
    farm_leave(fixture->farm, &persons[2].waiter);
    farm_leave(fixture->farm, &persons[4].waiter);
    farm_leave(fixture->farm, &persons[4].waiter);
    farm_leave(fixture->farm, &persons[5].waiter);
    assert_int_equal(look_of(pool)->waiting[FARM_STALE], 1); /* behind those that are waited for */
    gate_open(gate);
    UNTIL(fixture, fixture->finished == 2);
    assert_int_equal(fixture->answers, 2);
    assert_int_equal(persons[1].order, 1);
    assert_int_equal(persons[3].order, 2);
    farm_leave(fixture->farm, &persons[1].waiter); /* after its answer */
    forget(persons, 6);
}

/* Asks for the next picture as soon as it is answered, and leaves others. */
struct chain {
    struct person person;
    struct pool *pool;
    struct person *leaves;
    unsigned left;
};

static void answer_chain(struct farm_waiter *waiter, const struct farm_answer *answer)
{
    struct chain *chain = (struct chain *)waiter;
    assert_int_equal(answer->outcome, FARM_DONE);
    if (chain->leaves)
        farm_leave(chain->person.fixture->farm, &chain->leaves->waiter);
    chain->leaves = NULL;
    if (chain->left > 0) {
        struct picture next = picture_act(ACT_RENDER, 500 + --chain->left);
        farm_ask(chain->person.fixture->farm, chain->pool, &next, FARM_WAITING, waiter);
    }
}

static void test_an_answer_may_ask_and_leave(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = fixture_add(fixture, fixture_pool("fractal", NULL, 1));
    struct person *persons = people(2);
    struct picture held = picture_act(ACT_GATE, 0);
    struct gate *gate = fixture_gate(fixture, &held, "");
    struct chain chain = {.person = {.waiter = {.answered = answer_chain}, .fixture = fixture},
                          .pool = pool,
                          .leaves = &persons[0],
                          .left = 50};
    farm_ask(fixture->farm, pool, &held, FARM_WAITING, &chain.person.waiter);
    person_ask(fixture, pool, &held, FARM_WAITING, &persons[0]);
    person_ask(fixture, pool, &held, FARM_WAITING, &persons[1]);
    gate_open(gate);
    UNTIL(fixture, fixture->finished == 51);
    assert_int_equal(persons[0].answers, 0);
    assert_int_equal(persons[1].answers, 1);
    forget(persons, 2);
}

/* A child with a task takes no further one, so that whoever waits is next when it has ended. */
static void test_a_browser_waits_for_the_running_batch_and_for_no_other(void **state)
{
    struct fixture *fixture = *state;
    enum { BATCH = 10000 };
    struct pool_config config = fixture_pool("map:world", NULL, 1);
    config.jobs = 2 * BATCH;
    config.tasks = 2 * BATCH; /* there is never a second child beside the first */
    struct pool *pool = fixture_add(fixture, config);
    struct person *persons = people(BATCH), *browser = people(1);
    for (unsigned i = 0; i < BATCH; i++) {
        struct picture picture = picture_act(ACT_RENDER, i);
        person_ask(fixture, pool, &picture, FARM_BATCH, &persons[i]);
    }
    for (unsigned round = 1; round <= 20; round++) {
        struct picture picture = picture_act(ACT_RENDER, BATCH + round);
        UNTIL(fixture, fixture->answers >= round * 100);
        unsigned before = fixture->answers;
        person_ask(fixture, pool, &picture, FARM_WAITING, browser);
        UNTIL(fixture, browser->answers == 1);
        assert_in_range(browser->order - before, 1, 2); /* the one that ran, and itself */
    }
    farm_remove_pool(fixture->farm, pool);
    assert_int_equal(fixture->answers, BATCH + 20);
    forget(persons, BATCH);
    forget(browser, 1);
}

static void test_libevs_default_loop_is_refused(void **state)
{
    struct farm_config config = {.loop = ev_default_loop(0)};
    assert_null(farm_create(&config));
    farm_destroy(NULL);
}

static void test_a_pool_without_sense_is_refused(void **state)
{
    struct fixture *fixture = *state;
    char error[FARM_ERROR_BYTES];
    struct pool_config good = fixture_pool("fractal", NULL, 0), config = good;
    config.task_ms = 0;
    assert_null(farm_add_pool(fixture->farm, &config, error));
    assert_non_null(strstr(error, "above 0"));
    config = good;
    config.children = FARM_CHILDREN_MAX + 1;
    assert_null(farm_add_pool(fixture->farm, &config, error));
    memset(config.name, 'x', sizeof config.name);
    assert_null(farm_add_pool(fixture->farm, &config, error));
    struct pool *pool = fixture_add(fixture, good);
    assert_ptr_equal(farm_pool(fixture->farm, 0), pool);
    assert_null(farm_pool(fixture->farm, 1));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_thousand_who_wait_for_a_metatile_are_one_job),
        TEST(test_a_picture_of_a_running_job_that_has_come_is_answered_at_once),
        TEST(test_browsers_go_before_stale_before_batches),
        TEST(test_batches_leave_half_of_the_children_to_browsers),
        TEST(test_full_says_when_to_come_again_and_keeps_room_for_browsers),
        TEST(test_who_has_left_is_not_told_and_the_job_goes_on),
        TEST(test_an_answer_may_ask_and_leave),
        TEST(test_a_browser_waits_for_the_running_batch_and_for_no_other),
        TEST(test_libevs_default_loop_is_refused),
        TEST(test_a_pool_without_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
