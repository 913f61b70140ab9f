/* SPDX-License-Identifier: ISC */
/* A style that takes for ever is killed and given up; the others are drawn meanwhile. */
#include "cmocka_all.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "render/farm/farm.h"
#include "render/map/style.h"

enum { TASK_MS = 400, ENOUGH_S = 60 };

static char folder[] = "/tmp/placed-map-farm-XXXXXX";
static char paths[2][256];

struct wish {
    struct farm_waiter waiter;
    enum farm_outcome outcome;
    bool answered;
    size_t len;
    char why[256];
};

static struct ev_loop *loop;
static unsigned finished, left;

static void on_finished(struct farm_config *config, const struct picture *picture,
                        struct blob *bytes)
{
    finished++;
}

static void on_answered(struct farm_waiter *waiter, const struct farm_answer *answer)
{
    struct wish *wish = (struct wish *)waiter;
    wish->answered = true;
    wish->outcome = answer->outcome;
    if (answer->outcome == FARM_DONE)
        wish->len = answer->picture->len;
    if (answer->outcome == FARM_FAILED)
        snprintf(wish->why, sizeof wish->why, "%s", answer->why);
    if (--left == 0)
        ev_break(loop, EVBREAK_ALL);
}

static void on_time(struct ev_loop *l, ev_timer *timer, int events)
{
    ev_break(loop, EVBREAK_ALL);
}

/* tile: "Z/X/Y.png" of the style in paths[i]. */
static void ask(struct farm *farm, struct pool *pool, unsigned i, const char *tile,
                struct wish *wish)
{
    struct picture picture;
    struct map_style style;
    char name[PICTURE_NAME_BYTES], error[MAP_STYLE_ERROR_BYTES];
    assert_int_equal(map_style_read(&style, paths[i], error), 0);
    snprintf(name, sizeof name, "/map/%s/%s", style.hash, tile);
    assert_true(picture_parse(&picture, name, strlen(name)));
    *wish = (struct wish){.waiter.answered = on_answered};
    left++;
    farm_ask(farm, pool, &picture, FARM_WAITING, &wish->waiter);
}

static struct pool *add_pool(struct farm *farm, const char *name, const char *const *command,
                             unsigned task_ms)
{
    char error[FARM_ERROR_BYTES] = "";
    struct pool_config config = {.command = command,
                                 .children = 1,
                                 .task_ms = task_ms,
                                 .start_ms = 30000,
                                 .tasks = 100,
                                 .jobs = 100};
    snprintf(config.name, sizeof config.name, "%s", name);
    struct pool *pool = farm_add_pool(farm, &config, error);
    if (!pool)
        fail_msg("%s", error);
    return pool;
}

static void a_style_without_end_is_given_up(void **state)
{
    const char *const quick[] = {MAP_PROGRAM, "--style", paths[0], NULL};
    const char *const slow[] = {MAP_PROGRAM, "--style", paths[1], NULL};
    struct wish good, again, bad, same;
    struct pool_look look;
    loop = ev_loop_new(EVFLAG_AUTO);
    struct farm_config config = {.loop = loop, .finished = on_finished};
    struct farm *farm = farm_create(&config);
    assert_non_null(farm);
    struct pool *of_quick = add_pool(farm, "map:quick", quick, 60000);
    struct pool *of_slow = add_pool(farm, "map:slow", slow, TASK_MS);
    ask(farm, of_slow, 1, "5/0/0.png", &bad);
    ask(farm, of_slow, 1, "5/7/7.png", &same); /* the same job */
    ask(farm, of_quick, 0, "5/9/3.png", &good);
    ask(farm, of_quick, 0, "1/1/1@2x.png", &again);
    ev_timer timer;
    ev_timer_init(&timer, on_time, ENOUGH_S, 0);
    ev_timer_start(loop, &timer);
    ev_run(loop, 0);

    assert_true(good.answered && again.answered);
    assert_int_equal(good.outcome, FARM_DONE);
    assert_int_equal(again.outcome, FARM_DONE);
    assert_true(good.len > 60 && again.len > 60);
    assert_int_equal(finished, 64 + 4);
    assert_true(bad.answered && same.answered);
    assert_int_equal(bad.outcome, FARM_FAILED);
    assert_int_equal(same.outcome, FARM_FAILED);
    assert_true(bad.why[0] != '\0');
    pool_look(of_slow, &look);
    assert_int_equal(look.late, FARM_ATTEMPTS);
    assert_int_equal(look.failed, 1);
    assert_int_equal(look.pictures, 0);
    pool_look(of_quick, &look);
    assert_int_equal(look.late + look.crashed + look.failed, 0);
    assert_int_equal(look.jobs, 2);
    ev_timer_stop(loop, &timer);
    farm_destroy(farm);
    ev_loop_destroy(loop);
}

static void write_style(unsigned i, const char *name, unsigned blurs)
{
    snprintf(paths[i], sizeof paths[i], "%s/%s.xml", folder, name);
    FILE *file = fopen(paths[i], "w");
    assert_non_null(file);
    fputs("<Map background-color='#c0d0e0'><Style name='a' image-filters='", file);
    for (unsigned blur = 0; blur < blurs; blur++)
        fputs("agg-stack-blur(200,200) ", file);
    fputs(
        "'><Rule><PolygonSymbolizer fill='green'/></Rule></Style>"
        "<Layer name='a' srs='epsg:4326'><StyleName>a</StyleName><Datasource>"
        "<Parameter name='type'>csv</Parameter><Parameter name='inline'>wkt\n"
        "\"POLYGON((-170 -80,170 -80,170 80,-170 80,-170 -80))\"\n</Parameter></Datasource>"
        "</Layer></Map>",
        file);
    assert_int_equal(fclose(file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_style_without_end_is_given_up)};
    if (!mkdtemp(folder))
        return 99;
    write_style(0, "quick", 0);
    write_style(1, "slow", 5000); /* 20 ms each */
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(paths[0]);
    unlink(paths[1]);
    rmdir(folder);
    return failed;
}
