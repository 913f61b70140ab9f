/* SPDX-License-Identifier: ISC */
/*
 * A storm: people ask, ask again within their answers, and leave; children crash, lie and are
 * killed; pools are scaled, renewed, removed and made again, all at random. Everybody who stays is
 * answered once, with the right picture or a reason, and no process is left.
 * STORM_SEEDS=100 runs as many of them; a failing seed is printed.
 */
#include "cmocka_all.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "farm_fixture.h"

enum { PEOPLE = 200, STEPS = 400, POOLS = 2 };

struct guest {
    struct farm_waiter waiter;
    struct storm *storm;
    struct picture picture;
    bool waits;
};

struct storm {
    struct fixture *fixture;
    uint64_t random;
    struct pool *pools[POOLS];
    struct guest guests[PEOPLE];
    unsigned answers[3];
    unsigned deep; /* answers that ask, within each other */
    bool over;     /* nobody asks again */
};

static unsigned draw(struct storm *storm, unsigned n)
{
    storm->random = storm->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(storm->random >> 33) % n;
}

static struct pool_config config_of(unsigned i)
{
    struct pool_config config = fixture_pool(i == 0 ? "fractal" : "map:world", NULL, 2);
    config.tasks = 7;
    config.jobs = 60;
    config.batch_share = i == 1;
    config.task_ms = 300; /* those that are stopped are late */
    config.start_ms = 1000;
    return config;
}

static struct picture any_picture(struct storm *storm)
{
    static const enum act acts[] = {ACT_RENDER,        ACT_RENDER,  ACT_RENDER,
                                    ACT_LARGE,         ACT_ABORT,   ACT_FAIL,
                                    ACT_PICTURE_TWICE, ACT_UNASKED, ACT_DONE_EARLY};
    char name[PICTURE_NAME_BYTES];
    if (draw(storm, 3) > 0)
        return picture_act(acts[draw(storm, sizeof acts / sizeof *acts)], draw(storm, 40));
    snprintf(name, sizeof name, "/map/0123456789abcdef/5/%u/%u.png", draw(storm, 32),
             draw(storm, 32));
    return picture_named(name);
}

static void ask(struct guest *guest);

static void answered(struct farm_waiter *waiter, const struct farm_answer *answer)
{
    struct guest *guest = (struct guest *)waiter;
    struct storm *storm = guest->storm;
    char name[PICTURE_NAME_BYTES];
    assert_true(guest->waits);
    guest->waits = false;
    storm->answers[answer->outcome]++;
    picture_format(&guest->picture, name);
    if (answer->outcome != FARM_DONE)
        assert_true(answer->retry_s > 0);
    else if (answer->picture->len < PICTURE_NAME_BYTES && answer->picture->len > 1)
        assert_memory_equal(answer->picture->bytes, name, answer->picture->len);
    if (storm->over || storm->deep > 3)
        return;
    storm->deep++;
    if (draw(storm, 3) == 0)
        ask(guest);
    struct guest *other = &storm->guests[draw(storm, PEOPLE)];
    if (draw(storm, 3) == 0 && !other->waits)
        ask(other);
    if (draw(storm, 5) == 0 && other->waits) {
        farm_leave(storm->fixture->farm, &other->waiter);
        other->waits = false;
    }
    if (draw(storm, 100) == 0)
        pool_scale(storm->pools[draw(storm, POOLS)], draw(storm, 4));
    storm->deep--;
}

static void ask(struct guest *guest)
{
    struct storm *storm = guest->storm;
    guest->picture = any_picture(storm);
    guest->waiter = (struct farm_waiter){.answered = answered};
    guest->waits = true;
    farm_ask(storm->fixture->farm, storm->pools[guest->picture.kind == PICTURE_MAP],
             &guest->picture, (enum farm_priority)draw(storm, FARM_PRIORITIES), &guest->waiter);
}

static void kill_any(struct storm *storm)
{
    static const int signals[] = {SIGKILL, SIGTERM, SIGSYS, SIGSTOP};
    struct pool_look *look = look_of(storm->pools[draw(storm, POOLS)]);
    if (look->children > 0)
        kill(look->child[draw(storm, look->children)].pid, signals[draw(storm, 4)]);
}

static void end_moment(struct ev_loop *loop, ev_timer *timer, int revents)
{
    ev_break(loop, EVBREAK_ONE);
}

/* Children get somewhere meanwhile. */
static void run_a_moment(struct storm *storm)
{
    ev_timer timer;
    ev_timer_init(&timer, end_moment, 0.002 * draw(storm, 10), 0);
    ev_timer_start(storm->fixture->loop, &timer);
    ev_run(storm->fixture->loop, 0);
    ev_timer_stop(storm->fixture->loop, &timer);
}

static void step(struct storm *storm)
{
    struct guest *guest = &storm->guests[draw(storm, PEOPLE)];
    unsigned which = draw(storm, POOLS);
    switch (draw(storm, 40)) {
    case 0:
        pool_scale(storm->pools[which], draw(storm, 5));
        break;
    case 1:
        pool_renew(storm->pools[which]);
        break;
    case 2:
        if (draw(storm, 4) == 0) {
            storm->over = true; /* a pool that is gone must not be asked */
            farm_remove_pool(storm->fixture->farm, storm->pools[which]);
            storm->pools[which] = fixture_add(storm->fixture, config_of(which));
            storm->over = false;
        }
        break;
    case 3:
    case 4:
        kill_any(storm);
        break;
    case 5:
        if (guest->waits)
            farm_leave(storm->fixture->farm, &guest->waiter);
        guest->waits = false;
        break;
    case 6:
    case 7:
    case 8:
    case 9:
        ev_run(storm->fixture->loop, EVRUN_NOWAIT);
        break;
    case 10:
        run_a_moment(storm);
        break;
    default:
        if (!guest->waits)
            ask(guest);
    }
}

static bool anybody_waits(const struct storm *storm)
{
    for (unsigned i = 0; i < PEOPLE; i++)
        if (storm->guests[i].waits)
            return true;
    return false;
}

static void weather(uint64_t seed)
{
    struct storm *storm = calloc(1, sizeof *storm);
    assert_non_null(storm);
    storm->fixture = fixture_create();
    storm->random = seed;
    for (unsigned i = 0; i < POOLS; i++)
        storm->pools[i] = fixture_add(storm->fixture, config_of(i));
    for (unsigned i = 0; i < PEOPLE; i++)
        storm->guests[i].storm = storm;
    for (unsigned i = 0; i < STEPS; i++)
        step(storm);
    storm->over = true;
    for (unsigned i = 0; i < POOLS; i++)
        pool_scale(storm->pools[i], 2);
    UNTIL(storm->fixture, !anybody_waits(storm));
    assert_true(storm->answers[FARM_DONE] > 0);
    fixture_destroy(storm->fixture);
    free(storm);
}

static void test_a_storm_ends_well(void **state)
{
    const char *seeds = getenv("STORM_SEEDS");
    unsigned n = seeds ? (unsigned)strtoul(seeds, NULL, 10) : 2;
    for (unsigned seed = 1; seed <= n; seed++) {
        if (seeds)
            fprintf(stderr, "seed %u\n", seed);
        weather(seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_storm_ends_well)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
