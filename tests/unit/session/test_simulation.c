/* SPDX-License-Identifier: ISC */
/* Several servers and clients, virtual time, one seed: the invariant holds under every fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "simulation.h"

enum { SECOND_US = 1000 * 1000 };

static const struct simulation_plan quiet = {.servers = 1, .clients = 3, .run_us = 10 * SECOND_US};

/* Everything at once: slow and vanishing clients, a lossy log, three servers. */
static const struct simulation_plan storm = {
    .servers = 3,
    .clients = 12,
    .run_us = 20 * SECOND_US,
    .busy = 50,
    .disconnect = 10,
    .garbage = 20,
    .stall = 5,
    .faults = {.gap = 100,
               .duplicate = 100,
               .refuse = 50,
               .unknown = 50,
               .delay_us = 300 * 1000,
               .ack_delay_us = 300 * 1000},
};

/* The same storm over a plane of six canvases. */
static struct simulation_plan storm_on_a_plane(void)
{
    struct simulation_plan plan = storm;
    plan.foreign = 10;
    for (size_t i = 0; i < 3; i++)
        plan.planes[i] = (struct simulation_plane){3, 2};
    return plan;
}

static struct simulation_result hold(struct simulation_plan plan, uint64_t seed)
{
    struct simulation_result result;
    char error[SIMULATION_ERROR_BYTES];
    plan.seed = seed;
    if (simulate(&plan, &result, error) != 0)
        fail_msg("seed %lu: %s", (unsigned long)seed, error);
    return result;
}

static void a_quiet_canvas_places_every_edit(void **state)
{
    struct simulation_result result = hold(quiet, 1);
    assert_true(result.sent > 100);
    assert_int_equal(result.placed, result.sent);
    assert_int_equal(result.refused + result.unknown, 0);
}

/* With several seeds; and the storm did what it says. */
static struct simulation_result hold_often(struct simulation_plan plan, uint64_t n)
{
    const char *seeds = getenv("SIMULATION_SEEDS"); /* more of them when hunting */
    struct simulation_result sum = {0};
    n = seeds ? strtoull(seeds, NULL, 10) : n;
    for (uint64_t seed = 1; seed <= n; seed++) {
        struct simulation_result result = hold(plan, seed);
        sum.placed += result.placed;
        sum.refused += result.refused;
        sum.locked += result.locked;
        sum.unknown += result.unknown;
        sum.resets += result.resets;
        sum.canvases += result.canvases;
    }
    assert_true(sum.placed > 0);
    assert_true(sum.refused > 0);
    assert_true(sum.unknown > 0);
    assert_true(sum.resets > 0);
    sum.canvases /= n;
    return sum;
}

static void the_invariant_holds_in_a_storm(void **state)
{
    hold_often(storm, 5);
}

static void the_invariant_holds_in_a_storm_over_a_plane(void **state)
{
    struct simulation_result result = hold_often(storm_on_a_plane(), 3);
    assert_int_equal(result.canvases, 7); /* six that are open and one that is not */
    assert_int_equal(result.locked, 0);
}

static void servers_with_planes_of_different_sizes_agree(void **state)
{
    struct simulation_plan plan = storm_on_a_plane();
    plan.planes[1] = (struct simulation_plane){2, 2};
    plan.planes[2] = (struct simulation_plane){1, 1};
    struct simulation_result result = hold_often(plan, 3);
    assert_int_equal(result.canvases, 7);
    assert_true(result.locked > 0); /* a canvas that is painted elsewhere takes no edits here */
}

static void opening_canvases_one_server_after_the_other_takes_nothing_from_anybody(void **state)
{
    struct simulation_plan plan = storm_on_a_plane();
    for (size_t i = 0; i < 3; i++)
        plan.planes[i] = (struct simulation_plane){1, 1};
    plan.restart = true;
    plan.larger = (struct simulation_plane){3, 2};
    struct simulation_result result = hold_often(plan, 3);
    assert_int_equal(result.canvases, 7);
    assert_true(result.locked > 0);
}

static void tables_of_authors_agree_and_nothing_stays_pending_in_a_storm(void **state)
{
    struct simulation_plan plan = storm;
    struct simulation_result result = {0};
    const char *seeds = getenv("SIMULATION_SEEDS"); /* more of them when hunting */
    uint64_t n = seeds ? strtoull(seeds, NULL, 10) : 4;
    plan.energy = "2000/100/400";
    for (uint64_t seed = 1; seed <= n; seed++) {
        struct simulation_result one = hold(plan, seed);
        result.tired += one.tired;
        result.placed += one.placed;
        result.unknown += one.unknown;
        plan.restart = seed % 2;
    }
    assert_true(result.tired > 100 && result.placed > 100 && result.unknown > 0);
}

static void a_restart_resets_nobody_who_was_up_to_date(void **state)
{
    struct simulation_plan plan = quiet;
    plan.clients = 6;
    plan.planes[0] = (struct simulation_plane){3, 2};
    struct simulation_result without = hold(plan, 1);
    assert_int_equal(without.resets, 6); /* a first picture for each */
    plan.restart = true;
    plan.larger = plan.planes[0];
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct simulation_result result = hold(plan, seed); /* which looks for that */
        assert_true(result.placed > 100);
        assert_true(result.resets < 12); /* most were */
    }
}

static void the_same_seed_gives_the_same_run(void **state)
{
    struct simulation_result a = hold(storm, 42), b = hold(storm, 42), c = hold(storm, 43);
    assert_memory_equal(&a, &b, sizeof a);
    assert_true(a.checksum != c.checksum);
}

static void a_broken_server_is_noticed(void **state)
{
    static const enum sabotage kinds[] = {SABOTAGE_SKIP_FRAME, SABOTAGE_FLIP_COLOUR,
                                          SABOTAGE_FALSE_ACK};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct simulation_plan plan = quiet;
        struct simulation_result result;
        char error[SIMULATION_ERROR_BYTES];
        plan.seed = 7;
        plan.sabotage = kinds[i];
        assert_int_equal(simulate(&plan, &result, error), -1);
        assert_true(error[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_canvas_places_every_edit),
        cmocka_unit_test(the_invariant_holds_in_a_storm),
        cmocka_unit_test(the_invariant_holds_in_a_storm_over_a_plane),
        cmocka_unit_test(servers_with_planes_of_different_sizes_agree),
        cmocka_unit_test(opening_canvases_one_server_after_the_other_takes_nothing_from_anybody),
        cmocka_unit_test(tables_of_authors_agree_and_nothing_stays_pending_in_a_storm),
        cmocka_unit_test(a_restart_resets_nobody_who_was_up_to_date),
        cmocka_unit_test(the_same_seed_gives_the_same_run),
        cmocka_unit_test(a_broken_server_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
