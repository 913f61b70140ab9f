/* SPDX-License-Identifier: ISC */
/*
 * farm_cost [REPETITIONS]: what render/farm costs beside the work itself. Formulas, each in turn
 * within a repetition, medians, ratios of the same repetition:
 *
 *   task   microseconds from asking for a picture until the answer, one after the other, of one
 *          child that answers at once with 1,000 bytes; and CPU of both processes
 *   bare   the same of a loop over two pipes: the name there, 1,000 bytes back
 *   join   nanoseconds to ask for a picture that runs already, and to be told: 1,000 who ask for
 * one start  microseconds from starting a child until it has said that it is ready, and has been
 *          killed and reaped; and of the bare loop: posix_spawn of the same program until it has
 *          written a byte into a pipe, kill, waitpid
 *
 * Prints JSON. The program is its own child: "farm_cost task" and "farm_cost bare".
 */
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "render/child/child.h"
#include "render/farm/farm.h"
#include "sys/clock.h"
#include "sys/descriptors.h"

enum { TASKS = 5000, JOINS = 1000, STARTS = 100, BYTES = 1000, REPETITIONS_MOST = 100 };

static const char program[] = "/proc/self/exe";

static void die(const char *what)
{
    fprintf(stderr, "farm_cost: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- the children ---- */

static uint8_t picture_bytes[BYTES];

static int render(struct child *child, const struct picture *first, unsigned place, int input,
                  char error[CHILD_ERROR_BYTES])
{
    char letter;
    if (input >= 0 && read(input, &letter, 1) < 0) /* waits until the other end is closed */
        return -1;
    return child_send(child, place, picture_bytes, sizeof picture_bytes);
}

static int be_child(void)
{
    struct child child = {.render = render};
    child_begin(0);
    return child_run(&child);
}

static int be_bare(void)
{
    char name[PICTURE_NAME_BYTES];
    if (write(STDOUT_FILENO, "r", 1) != 1)
        return 1;
    while (read(STDIN_FILENO, name, sizeof name) > 0)
        if (write(STDOUT_FILENO, picture_bytes, sizeof picture_bytes) != sizeof picture_bytes)
            return 1;
    return 0;
}

/* ---- the farm ---- */

static double now_us(void)
{
    return (double)clock_now_us();
}

static struct ev_loop *loop;
static unsigned answers, expected;
static double first_us, last_us; /* when the first and the last answer came */
static int held_input = -1;

static void finished(struct farm_config *config, const struct picture *picture, struct blob *bytes)
{
}

static int input(struct farm_config *config, const struct picture *first)
{
    int given = held_input;
    held_input = -1;
    return given;
}

static void answered(struct farm_waiter *waiter, const struct farm_answer *answer)
{
    if (answer->outcome != FARM_DONE) {
        errno = EIO;
        die("a picture did not come");
    }
    if (++answers == 1)
        first_us = now_us();
    if (answers == expected) {
        last_us = now_us();
        ev_break(loop, EVBREAK_ONE);
    }
}

static struct farm_waiter waiters[JOINS];

static void ask(struct farm *farm, struct pool *pool, unsigned waiter, unsigned number)
{
    struct picture picture = {.kind = PICTURE_MANDELBROT, .z = 40, .x = number};
    waiters[waiter] = (struct farm_waiter){.answered = answered};
    farm_ask(farm, pool, &picture, FARM_WAITING, &waiters[waiter]);
}

static void wait_for(unsigned n)
{
    expected = n;
    if (answers < n)
        ev_run(loop, 0);
}

static struct pool *add_pool(struct farm *farm, const char *const *command)
{
    char error[FARM_ERROR_BYTES];
    struct pool_config config = {.name = "cost",
                                 .command = command,
                                 .children = 1,
                                 .task_ms = 60000,
                                 .start_ms = 60000,
                                 .tasks = UINT32_MAX,
                                 .jobs = 1000};
    struct pool *pool = farm_add_pool(farm, &config, error);
    if (!pool)
        die(error);
    return pool;
}

/* ---- what is measured ---- */

enum { TASK, TASK_CPU, BARE, BARE_CPU, JOIN, START, BARE_START, MEASURES };

/* Of this process and of its children that have been reaped. */
static double cpu_us(void)
{
    double sum = 0;
    const int whose[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
    for (int i = 0; i < 2; i++) {
        struct rusage usage;
        getrusage(whose[i], &usage);
        sum += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    }
    return sum;
}

/* The child holds the picture until all have asked. Nanoseconds to ask and to be told. */
static double measure_joins(struct farm *farm, struct pool *pool, unsigned number)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        die("pipe2");
    held_input = ends[0];
    answers = 0;
    ask(farm, pool, 0, number);
    double begun = now_us();
    for (unsigned i = 1; i < JOINS; i++)
        ask(farm, pool, i, number);
    double asked = now_us();
    close(ends[1]);
    wait_for(JOINS);
    return (asked - begun + last_us - first_us) * 1e3 / JOINS;
}

static void measure_tasks(struct farm_config *config, const char *const *command,
                          double measured[MEASURES])
{
    static unsigned number;
    double used = cpu_us();
    struct farm *farm = farm_create(config);
    if (!farm)
        die("farm_create");
    struct pool *pool = add_pool(farm, command);
    answers = 0;
    ask(farm, pool, 0, number++); /* when this is answered the child has started */
    wait_for(1);
    double begun = now_us();
    for (unsigned i = 0; i < TASKS; i++) {
        ask(farm, pool, 0, number++);
        wait_for(i + 2);
    }
    measured[TASK] = (now_us() - begun) / TASKS;
    measured[JOIN] = measure_joins(farm, pool, number++);
    farm_destroy(farm);
    measured[TASK_CPU] = (cpu_us() - used) / TASKS;
}

/* Start the bare child; its pipes. */
static pid_t start_bare(int *to, int *from)
{
    int there[2], back[2];
    pid_t pid;
    char letter;
    posix_spawn_file_actions_t files;
    char *const command[] = {(char *)(uintptr_t)program, (char *)(uintptr_t) "bare", NULL};
    if (pipe2(there, O_CLOEXEC) != 0 || pipe2(back, O_CLOEXEC) != 0)
        die("pipe2");
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, there[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, back[1], STDOUT_FILENO);
    if (posix_spawn(&pid, program, &files, NULL, command, environ) != 0)
        die(program);
    posix_spawn_file_actions_destroy(&files);
    close(there[0]);
    close(back[1]);
    *to = there[1];
    *from = back[0];
    if (read(*from, &letter, 1) != 1)
        die("the bare child");
    return pid;
}

static void end_bare(pid_t pid, int to, int from)
{
    kill(pid, SIGKILL);
    if (waitpid(pid, NULL, 0) != pid)
        die("waitpid");
    close(to);
    close(from);
}

static void measure_bare(double measured[MEASURES])
{
    int to, from;
    static uint8_t bytes[BYTES];
    double used = cpu_us();
    pid_t pid = start_bare(&to, &from);
    double begun = now_us();
    for (unsigned i = 0; i < TASKS; i++) {
        struct picture picture = {.kind = PICTURE_MANDELBROT, .z = 40, .x = i};
        char name[PICTURE_NAME_BYTES];
        picture_format(&picture, name);
        if (write(to, name, strlen(name)) < 0 || read(from, bytes, sizeof bytes) != sizeof bytes)
            die("the bare loop");
    }
    measured[BARE] = (now_us() - begun) / TASKS;
    end_bare(pid, to, from);
    measured[BARE_CPU] = (cpu_us() - used) / TASKS;
}

static void measure_starts(struct farm_config *config, const char *const *command,
                           double measured[MEASURES])
{
    static struct pool_look look;
    double begun = now_us();
    for (unsigned i = 0; i < STARTS; i++) {
        struct farm *farm = farm_create(config);
        struct pool *pool = farm ? add_pool(farm, command) : NULL;
        do {
            ev_run(loop, EVRUN_ONCE);
            pool_look(pool, &look);
        } while (look.children == 0 || look.child[0].state != CHILD_IDLE);
        farm_destroy(farm);
    }
    measured[START] = (now_us() - begun) / STARTS;
    begun = now_us();
    for (unsigned i = 0; i < STARTS; i++) {
        int to, from;
        pid_t pid = start_bare(&to, &from);
        end_bare(pid, to, from);
    }
    measured[BARE_START] = (now_us() - begun) / STARTS;
}

/* ---- medians ---- */

static double all[REPETITIONS_MOST][MEASURES];

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return first < second ? -1 : first > second;
}

/* Of a measure, divided by another one of the same repetition; MEASURES: by 1. */
static double median(unsigned n, int measure, int divisor)
{
    double values[REPETITIONS_MOST];
    for (unsigned i = 0; i < n; i++)
        values[i] = all[i][measure] / (divisor < MEASURES ? all[i][divisor] : 1);
    qsort(values, n, sizeof *values, compare);
    return values[n / 2];
}

static void print(unsigned n)
{
    printf(
        "{\"task_us\":%.2f,\"bare_us\":%.2f,\"task_ratio\":%.2f,"
        "\"task_cpu_us\":%.2f,\"bare_cpu_us\":%.2f,\"cpu_ratio\":%.2f,\"join_ns\":%.0f,"
        "\"start_us\":%.0f,\"bare_start_us\":%.0f,\"start_ratio\":%.2f}\n",
        median(n, TASK, MEASURES), median(n, BARE, MEASURES), median(n, TASK, BARE),
        median(n, TASK_CPU, MEASURES), median(n, BARE_CPU, MEASURES), median(n, TASK_CPU, BARE_CPU),
        median(n, JOIN, MEASURES), median(n, START, MEASURES), median(n, BARE_START, MEASURES),
        median(n, START, BARE_START));
}

int main(int argc, char **argv)
{
    standard_descriptors_open();
    if (argc > 1 && strcmp(argv[1], "task") == 0)
        return be_child();
    if (argc > 1 && strcmp(argv[1], "bare") == 0)
        return be_bare();
    unsigned n = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 5;
    if (n == 0 || n > REPETITIONS_MOST) {
        fprintf(stderr, "usage: farm_cost [REPETITIONS], 1 to %d\n", REPETITIONS_MOST);
        return 2;
    }
    const char *command[] = {program, "task", NULL};
    loop = ev_loop_new(0);
    struct farm_config config = {.loop = loop, .finished = finished, .input = input};
    for (unsigned i = 0; i < n; i++) {
        measure_tasks(&config, command, all[i]);
        measure_bare(all[i]);
        measure_starts(&config, command, all[i]);
    }
    print(n);
    ev_loop_destroy(loop);
    return 0;
}
