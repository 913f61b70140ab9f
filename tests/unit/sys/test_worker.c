/* SPDX-License-Identifier: ISC */
/* test_worker: jobs run once, in order, not before their time, and never after the worker's end. */
#include "cmocka_all.h"
#include "sys/clock.h"
#include "sys/worker.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { DEADLINE_S = 60 };

/* A job that says that it has begun, and ends when it is let go. */
struct step {
    struct job job; /* first */
    struct trace *trace;
    int number;
    int64_t ran_ms;
    bool hold;
};

struct trace {
    struct worker *worker;
    sem_t begun, may_end;
    atomic_int n_ran;
    int order[16];
};

static void run_step(struct job *job)
{
    struct step *step = (struct step *)job;
    struct trace *trace = step->trace;
    step->ran_ms = clock_now_ms();
    trace->order[atomic_load(&trace->n_ran)] = step->number;
    atomic_fetch_add(&trace->n_ran, 1);
    sem_post(&trace->begun);
    if (step->hold)
        while (sem_wait(&trace->may_end) != 0)
            ;
}

static struct step make_step(struct trace *trace, int number)
{
    return (struct step){.job.run = run_step, .trace = trace, .number = number};
}

static void wait_begun(struct trace *trace)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DEADLINE_S;
    assert_int_equal(sem_timedwait(&trace->begun, &until), 0);
}

static void begin(struct trace *trace, size_t limit)
{
    *trace = (struct trace){.worker = worker_create("test", limit)};
    assert_non_null(trace->worker);
    sem_init(&trace->begun, 0, 0);
    sem_init(&trace->may_end, 0, 0);
}

/* With the thread busy in a job, what is added meanwhile must wait. */
static struct step occupy(struct trace *trace)
{
    struct step step = make_step(trace, 0);
    step.hold = true;
    return step;
}

static void jobs_run_in_the_order_of_their_time(void **state)
{
    struct trace trace;
    begin(&trace, 8);
    struct step busy = occupy(&trace);
    assert_true(worker_add(trace.worker, &busy.job, 0));
    wait_begun(&trace);
    struct step steps[5];
    static const int64_t due[5] = {30, 10, 20, 10, 0}; /* all in the past */
    for (int i = 0; i < 5; i++) {
        steps[i] = make_step(&trace, i + 1);
        assert_true(worker_add(trace.worker, &steps[i].job, due[i]));
    }
    sem_post(&trace.may_end);
    for (int i = 0; i < 5; i++)
        wait_begun(&trace);
    worker_destroy(trace.worker);
    static const int expected[6] = {0, 5, 2, 4, 3, 1}; /* equal times: who was first */
    assert_memory_equal(trace.order, expected, sizeof expected);
}

static void none_runs_before_its_time(void **state)
{
    struct trace trace;
    begin(&trace, 8);
    struct step steps[3]; /* each wakes the worker when the next one is not yet due */
    int64_t now = clock_now_ms();
    for (int i = 2; i >= 0; i--) {
        steps[i] = make_step(&trace, i);
        assert_true(worker_add(trace.worker, &steps[i].job, now + 30 * (i + 1)));
    }
    for (int i = 0; i < 3; i++)
        wait_begun(&trace);
    worker_destroy(trace.worker);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(trace.order[i], i);
        assert_true(steps[i].ran_ms >= now + 30 * (i + 1));
    }
}

static void a_job_that_waits_is_not_added_twice(void **state)
{
    struct trace trace;
    begin(&trace, 2);
    struct step busy = occupy(&trace), other = make_step(&trace, 1);
    assert_true(worker_add(trace.worker, &busy.job, 0));
    wait_begun(&trace);
    for (int i = 0; i < 5; i++) /* it does not fill the queue */
        assert_true(worker_add(trace.worker, &other.job, 0));
    busy.hold = false;
    assert_true(worker_add(trace.worker, &busy.job, 0)); /* one that runs may be added */
    assert_true(worker_add(trace.worker, &other.job, 0)); /* nor is it refused by a full queue */
    sem_post(&trace.may_end);
    wait_begun(&trace);
    wait_begun(&trace);
    worker_destroy(trace.worker);
    assert_int_equal(atomic_load(&trace.n_ran), 3);
}

static void a_full_queue_refuses_and_recovers(void **state)
{
    struct trace trace;
    begin(&trace, 2);
    struct step busy = occupy(&trace), steps[3];
    assert_true(worker_add(trace.worker, &busy.job, 0));
    wait_begun(&trace);
    for (int i = 0; i < 3; i++) {
        steps[i] = make_step(&trace, i + 1);
        assert_int_equal(worker_add(trace.worker, &steps[i].job, 0), i < 2);
    }
    sem_post(&trace.may_end);
    wait_begun(&trace);
    wait_begun(&trace);
    assert_true(worker_add(trace.worker, &steps[2].job, 0));
    wait_begun(&trace);
    worker_destroy(trace.worker);
    assert_int_equal(atomic_load(&trace.n_ran), 4);
}

static struct worker *again_worker;
static atomic_int again_runs;
static sem_t again_done;

static void run_again(struct job *job)
{
    /* No assert_true here: it would longjmp out of the wrong thread. */
    if (atomic_fetch_add(&again_runs, 1) == 9)
        sem_post(&again_done);
    else if (!worker_add(again_worker, job, clock_now_ms() + 1))
        abort();
}

static void a_job_may_add_itself(void **state)
{
    struct job job = {.run = run_again};
    struct timespec until;
    sem_init(&again_done, 0, 0);
    again_worker = worker_create("test", 1);
    assert_true(worker_add(again_worker, &job, 0));
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DEADLINE_S;
    assert_int_equal(sem_timedwait(&again_done, &until), 0);
    worker_destroy(again_worker);
    assert_int_equal(atomic_load(&again_runs), 10);
}

static void run_until_stopped(struct job *job)
{
    struct step *step = (struct step *)job;
    sem_post(&step->trace->begun);
    int64_t began = clock_now_ms();
    while (!worker_stopping(step->trace->worker))
        if (clock_now_ms() - began > DEADLINE_S * 1000)
            return;
    step->ran_ms = 1;
}

static void destroying_ends_what_runs_and_drops_what_waits(void **state)
{
    struct trace trace;
    begin(&trace, 4);
    struct step running = {.job.run = run_until_stopped, .trace = &trace};
    struct step waiting = make_step(&trace, 1), later = make_step(&trace, 2);
    assert_true(worker_add(trace.worker, &running.job, 0));
    wait_begun(&trace);
    assert_false(worker_stopping(trace.worker));
    assert_true(worker_add(trace.worker, &waiting.job, 0));
    assert_true(worker_add(trace.worker, &later.job, clock_now_ms() + 3600 * 1000));
    worker_destroy(trace.worker);
    assert_true(running.ran_ms == 1);
    assert_int_equal(atomic_load(&trace.n_ran), 0);
    worker_destroy(NULL);
}

/* The wait ends at its time although nobody signals, and at once when somebody does. */
static void clock_waits_by_the_monotonic_clock(void **state)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t cond;
    assert_int_equal(clock_cond_init(&cond), 0);
    pthread_mutex_lock(&mutex);
    int64_t until = clock_now_ms() + 50;
    while (clock_now_ms() < until)
        clock_wait(&cond, &mutex, until);
    assert_true(clock_now_ms() < until + DEADLINE_S * 1000);
    assert_false(clock_wait(&cond, &mutex, 0)); /* a time that has passed */
    pthread_mutex_unlock(&mutex);
    pthread_cond_destroy(&cond);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_run_in_the_order_of_their_time),
        cmocka_unit_test(none_runs_before_its_time),
        cmocka_unit_test(a_job_that_waits_is_not_added_twice),
        cmocka_unit_test(a_full_queue_refuses_and_recovers),
        cmocka_unit_test(a_job_may_add_itself),
        cmocka_unit_test(destroying_ends_what_runs_and_drops_what_waits),
        cmocka_unit_test(clock_waits_by_the_monotonic_clock),
    };
    return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
