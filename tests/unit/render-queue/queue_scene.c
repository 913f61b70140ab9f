/* SPDX-License-Identifier: ISC */
/* queue_scene: see queue_scene.h. */
#include "queue_scene.h"

#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "sys/clock.h"

static void known(struct queue_outcome *outcome, bool stored, const char *error)
{
    struct outcomes *o = (struct outcomes *)outcome;
    if (!stored && atomic_load(&o->failed) == 0)
        snprintf(o->error, sizeof o->error, "%s", error);
    atomic_fetch_add(stored ? &o->stored : &o->failed, 1);
}

void outcomes_init(struct outcomes *outcomes)
{
    outcomes->outcome.known = known;
    outcomes->error[0] = '\0';
    atomic_init(&outcomes->stored, 0);
    atomic_init(&outcomes->failed, 0);
}

void outcomes_wait(struct outcomes *outcomes, unsigned stored)
{
    int64_t until = clock_now_ms() + SCENE_PATIENCE_MS;
    while (atomic_load(&outcomes->stored) < stored && atomic_load(&outcomes->failed) == 0 &&
           clock_now_ms() < until)
        clock_pause_ms(1);
    if (outcomes->error[0])
        print_message("not stored: %s\n", outcomes->error);
    assert_int_equal(atomic_load(&outcomes->stored), stored);
    assert_int_equal(atomic_load(&outcomes->failed), 0);
}

struct queue *scene_open(const char *url)
{
    char error[QUEUE_ERROR_BYTES] = "";
    const struct queue_options options = {.partitions = SCENE_PARTITIONS};
    struct queue *queue = queue_open(url, &options, error);
    if (!queue)
        fail_msg("%s", error);
    return queue;
}

void scene_append(struct queue *queue, enum queue_topic topic, unsigned from, unsigned to,
                  const char *key)
{
    struct outcomes outcomes;
    outcomes_init(&outcomes);
    for (unsigned i = from; i < to; i++) {
        char value[32];
        int len = snprintf(value, sizeof value, "task %u", i);
        const char *k = key ? key : value;
        while (queue_append(queue, topic, k, strlen(k), value, (size_t)len, &outcomes.outcome) != 0)
            clock_pause_ms(1);
    }
    outcomes_wait(&outcomes, to - from);
}

struct queue_consumer *scene_consume(struct queue *queue, const char *group)
{
    char error[QUEUE_ERROR_BYTES] = "";
    struct queue_consumer *consumer = queue_consume(queue, QUEUE_UPLOADS, group, error);
    if (!consumer)
        fail_msg("%s", error);
    return consumer;
}

void scene_note(struct taken *taken, const struct queue_task *task)
{
    char text[32] = "";
    unsigned i;
    assert_in_range(task->len, 1, sizeof text - 1);
    memcpy(text, task->value, task->len);
    assert_int_equal(sscanf(text, "task %u", &i), 1);
    assert_in_range(i, 0, SCENE_TASKS_MAX - 1);
    assert_true(task->time_ms > 0 && task->time_ms <= clock_wall_ms() + 60000);
    taken->n += taken->times[i]++ == 0;
    taken->numbers[i] = task->number;
    taken->last = i;
}

bool scene_poll(struct queue_consumer *consumer, int timeout_ms, bool want, struct taken *taken)
{
    char error[QUEUE_ERROR_BYTES] = "";
    struct queue_task task;
    enum queue_result result = queue_poll(consumer, timeout_ms, want, &task, error);
    if (result == QUEUE_BROKEN) /* it may recover; who waits in vain fails */
        print_message("%s\n", error);
    if (result == QUEUE_GOT)
        scene_note(taken, &task);
    return result == QUEUE_GOT;
}

void scene_take(struct queue_consumer *consumer, struct taken *taken, unsigned n)
{
    int64_t until = clock_now_ms() + SCENE_PATIENCE_MS;
    while (taken->n < n && clock_now_ms() < until)
        scene_poll(consumer, 100, true, taken);
    assert_int_equal(taken->n, n);
}

void scene_expect_nothing(struct queue_consumer *consumer)
{
    struct taken taken = {0};
    int64_t until = clock_now_ms() + SCENE_QUIET_MS;
    while (clock_now_ms() < until)
        assert_false(scene_poll(consumer, 50, true, &taken));
}

void scene_wait_for_depth(struct queue_consumer *consumer, uint64_t depth)
{
    struct taken taken = {0};
    int64_t until = clock_now_ms() + SCENE_PATIENCE_MS;
    while (queue_depth(consumer) != depth && clock_now_ms() < until)
        scene_poll(consumer, 20, false, &taken);
    assert_int_equal(queue_depth(consumer), depth);
}

void scene_wait_until_done(struct queue_consumer *consumer)
{
    scene_wait_for_depth(consumer, 0);
}
