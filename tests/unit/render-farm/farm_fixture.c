/* SPDX-License-Identifier: ISC */
/* farm_fixture: see farm_fixture.h. */
#include "cmocka_all.h"

#include "farm_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void finished(struct farm_config *config, const struct picture *picture, struct blob *bytes)
{
    struct fixture *fixture = (struct fixture *)config;
    assert_true(bytes->len > 0);
    fixture->finished++;
}

static struct gate *find_gate(struct fixture *fixture, const struct picture *first)
{
    char name[PICTURE_NAME_BYTES];
    picture_format(first, name);
    for (size_t i = 0; i < FIXTURE_GATES; i++)
        if (strcmp(fixture->gates[i].name, name) == 0)
            return &fixture->gates[i];
    return NULL;
}

/* The child's end of a pipe, whose other end keeps it waiting. */
static int input(struct farm_config *config, const struct picture *first)
{
    struct fixture *fixture = (struct fixture *)config;
    struct gate *gate = find_gate(fixture, first);
    int ends[2];
    if (first->kind == PICTURE_IMAGE && fixture->no_input)
        return -2;
    if (!gate)
        return -1;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    if (gate->end >= 0)
        close(gate->end); /* of an attempt that is over */
    gate->end = ends[1];
    gate->opened++;
    if (gate->opened <= strlen(gate->letters))
        assert_int_equal(write(gate->end, &gate->letters[gate->opened - 1], 1), 1);
    if (gate->open) {
        close(gate->end);
        gate->end = -1;
    }
    return ends[0];
}

static void changed(struct farm_observer *observer, struct pool *pool)
{
    struct fixture *fixture =
        (struct fixture *)((char *)observer - offsetof(struct fixture, observer));
    struct pool_look *look = look_of(pool);
    assert_true(look->busy <= look->children);
    fixture->changes++;
}

struct fixture *fixture_create(void)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->loop = ev_loop_new(0);
    assert_non_null(fixture->loop);
    fixture->observer.changed = changed;
    fixture->config = (struct farm_config){fixture->loop, &fixture->observer, finished, input};
    for (size_t i = 0; i < FIXTURE_GATES; i++)
        fixture->gates[i].end = -1;
    fixture->farm = farm_create(&fixture->config);
    assert_non_null(fixture->farm);
    return fixture;
}

void fixture_destroy(struct fixture *fixture)
{
    farm_destroy(fixture->farm);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    for (size_t i = 0; i < FIXTURE_GATES; i++)
        if (fixture->gates[i].end >= 0)
            close(fixture->gates[i].end);
    ev_loop_destroy(fixture->loop);
    free(fixture);
}

struct pool_config fixture_pool(const char *name, const char *how, unsigned children)
{
    static const char *const usual[] = {TEST_CHILD, NULL};
    static const char *commands[16][3];
    static unsigned n;
    struct pool_config config = {.command = usual,
                                 .children = children,
                                 .task_ms = 60000,
                                 .start_ms = 60000,
                                 .tasks = 1000,
                                 .jobs = 1000};
    snprintf(config.name, sizeof config.name, "%s", name);
    if (how) {
        const char **command = commands[n++ % 16];
        command[0] = TEST_CHILD;
        command[1] = how;
        config.command = command;
    }
    return config;
}

struct pool *fixture_add(struct fixture *fixture, struct pool_config config)
{
    char error[FARM_ERROR_BYTES];
    struct pool *pool = farm_add_pool(fixture->farm, &config, error);
    if (!pool)
        fail_msg("%s", error);
    return pool;
}

/* ---- waiting ---- */

static const char *waiting_file, *waiting_for;
static int waiting_line;

static void too_late(int signal)
{
    char text[500];
    int n = snprintf(text, sizeof text, "%s:%d: waited in vain for %s\n", waiting_file,
                     waiting_line, waiting_for);
    if (write(STDERR_FILENO, text, (size_t)n) < 0)
        _exit(98);
    _exit(99);
}

void fixture_deadline(struct fixture *fixture, const char *file, int line, const char *condition)
{
    waiting_file = file;
    waiting_line = line;
    waiting_for = condition;
    signal(SIGALRM, too_late);
    alarm(600);
}

/* ---- pictures and people ---- */

struct picture picture_named(const char *name)
{
    struct picture picture;
    if (!picture_parse(&picture, name, strlen(name)))
        fail_msg("%s is no picture", name);
    return picture;
}

struct picture picture_act(enum act act, unsigned n)
{
    char name[PICTURE_NAME_BYTES];
    snprintf(name, sizeof name, "/mandelbrot/1/20/%d/%u.png", act, n);
    return picture_named(name);
}

struct gate *fixture_gate(struct fixture *fixture, const struct picture *picture,
                          const char *letters)
{
    struct picture first;
    struct gate *gate = fixture->gates;
    while (gate->name[0])
        gate++;
    assert_true(gate < fixture->gates + FIXTURE_GATES);
    picture_job(picture, &first);
    picture_format(&first, gate->name);
    snprintf(gate->letters, sizeof gate->letters, "%s", letters);
    return gate;
}

void gate_open(struct gate *gate)
{
    gate->open = true;
    if (gate->end >= 0)
        close(gate->end);
    gate->end = -1;
}

static void answered(struct farm_waiter *waiter, const struct farm_answer *answer)
{
    struct person *person = (struct person *)waiter;
    person->answers++;
    person->outcome = answer->outcome;
    person->retry_s = answer->retry_s;
    person->attempts = answer->attempts;
    person->order = ++person->fixture->answers;
    snprintf(person->why, sizeof person->why, "%s", answer->why ? answer->why : "");
    if (answer->picture)
        person->picture = blob_hold(answer->picture);
    assert_int_equal(answer->outcome == FARM_DONE, answer->picture != NULL);
    assert_int_equal(answer->outcome == FARM_FAILED, answer->why != NULL);
}

void person_ask(struct fixture *fixture, struct pool *pool, const struct picture *picture,
                enum farm_priority priority, struct person *person)
{
    person_forget(person);
    person->fixture = fixture;
    person->waiter.answered = answered;
    farm_ask(fixture->farm, pool, picture, priority, &person->waiter);
}

void person_forget(struct person *person)
{
    blob_release(person->picture);
    *person = (struct person){0};
}

struct pool_look *look_of(const struct pool *pool)
{
    static struct pool_look look;
    pool_look(pool, &look);
    return &look;
}
