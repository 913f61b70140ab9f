/* SPDX-License-Identifier: ISC */
/* Whatever children do, every job has an end, others are served, and no process is left. */
#include "cmocka_all.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "farm_fixture.h"

#if !defined(__has_feature)
#define __has_feature(feature) 0
#endif

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

static void ask_and_wait(struct fixture *fixture, struct pool *pool, struct picture picture,
                         struct person *person)
{
    person_ask(fixture, pool, &picture, FARM_WAITING, person);
    UNTIL(fixture, person->answers == 1);
}

/* A picture can be had from this pool. */
static void check_works(struct fixture *fixture, struct pool *pool)
{
    static unsigned n = 1000;
    struct person person = {0};
    ask_and_wait(fixture, pool, picture_act(ACT_RENDER, n++), &person);
    assert_int_equal(person.outcome, FARM_DONE);
    person_forget(&person);
}

/* The same of a pool with so little time for a task that a busy machine may need several tries. */
static void check_works_sometimes(struct fixture *fixture, struct pool *pool)
{
    static unsigned n = 100000;
    struct person person = {0};
    do
        ask_and_wait(fixture, pool, picture_act(ACT_RENDER, n++), &person);
    while (person.outcome != FARM_DONE);
    person_forget(&person);
}

static void test_a_job_is_tried_three_times_and_then_not_for_a_while(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = fixture_add(fixture, fixture_pool("image:blur", NULL, 1));
    struct person person = {0}, again = {0};
    struct picture picture = picture_act(ACT_GATE, 1);
    struct gate *gate = fixture_gate(fixture, &picture, "ffffff");
    gate_open(gate);
    ask_and_wait(fixture, pool, picture, &person);
    assert_int_equal(person.outcome, FARM_FAILED);
    assert_int_equal(person.attempts, FARM_ATTEMPTS);
    assert_int_equal(gate->opened, FARM_ATTEMPTS);
    /* What the child has said is text of one line, whatever it was. */
    assert_string_equal(person.why, "as asked??[2J?");
    person_ask(fixture, pool, &picture, FARM_WAITING, &again);
    assert_int_equal(again.answers, 1);
    assert_int_equal(again.outcome, FARM_FAILED);
    assert_in_range(again.retry_s, 1, FARM_NEGATIVE_S);
    assert_string_equal(again.why, person.why);
    assert_int_equal(gate->opened, FARM_ATTEMPTS);
    assert_int_equal(look_of(pool)->failed, 1);
    assert_int_equal(look_of(pool)->crashed, 0);
    check_works(fixture, pool);
    person_forget(&person);
    person_forget(&again);
}

static void test_an_attempt_that_failed_is_made_good_by_the_next(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = fixture_add(fixture, fixture_pool("image:blur", NULL, 1));
    static const char *const letters[] = {"cf", "fc", "c"};
    for (unsigned i = 0; i < 3; i++) {
        struct person person = {0};
        struct picture picture = picture_act(ACT_GATE, i);
        gate_open(fixture_gate(fixture, &picture, letters[i]));
        ask_and_wait(fixture, pool, picture, &person);
        assert_int_equal(person.outcome, FARM_DONE);
        assert_int_equal(person.attempts, strlen(letters[i]) + 1);
        person_forget(&person);
    }
    assert_int_equal(look_of(pool)->late, 0);
    assert_int_equal(look_of(pool)->crashed, 3);
    assert_int_equal(look_of(pool)->failed, 0);
}

static void test_a_late_attempt_is_made_good_by_the_next(void **state)
{
    struct fixture *fixture = *state;
    struct pool_config config = fixture_pool("image:blur", NULL, 1);
    struct person person = {0};
    config.task_ms = 200;
    struct pool *pool = fixture_add(fixture, config);
    for (unsigned i = 0; i < FIXTURE_GATES && !(person.answers && person.outcome == FARM_DONE);
         i++) {
        struct picture picture = picture_act(ACT_GATE, i); /* again where the machine is busy */
        gate_open(fixture_gate(fixture, &picture, "h"));
        person_forget(&person);
        ask_and_wait(fixture, pool, picture, &person);
    }
    assert_int_equal(person.outcome, FARM_DONE);
    assert_in_range(person.attempts, 2, FARM_ATTEMPTS);
    assert_true(look_of(pool)->late >= 1);
    person_forget(&person);
}

static void test_whatever_a_child_does_others_are_served(void **state)
{
    static const struct {
        enum act act;
        const char *why;
    } rows[] = {
        {ACT_ABORT, "ABRT"},
        {ACT_SEGFAULT, "SEGV"},
        {ACT_EXIT, "status 3"},
        {ACT_FAIL, "as asked"},
        {ACT_OTHER_PLACE, "no answer"},
        {ACT_DONE_EARLY, "no answer"},
        {ACT_TOO_LARGE, "no answer"},
        {ACT_NO_MESSAGE, "no answer"},
        {ACT_READY_AGAIN, "no answer"},
        {ACT_ENDLESS, "no answer"},
#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer)
        {ACT_EAT, "no memory"},
#endif
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct person person = {0};
        struct pool *pool = fixture_add(fixture, fixture_pool("image:blur", NULL, 1));
        ask_and_wait(fixture, pool, picture_act(rows[i].act, 0), &person);
        if (person.outcome != FARM_FAILED || person.attempts != FARM_ATTEMPTS ||
            !strstr(person.why, rows[i].why))
            fail_msg("act %d: outcome %d after %u: %s", rows[i].act, person.outcome,
                     person.attempts, person.why);
        check_works(fixture, pool);
        assert_int_equal(look_of(pool)->failed, 1);
        farm_remove_pool(fixture->farm, pool);
        person_forget(&person);
        /* The next pool must not hear of this one's failures. */
        fixture_destroy(fixture);
        *state = fixture = fixture_create();
    }
}

static void test_a_child_that_is_late_or_closes_its_socket_is_killed(void **state)
{
    struct fixture *fixture = *state;
    struct pool_config config = fixture_pool("fractal", NULL, 1);
    config.task_ms = 100;
    for (enum act act = ACT_HANG; act; act = act == ACT_HANG ? ACT_CLOSE : 0) {
        struct person person = {0};
        struct pool *pool = fixture_add(fixture, config);
        ask_and_wait(fixture, pool, picture_act(act, 0), &person);
        assert_int_equal(person.outcome, FARM_FAILED);
        assert_non_null(strstr(person.why, "too long"));
        assert_int_equal(look_of(pool)->late, FARM_ATTEMPTS);
        check_works_sometimes(fixture, pool);
        person_forget(&person);
    }
}

static void test_an_answer_that_nobody_has_asked_for_ends_the_child(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = fixture_add(fixture, fixture_pool("fractal", NULL, 1));
    for (unsigned i = 0; i < 2; i++) {
        struct person person = {0};
        ask_and_wait(fixture, pool, picture_act(i == 0 ? ACT_UNASKED : ACT_PICTURE_TWICE, 0),
                     &person);
        assert_int_equal(person.outcome, FARM_DONE); /* what came before was right */
        UNTIL(fixture, look_of(pool)->crashed == i + 1);
        check_works(fixture, pool);
        assert_int_equal(look_of(pool)->failed, 0);
        person_forget(&person);
    }
}

static void test_a_large_picture_is_put_together(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = fixture_add(fixture, fixture_pool("fractal", NULL, 1));
    struct person person = {0};
    ask_and_wait(fixture, pool, picture_act(ACT_LARGE, 0), &person);
    assert_int_equal(person.outcome, FARM_DONE);
    assert_int_equal(person.picture->len, ACT_LARGE_BYTES);
    for (size_t i = 0; i < person.picture->len; i++)
        if (person.picture->bytes[i] != i % 251)
            fail_msg("byte %zu is another", i);
    person_forget(&person);
}

static void test_an_image_without_its_original_fails_without_a_child(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = fixture_add(fixture, fixture_pool("image:blur", NULL, 1));
    struct person person = {0};
    struct picture picture = picture_named(
        "/images/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/"
        "blur");
    fixture->no_input = true;
    ask_and_wait(fixture, pool, picture, &person);
    assert_int_equal(person.outcome, FARM_FAILED);
    assert_int_equal(person.attempts, 1);
    assert_int_equal(look_of(pool)->busy, 0);
    check_works(fixture, pool);
    person_forget(&person);
}

static int a_busy_child(const struct pool *pool, unsigned which)
{
    struct pool_look *look = look_of(pool);
    for (unsigned i = 0; i < look->children; i++) {
        const struct child_look *child = &look->child[(i + which) % look->children];
        if (child->state == CHILD_BUSY)
            return child->pid;
    }
    return 0;
}

static void test_twenty_children_killed_by_others_lose_no_task(void **state)
{
    struct fixture *fixture = *state;
    enum { N = 200, KILLS = 20 };
    struct pool *pool = fixture_add(fixture, fixture_pool("image:thumbnail", NULL, 3));
    struct person *persons = calloc(N, sizeof *persons);
    assert_non_null(persons);
    struct gate *gate = NULL;
    for (unsigned i = 0; i < N; i++) {
        struct picture picture = picture_act(i % 20 == 0 ? ACT_GATE : ACT_RENDER, i);
        if (i == 0) /* one that is killed again and again */
            gate = fixture_gate(fixture, &picture, "");
        else if (i % 20 == 0)
            gate_open(fixture_gate(fixture, &picture, ""));
        person_ask(fixture, pool, &picture, FARM_BATCH, &persons[i]);
    }
    for (unsigned i = 0; i < KILLS; i++) {
        uint64_t before = look_of(pool)->crashed;
        UNTIL(fixture, a_busy_child(pool, i) != 0);
        assert_int_equal(kill(a_busy_child(pool, i), i % 2 ? SIGTERM : SIGKILL), 0);
        UNTIL(fixture, look_of(pool)->crashed > before);
    }
    gate_open(gate);
    UNTIL(fixture, fixture->answers == N);
    for (unsigned i = 0; i < N; i++) {
        assert_int_equal(persons[i].outcome, FARM_DONE);
        assert_int_equal(persons[i].attempts, 1);
        assert_int_equal(persons[i].answers, 1);
        person_forget(&persons[i]);
    }
    assert_int_equal(fixture->finished, N);
    assert_int_equal(look_of(pool)->failed, 0);
    free(persons);
}

static void test_a_job_whose_child_is_always_killed_has_an_end(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = fixture_add(fixture, fixture_pool("image:thumbnail", NULL, 1));
    struct person person = {0};
    struct picture picture = picture_act(ACT_HANG, 0);
    unsigned kills = 0;
    person_ask(fixture, pool, &picture, FARM_WAITING, &person);
    while (person.answers == 0) {
        uint64_t before = look_of(pool)->crashed;
        UNTIL(fixture, a_busy_child(pool, 0) != 0);
        kill(a_busy_child(pool, 0), SIGKILL);
        UNTIL(fixture, look_of(pool)->crashed > before);
        kills++;
    }
    assert_int_equal(person.outcome, FARM_FAILED);
    assert_int_equal(kills, 20 + FARM_ATTEMPTS);
    person_forget(&person);
}

static unsigned count(const struct pool *pool, enum child_state state)
{
    struct pool_look *look = look_of(pool);
    unsigned n = 0;
    for (unsigned i = 0; i < look->children; i++)
        n += look->child[i].state == state;
    return n;
}

/* The newest child's number, when all have done less than so many tasks; else 0. */
static unsigned newest_of_fresh(const struct pool *pool, unsigned tasks)
{
    struct pool_look *look = look_of(pool);
    unsigned newest = 0;
    for (unsigned i = 0; i < look->children; i++) {
        if (look->child[i].tasks >= tasks || look->child[i].state != CHILD_IDLE)
            return 0;
        if (look->child[i].number > newest)
            newest = look->child[i].number;
    }
    return newest;
}

static void test_a_child_is_replaced_after_its_tasks_and_none_is_missing(void **state)
{
    struct fixture *fixture = *state;
    struct pool_config config = fixture_pool("fractal", NULL, 2);
    config.tasks = 5;
    struct pool *pool = fixture_add(fixture, config);
    UNTIL(fixture, count(pool, CHILD_IDLE) == 2);
    for (unsigned round = 1; round <= 10; round++) {
        unsigned newest = newest_of_fresh(pool, 5);
        for (unsigned i = 0; i < 10; i++) {
            check_works(fixture, pool);
            /* There are never fewer that serve than are wanted. */
            assert_true(count(pool, CHILD_IDLE) + count(pool, CHILD_BUSY) >= 2);
        }
        UNTIL(fixture, look_of(pool)->children == 2 && newest_of_fresh(pool, 5) > newest);
    }
    assert_int_equal(look_of(pool)->crashed, 0);
}

static void test_a_pool_is_scaled_up_and_down(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = fixture_add(fixture, fixture_pool("image:blur", NULL, 1));
    struct person persons[3] = {{.answers = 0}};
    struct gate *gates[3];
    UNTIL(fixture, count(pool, CHILD_IDLE) == 1);
    pool_scale(pool, 6);
    UNTIL(fixture, count(pool, CHILD_IDLE) == 6);
    for (unsigned i = 0; i < 3; i++) {
        struct picture picture = picture_act(ACT_GATE, i);
        gates[i] = fixture_gate(fixture, &picture, "");
        person_ask(fixture, pool, &picture, FARM_WAITING, &persons[i]);
    }
    pool_scale(pool, 2); /* the idle end at once, a busy one after its task */
    assert_int_equal(look_of(pool)->children, 3);
    assert_int_equal(look_of(pool)->wanted, 2);
    gate_open(gates[0]);
    UNTIL(fixture, look_of(pool)->children == 2);
    pool_scale(pool, 0); /* nobody else is served; the running end well */
    struct person person = {0};
    struct picture picture = picture_act(ACT_RENDER, 0);
    person_ask(fixture, pool, &picture, FARM_WAITING, &person);
    assert_int_equal(person.outcome, FARM_FULL);
    assert_true(person.retry_s > 0);
    gate_open(gates[1]);
    gate_open(gates[2]);
    UNTIL(fixture, look_of(pool)->children == 0);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(persons[i].outcome, FARM_DONE);
        person_forget(&persons[i]);
    }
    /* What waits when the last child goes is not left hanging. */
    pool_scale(pool, 1);
    person_ask(fixture, pool, &picture, FARM_WAITING, &person);
    assert_int_equal(person.answers, 0);
    pool_scale(pool, 0);
    assert_int_equal(person.outcome, FARM_FULL);
    pool_scale(pool, 1);
    check_works(fixture, pool);
    pool_scale(pool, 1000);
    assert_int_equal(look_of(pool)->wanted, FARM_CHILDREN_MAX);
    pool_scale(pool, 1);
    check_works(fixture, pool);
    person_forget(&person);
}

static void test_renewed_children_get_no_further_task(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = fixture_add(fixture, fixture_pool("map:world", NULL, 2));
    struct person person = {0};
    struct picture picture = picture_act(ACT_GATE, 0);
    struct gate *gate = fixture_gate(fixture, &picture, "");
    UNTIL(fixture, count(pool, CHILD_IDLE) == 2);
    person_ask(fixture, pool, &picture, FARM_WAITING, &person);
    uint32_t oldest = look_of(pool)->child[0].number;
    pool_renew(pool);
    for (unsigned i = 0; i < 10; i++)
        check_works(fixture, pool);
    assert_int_equal(person.answers, 0);
    for (unsigned i = 0; i < look_of(pool)->children; i++)
        if (look_of(pool)->child[i].number <= 2)
            assert_int_equal(look_of(pool)->child[i].state, CHILD_BUSY);
    gate_open(gate);
    UNTIL(fixture, person.answers == 1 && look_of(pool)->children == 2);
    assert_int_equal(person.outcome, FARM_DONE);
    for (unsigned i = 0; i < 2; i++)
        assert_true(look_of(pool)->child[i].number > oldest + 1);
    person_forget(&person);
}

static void test_a_program_that_does_not_start_is_not_started_all_the_time(void **state)
{
    static const char *const ways[] = {"exits", "never-ready", "early-answer", "ready-and-exits",
                                       NULL};
    static const char *const missing[] = {"/nowhere/placed-render-test", NULL};
    struct fixture *fixture = *state;
    struct pool *good = fixture_add(fixture, fixture_pool("fractal", NULL, 1));
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct pool_config config = fixture_pool("map:broken", ways[i], 4);
        struct person person = {0}, again = {0};
        struct picture picture = picture_act(ACT_RENDER, (unsigned)i);
        if (ways[i] && strcmp(ways[i], "never-ready") == 0)
            config.start_ms = 50;
        if (!ways[i])
            config.command = missing;
        struct pool *pool = fixture_add(fixture, config);
        person_ask(fixture, pool, &picture, FARM_WAITING, &person);
        if (ways[i] && strcmp(ways[i], "ready-and-exits") == 0) {
            UNTIL(fixture, look_of(pool)->crashed >= 4);
        } else {
            UNTIL(fixture, person.answers == 1);
            assert_int_equal(person.outcome, FARM_FULL);
            assert_in_range(person.retry_s, 1, 60);
            assert_true(look_of(pool)->resting);
            person_ask(fixture, pool, &picture, FARM_WAITING, &again);
            assert_int_equal(again.outcome, FARM_FULL);
            /* Four at first, and then one after the other. */
            assert_true(look_of(pool)->crashed + look_of(pool)->late <= 4 + 3);
            assert_true(look_of(pool)->children <= 1);
        }
        check_works(fixture, good);
        farm_remove_pool(fixture->farm, pool);
    }
}

static void test_a_pool_whose_jobs_all_fail_rests_and_others_are_undisturbed(void **state)
{
    struct fixture *fixture = *state;
    struct pool *broken = fixture_add(fixture, fixture_pool("map:broken", "fails", 2));
    struct pool *good = fixture_add(fixture, fixture_pool("map:world", NULL, 1));
    enum { N = 30 };
    struct person persons[N] = {{.answers = 0}}, person = {0};
    unsigned failed = 0, full = 0;
    for (unsigned i = 0; i < N; i++) {
        struct picture picture = picture_act(ACT_RENDER, i);
        person_ask(fixture, broken, &picture, FARM_WAITING, &persons[i]);
    }
    UNTIL(fixture, fixture->answers == N);
    assert_true(look_of(broken)->resting);
    for (unsigned i = 0; i < N; i++) {
        failed += persons[i].outcome == FARM_FAILED;
        full += persons[i].outcome == FARM_FULL;
        assert_true(persons[i].retry_s > 0);
    }
    assert_int_equal(failed + full, N);
    assert_true(full >= N - 12); /* attempts that it takes to trip */
    struct picture picture = picture_act(ACT_RENDER, 100), second = picture_act(ACT_RENDER, 101);
    person_ask(fixture, broken, &picture, FARM_WAITING, &person);
    assert_int_equal(person.outcome, FARM_FULL);
    check_works(fixture, good);
    assert_false(look_of(good)->resting);
    /* After its rest one job is tried, and no other beside it. */
    do {
        check_works(fixture, good); /* lets time pass */
        usleep(10000);
        person_ask(fixture, broken, &picture, FARM_WAITING, &person);
    } while (person.answers == 1);
    person_ask(fixture, broken, &second, FARM_WAITING, &persons[0]);
    assert_int_equal(persons[0].outcome, FARM_FULL);
    UNTIL(fixture, person.answers == 1);
    assert_int_equal(person.outcome, FARM_FAILED);
    assert_int_equal(person.attempts, FARM_ATTEMPTS);
    person_ask(fixture, broken, &second, FARM_WAITING, &persons[0]);
    assert_int_equal(persons[0].outcome, FARM_FULL);
    /* A renewed style is given a chance at once. */
    pool_renew(broken);
    assert_false(look_of(broken)->resting);
    person_ask(fixture, broken, &second, FARM_WAITING, &persons[0]);
    assert_int_equal(persons[0].answers, 0);
    UNTIL(fixture, persons[0].answers == 1);
}

static void test_files_that_are_broken_are_not_the_programs_fault(void **state)
{
    struct fixture *fixture = *state;
    enum { N = 30 };
    struct pool *pool = fixture_add(fixture, fixture_pool("image:blur", NULL, 2));
    struct person persons[N] = {{.answers = 0}};
    for (unsigned i = 0; i < N; i++) {
        struct picture picture = picture_act(ACT_GATE, i);
        gate_open(fixture_gate(fixture, &picture, i % 2 ? "fff" : "ccc"));
        person_ask(fixture, pool, &picture, FARM_BATCH, &persons[i]);
    }
    UNTIL(fixture, fixture->answers == N);
    for (unsigned i = 0; i < N; i++) {
        assert_int_equal(persons[i].outcome, FARM_FAILED);
        assert_int_equal(persons[i].attempts, FARM_ATTEMPTS);
    }
    assert_false(look_of(pool)->resting);
    check_works(fixture, pool);
}

static void test_everything_under_way_ends_with_the_farm(void **state)
{
    struct fixture *fixture = *state;
    enum { N = 60 };
    struct person persons[N] = {{.answers = 0}};
    struct pool *pools[] = {
        fixture_add(fixture, fixture_pool("fractal", NULL, 3)),
        fixture_add(fixture, fixture_pool("map:slow", "never-ready", 2)),
        fixture_add(fixture, fixture_pool("image:blur", "exits", 2)),
    };
    for (unsigned i = 0; i < N; i++) {
        static const enum act acts[] = {ACT_HANG, ACT_ENDLESS, ACT_RENDER, ACT_LARGE, ACT_ABORT};
        struct picture picture = picture_act(acts[i % 5], i);
        person_ask(fixture, pools[i % 3], &picture, (enum farm_priority)(i % 2), &persons[i]);
    }
    UNTIL(fixture, look_of(pools[0])->busy > 0);
    fixture_destroy(fixture); /* sees that no process is left */
    for (unsigned i = 0; i < N; i++) {
        assert_int_equal(persons[i].answers, 1);
        person_forget(&persons[i]);
    }
    *state = fixture_create();
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_job_is_tried_three_times_and_then_not_for_a_while),
        TEST(test_an_attempt_that_failed_is_made_good_by_the_next),
        TEST(test_a_late_attempt_is_made_good_by_the_next),
        TEST(test_whatever_a_child_does_others_are_served),
        TEST(test_a_child_that_is_late_or_closes_its_socket_is_killed),
        TEST(test_an_answer_that_nobody_has_asked_for_ends_the_child),
        TEST(test_a_large_picture_is_put_together),
        TEST(test_an_image_without_its_original_fails_without_a_child),
        TEST(test_twenty_children_killed_by_others_lose_no_task),
        TEST(test_a_job_whose_child_is_always_killed_has_an_end),
        TEST(test_a_child_is_replaced_after_its_tasks_and_none_is_missing),
        TEST(test_a_pool_is_scaled_up_and_down),
        TEST(test_renewed_children_get_no_further_task),
        TEST(test_a_program_that_does_not_start_is_not_started_all_the_time),
        TEST(test_a_pool_whose_jobs_all_fail_rests_and_others_are_undisturbed),
        TEST(test_files_that_are_broken_are_not_the_programs_fault),
        TEST(test_everything_under_way_ends_with_the_farm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
