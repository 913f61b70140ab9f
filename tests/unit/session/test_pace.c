/* SPDX-License-Identifier: ISC */
/* How the tick of a shard stretches and shrinks. */
#include "cmocka_all.h"
#include "session/pace.h"

#include <string.h>

enum { MS = 1000, TICK = 200 * MS };

struct world {
    struct metrics metrics;
    struct pace pace;
    uint64_t now_us;
};

static int set_up(void **state)
{
    static struct world world;
    memset(&world, 0, sizeof world);
    world.now_us = 1000 * MS;
    pace_init(&world.pace, &world.metrics, TICK);
    *state = &world;
    return 0;
}

/* n ticks, in each of which sending takes so long, in so many rounds. */
static void spend(struct world *world, int n, uint64_t took_us, unsigned rounds)
{
    for (int i = 0; i < n; i++) {
        for (unsigned round = 0; round < rounds; round++)
            pace_spend(&world->pace, world->now_us, took_us / rounds);
        world->now_us += world->pace.tick_us;
    }
}

static uint64_t tick_ms(const struct world *world)
{
    assert_int_equal(metric_get(&world->metrics, tick_ms), world->pace.tick_us / 1000);
    return world->pace.tick_us / 1000;
}

static void slow_rounds_stretch_the_tick_up_to_a_second(void **state)
{
    struct world *world = *state;
    assert_int_equal(tick_ms(world), 200);
    spend(world, 3, 300 * MS, 1);
    assert_int_equal(tick_ms(world), 500);
    spend(world, 3, 5000 * MS, 1);
    assert_int_equal(tick_ms(world), 1000);
}

static void the_rounds_of_all_canvases_count_together(void **state)
{
    struct world *world = *state;
    spend(world, 5, 100 * MS, 50);
    assert_int_equal(tick_ms(world), 200);
    spend(world, 3, 300 * MS, 50);
    assert_int_equal(tick_ms(world), 500);
}

static void a_tick_shrinks_again_to_what_was_set(void **state)
{
    struct world *world = *state;
    spend(world, 3, 600 * MS, 1);
    uint64_t before = tick_ms(world);
    assert_int_equal(before, 1000);
    for (int i = 0; i < 30; i++) {
        spend(world, 1, 10 * MS, 1);
        assert_true(tick_ms(world) <= before);
        before = tick_ms(world);
    }
    assert_int_equal(before, 200);
}

static void one_slow_tick_or_a_half_full_one_stretches_nothing(void **state)
{
    struct world *world = *state;
    spend(world, 1, 900 * MS, 1);
    spend(world, 10, 100 * MS, 1);
    assert_int_equal(tick_ms(world), 200);
}

static void a_long_tick_that_was_set_stays(void **state)
{
    struct world *world = *state;
    pace_init(&world->pace, &world->metrics, 3000 * MS);
    spend(world, 5, 2900 * MS, 1);
    assert_int_equal(tick_ms(world), 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(slow_rounds_stretch_the_tick_up_to_a_second, set_up),
        cmocka_unit_test_setup(the_rounds_of_all_canvases_count_together, set_up),
        cmocka_unit_test_setup(a_tick_shrinks_again_to_what_was_set, set_up),
        cmocka_unit_test_setup(one_slow_tick_or_a_half_full_one_stretches_nothing, set_up),
        cmocka_unit_test_setup(a_long_tick_that_was_set_stays, set_up),
    };
    return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
