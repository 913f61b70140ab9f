/* SPDX-License-Identifier: ISC */
/* test_checkpointer: saves from time to time, tries again after a failure, and saves at the end. */
#include "checkpoint_world.h"

#include <stdlib.h>
#include <unistd.h>

#include "derived/checkpointer.h"
#include "sys/clock.h"

enum { DEADLINE_MS = 60000 };

static struct metrics metrics;

static void wait_metric(_Atomic uint64_t *metric, uint64_t expected)
{
    for (int i = 0; i < DEADLINE_MS && atomic_load(metric) < expected; i++)
        clock_pause_ms(1);
    assert_true(atomic_load(metric) >= expected);
}

/* The world is read by the checkpointer's thread: it changes only while none runs. */
static struct checkpointer *begin(struct world *world, struct checkpoint *checkpoint,
                                  unsigned seconds)
{
    atomic_store(&metrics.checkpoints_total, 0);
    atomic_store(&metrics.checkpoints_failed_total, 0);
    struct checkpointer *checkpointer =
        checkpointer_create(checkpoint, &world->source, &metrics, seconds);
    assert_non_null(checkpointer);
    return checkpointer;
}

static void it_saves_in_between_and_only_what_is_new(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 2, 5);
    world->saving = world_plane(5);
    struct checkpointer *checkpointer = begin(world, checkpoint, 1);
    wait_metric(&metrics.checkpoints_total, 1);
    clock_pause_ms(1200); /* due again, with nothing to save */
    checkpointer_destroy(checkpointer);
    assert_int_equal(atomic_load(&metrics.checkpoints_total), 1);
    assert_int_equal(atomic_load(&metrics.checkpoints_failed_total), 0);
    world_expect(world, checkpoint, 5);
    checkpoint_close(checkpoint);
}

static void it_saves_at_the_end(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 2, 8);
    world->saving = world_plane(8);
    struct checkpointer *checkpointer = begin(world, checkpoint, 3600);
    int64_t began = clock_now_ms();
    checkpointer_destroy(checkpointer);
    checkpointer_destroy(NULL);
    assert_true(clock_now_ms() - began < DEADLINE_MS);
    assert_int_equal(atomic_load(&metrics.checkpoints_total), 1);
    world_expect(world, checkpoint, 8);
    checkpoint_close(checkpoint);
}

/* A source without memory is a reason for which a save fails. */
static void it_tries_again_after_a_failure(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 2, 8);
    world->saving = world_plane(8);
    atomic_store(&world->begin_fails, true);
    struct checkpointer *checkpointer = begin(world, checkpoint, 1);
    wait_metric(&metrics.checkpoints_failed_total, 2);
    atomic_store(&world->begin_fails, false);
    wait_metric(&metrics.checkpoints_total, 1);
    checkpointer_destroy(checkpointer);
    world_expect(world, checkpoint, 8);
    checkpoint_close(checkpoint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(it_saves_in_between_and_only_what_is_new),
        WORLD_TEST(it_saves_at_the_end),
        WORLD_TEST(it_tries_again_after_a_failure),
    };
    return cmocka_run_group_tests_name("checkpointer", tests, NULL, NULL);
}
