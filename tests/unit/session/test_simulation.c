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

static void the_invariant_holds_in_a_storm(void **state)
{
    const char *seeds = getenv("SIMULATION_SEEDS"); /* more of them when hunting */
    uint64_t n = seeds ? strtoull(seeds, NULL, 10) : 5;
    struct simulation_result sum = {0};
    for (uint64_t seed = 1; seed <= n; seed++) {
        struct simulation_result result = hold(storm, seed);
        sum.placed += result.placed;
        sum.refused += result.refused;
        sum.unknown += result.unknown;
        sum.resets += result.resets;
    }
    /* The storm did what it says. */
    assert_true(sum.placed > 0);
    assert_true(sum.refused > 0);
    assert_true(sum.unknown > 0);
    assert_true(sum.resets > 0);
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
        cmocka_unit_test(the_same_seed_gives_the_same_run),
        cmocka_unit_test(a_broken_server_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
