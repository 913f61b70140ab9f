/* SPDX-License-Identifier: ISC */
/* The fan-out alone: when it ticks, how the tick stretches, and what rides with a frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/edit.h"
#include "session/fanout.h"

enum { MS = 1000, TICK = 200 * MS, FIRST = 1000 * 1000 };

struct viewer {
    struct session session;
    unsigned frames, riders;
    enum sent answer;
};

struct world {
    struct ring *ring;
    struct metrics metrics;
    struct fanout *fanout;
    uint64_t version;
};

static enum sent take(struct session *session, const struct frame *frame)
{
    struct viewer *viewer = (struct viewer *)session;
    if (viewer->answer == SENT_OK) {
        viewer->frames++;
        viewer->riders += (unsigned)frame->n_riders;
    }
    return viewer->answer;
}

static const struct session_ops ops = {.frame = take};

static int set_up(void **state)
{
    static struct world world;
    memset(&world, 0, sizeof world);
    world.ring = ring_create(10, 8);
    world.fanout = fanout_create(world.ring, &world.metrics, TICK);
    *state = &world;
    return world.ring && world.fanout ? 0 : -1;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    fanout_destroy(world->fanout);
    ring_destroy(world->ring);
    return 0;
}

static void draw(struct world *world, size_t n)
{
    static const uint8_t edits[EDIT_BYTES * 100];
    ring_push(world->ring, edits, n, ++world->version, 0);
}

static struct viewer join(const struct world *world)
{
    struct ring_mark head = ring_head(world->ring);
    return (struct viewer){
        .session = {
            .ops = &ops, .viewer = true, .position = head.position, .version = head.version}};
}

static bool tick(struct world *world, uint64_t now)
{
    uint64_t due;
    return fanout_tick(world->fanout, now, false, &due);
}

/* When the next tick is, after one at `now`. */
static uint64_t next(struct world *world, uint64_t now)
{
    uint64_t due;
    draw(world, 1);
    assert_false(fanout_tick(world->fanout, now, false, &due));
    return due;
}

static void nobody_is_told_anything_when_nothing_changed(void **state)
{
    struct world *world = *state;
    uint64_t due;
    assert_false(fanout_tick(world->fanout, FIRST, true, &due));
    assert_true(due == UINT64_MAX);
    draw(world, 1);
    assert_true(tick(world, FIRST));
    fanout_round(world->fanout, 10000 * MS);
    fanout_round(world->fanout, 10000 * MS);
    assert_false(fanout_tick(world->fanout, FIRST + 60000 * (uint64_t)MS, true, &due));
    assert_true(due == UINT64_MAX);
}

static void edits_between_two_ticks_are_one_frame(void **state)
{
    struct world *world = *state;
    struct viewer viewer = join(world);
    draw(world, 3);
    assert_true(tick(world, FIRST));
    assert_int_equal(fanout_send(world->fanout, &viewer.session), TOLD_ALL);
    draw(world, 3);
    assert_false(tick(world, FIRST + TICK - 1));
    draw(world, 3);
    assert_true(tick(world, FIRST + TICK));
    assert_int_equal(fanout_send(world->fanout, &viewer.session), TOLD_ALL);
    assert_int_equal(viewer.frames, 2);
    assert_true(viewer.session.version == world->version);
    fanout_count(world->fanout);
    assert_int_equal(metric_get(&world->metrics, deliveries_total), 2);
    assert_int_equal(metric_get(&world->metrics, delivered_bytes_total), 8 + 9 + 8 + 18);
}

static void slow_rounds_stretch_the_tick_up_to_a_second(void **state)
{
    struct world *world = *state;
    draw(world, 1);
    assert_true(tick(world, FIRST));
    fanout_round(world->fanout, 300 * MS);
    fanout_round(world->fanout, 300 * MS);
    assert_int_equal(metric_get(&world->metrics, tick_ms), 500);
    assert_int_equal(next(world, FIRST + 1), FIRST + 500 * MS);
    fanout_round(world->fanout, 5000 * MS);
    fanout_round(world->fanout, 5000 * MS);
    assert_int_equal(metric_get(&world->metrics, tick_ms), 1000);
    assert_int_equal(next(world, FIRST + 1), FIRST + 1000 * MS);
}

static void a_tick_shrinks_again_to_what_was_set(void **state)
{
    struct world *world = *state;
    draw(world, 1);
    assert_true(tick(world, FIRST));
    fanout_round(world->fanout, 600 * MS);
    fanout_round(world->fanout, 600 * MS);
    uint64_t before = metric_get(&world->metrics, tick_ms);
    for (int i = 0; i < 30; i++) {
        fanout_round(world->fanout, 10 * MS);
        uint64_t now = metric_get(&world->metrics, tick_ms);
        assert_true(now <= before);
        before = now;
    }
    assert_int_equal(before, 200);
    assert_int_equal(next(world, FIRST + 1), FIRST + TICK);
}

static void one_slow_round_or_a_half_full_tick_stretches_nothing(void **state)
{
    struct world *world = *state;
    draw(world, 1);
    assert_true(tick(world, FIRST));
    fanout_round(world->fanout, 900 * MS);
    for (int i = 0; i < 10; i++)
        fanout_round(world->fanout, 100 * MS);
    assert_int_equal(metric_get(&world->metrics, tick_ms), 200);
    assert_int_equal(next(world, FIRST + 1), FIRST + TICK);
}

static void a_rider_goes_once_and_only_with_the_tick_of_its_time(void **state)
{
    struct world *world = *state;
    struct message message = {.type = MESSAGE_CHECKSUM};
    struct viewer prompt = join(world), behind = join(world);
    assert_false(fanout_ride(world->fanout, &message)); /* no tick yet, no frame */
    draw(world, 1);
    assert_true(tick(world, FIRST));
    assert_int_equal(fanout_send(world->fanout, &prompt.session), TOLD_ALL);
    draw(world, 1);
    assert_true(tick(world, FIRST + TICK));
    for (int i = 0; i < FRAME_RIDERS; i++)
        assert_true(fanout_ride(world->fanout, &message));
    assert_false(fanout_ride(world->fanout, &message));
    assert_int_equal(fanout_send(world->fanout, &prompt.session), TOLD_ALL);
    assert_int_equal(prompt.riders, FRAME_RIDERS);
    /* Who gets a run of its own gets none; it says the same as two frames. */
    assert_int_equal(fanout_send(world->fanout, &behind.session), TOLD_ALL);
    assert_int_equal(behind.frames, 1);
    assert_int_equal(behind.riders, 0);
    draw(world, 1);
    assert_true(tick(world, FIRST + 2 * TICK));
    assert_int_equal(fanout_send(world->fanout, &prompt.session), TOLD_ALL);
    assert_int_equal(prompt.riders, FRAME_RIDERS);
}

static void who_is_busy_keeps_its_place(void **state)
{
    struct world *world = *state;
    struct viewer viewer = join(world);
    viewer.answer = SENT_BUSY;
    draw(world, 1);
    assert_true(tick(world, FIRST));
    assert_int_equal(fanout_send(world->fanout, &viewer.session), TOLD_BUSY);
    assert_false(fanout_up_to_date(world->fanout, &viewer.session));
    viewer.answer = SENT_OK;
    assert_int_equal(fanout_send(world->fanout, &viewer.session), TOLD_ALL);
    assert_true(fanout_up_to_date(world->fanout, &viewer.session));
    assert_int_equal(viewer.frames, 1);
}

/* Frames and ticks of `n` edits that came at once, all within the same tick. */
static void flood(size_t n, unsigned *frames, unsigned *ticks)
{
    struct world world = {.ring = ring_create(20, 8)};
    static const uint8_t edits[EDIT_BYTES * 32768];
    world.fanout = fanout_create(world.ring, &world.metrics, TICK);
    struct viewer viewer = join(&world);
    draw(&world, 1);
    assert_true(tick(&world, FIRST));
    assert_int_equal(fanout_send(world.fanout, &viewer.session), TOLD_ALL);
    for (; n > 0; n -= n < 32768 ? n : 32768)
        ring_push(world.ring, edits, n < 32768 ? n : 32768, ++world.version, 0);
    viewer.frames = *ticks = 0;
    while (tick(&world, FIRST + 1)) {
        ++*ticks;
        assert_int_equal(fanout_send(world.fanout, &viewer.session), TOLD_ALL);
    }
    *frames = viewer.frames;
    assert_int_equal(*frames == 0, viewer.session.version < world.version);
    fanout_destroy(world.fanout);
    ring_destroy(world.ring);
}

static void a_flood_does_not_wait_for_its_tick_nor_does_the_rest_of_it(void **state)
{
    unsigned frames, ticks;
    flood(8 * FRAME_EDITS_MAX - 1, &frames, &ticks);
    assert_int_equal(ticks, 0);
    flood(8 * FRAME_EDITS_MAX, &frames, &ticks);
    assert_int_equal(ticks, 1);
    assert_int_equal(frames, 8);
    flood(40 * FRAME_EDITS_MAX, &frames, &ticks); /* 16 frames a tick */
    assert_int_equal(ticks, 3);
    assert_int_equal(frames, 40);
}

int main(void)
{
#define PROMISE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PROMISE(nobody_is_told_anything_when_nothing_changed),
        PROMISE(edits_between_two_ticks_are_one_frame),
        PROMISE(slow_rounds_stretch_the_tick_up_to_a_second),
        PROMISE(a_tick_shrinks_again_to_what_was_set),
        PROMISE(one_slow_round_or_a_half_full_tick_stretches_nothing),
        PROMISE(a_rider_goes_once_and_only_with_the_tick_of_its_time),
        PROMISE(who_is_busy_keeps_its_place),
        PROMISE(a_flood_does_not_wait_for_its_tick_nor_does_the_rest_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
