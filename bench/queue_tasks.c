/* SPDX-License-Identifier: ISC */
/*
 * queue_tasks URL N AHEAD: what a task costs in render/queue. One thread appends N names to the
 * topic of uploads, at most AHEAD before those that are done, and another takes them as a consumer
 * of a group and says that each is done. Each append must have become durable, and each task must
 * come once, else it ends with 1.
 *
 * JSON on stdout: wall and CPU seconds of the whole process, from the first append until the last
 * task is done.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "render/queue/queue_open.h"
#include "sys/descriptors.h"

enum { VALUE = 128, GIVE_UP_S = 120 };

static struct queue *queue;
static unsigned long tasks, ahead;
static atomic_ulong stored, done;

static double wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void die(const char *what, const char *why)
{
    fprintf(stderr, "queue_tasks: %s: %s\n", what, why);
    exit(1);
}

static void on_known(struct queue_outcome *outcome, bool is_stored, const char *error)
{
    if (!is_stored)
        die("append", error);
    atomic_fetch_add(&stored, 1);
}

static struct queue_outcome outcome = {on_known};

static void rest(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

static void *append_all(void *context)
{
    char key[80], value[VALUE];
    for (unsigned long i = 0; i < tasks; i++) {
        const int key_len = snprintf(key, sizeof key, "%064lx", i);
        const int len = snprintf(value, sizeof value, "{\"id\":\"%s\"}", key);
        while (i - atomic_load(&done) >= ahead ||
               queue_append(queue, QUEUE_UPLOADS, key, (size_t)key_len, value, (size_t)len,
                            &outcome) != 0)
            rest();
    }
    return NULL;
}

int main(int argc, char **argv)
{
    standard_descriptors_open();
    char error[QUEUE_ERROR_BYTES];
    tasks = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    ahead = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    if (tasks == 0 || ahead == 0) {
        fprintf(stderr, "usage: queue_tasks URL N AHEAD\n");
        return 2;
    }
    queue = queue_open(argv[1], &(struct queue_options){0}, error);
    struct queue_consumer *consumer =
        queue ? queue_consume(queue, QUEUE_UPLOADS, "thumbnail", error) : NULL;
    if (!consumer)
        die(argv[1], error);
    pthread_t appender;
    const double begun = wall(), used = cpu();
    pthread_create(&appender, NULL, append_all, NULL);
    while (atomic_load(&done) < tasks) {
        struct queue_task task;
        const enum queue_result result = queue_poll(consumer, 100, true, &task, error);
        if (result == QUEUE_BROKEN)
            die("poll", error);
        if (result == QUEUE_GOT) {
            queue_done(consumer, task.number);
            atomic_fetch_add(&done, 1);
        } else if (wall() > begun + GIVE_UP_S) {
            die("poll", "not all tasks came");
        }
    }
    pthread_join(appender, NULL);
    const double took = wall() - begun, cost = cpu() - used;
    while (atomic_load(&stored) < tasks && wall() < begun + GIVE_UP_S)
        rest();
    if (atomic_load(&stored) != tasks)
        die("append", "not all became durable");
    queue_consumer_destroy(consumer);
    queue_close(queue);
    printf("{\"tasks\":%lu,\"wall_s\":%.6f,\"cpu_s\":%.6f}\n", tasks, took, cost);
    return 0;
}
