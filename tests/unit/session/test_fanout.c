/* SPDX-License-Identifier: ISC */
/* The fan-out alone: when it ticks, what a client gets from it, and what goes along with a frame.
 */
#include "cmocka_all.h"
#include "painter.h"
#include "session/fanout.h"

#include <stdlib.h>
#include <string.h>

enum { MS = 1000, TICK = 200 * MS, FIRST = 1000 * 1000 };

/* Room for all that a test paints. */
static const struct ring_plan plan = {.smallest = {.edits_log2 = 20, .marks_log2 = 8},
                                      .largest = {.edits_log2 = 20, .marks_log2 = 8},
                                      .bytes = 1 << 30,
                                      .keep_us = 0};

struct world {
    struct painter *painter;
    struct place_watcher watcher, other_watcher;
    struct frames frames;
    struct pace pace;
    struct fanout fanout;
};

/* A client: where it is, and what it has got. */
struct client {
    uint64_t position, version;
    unsigned frames, messages;
};

static void changed(struct place_watcher *watcher)
{
}

static int set_up(void **state)
{
    static struct world world;
    memset(&world, 0, sizeof world);
    world.painter = painter_create(2, 1, &plan);
    painter_go_live(world.painter);
    world.watcher.changed = world.other_watcher.changed = changed;
    place_watch(painter_at(world.painter, 0, 0), &world.watcher);
    place_watch(painter_at(world.painter, 1, 0), &world.other_watcher);
    frames_init(&world.frames, &world.painter->metrics);
    pace_init(&world.pace, &world.painter->metrics, TICK);
    fanout_init(&world.fanout, painter_at(world.painter, 0, 0), &world.frames, &world.pace);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    place_unwatch(painter_at(world->painter, 0, 0), &world->watcher);
    place_unwatch(painter_at(world->painter, 1, 0), &world->other_watcher);
    frames_finish(&world->frames);
    painter_destroy(world->painter);
    return 0;
}

static void draw(struct world *world, size_t n)
{
    painter_paint(world->painter, (struct position){0, 0}, n, 3);
}

static struct client join(struct world *world)
{
    struct ring_mark head = ring_head(place_ring(painter_at(world->painter, 0, 0)));
    return (struct client){.position = head.position, .version = head.version};
}

static bool tick(struct world *world, uint64_t now)
{
    uint64_t due;
    return fanout_tick(&world->fanout, now, false, &due);
}

/* Take all frames there are. */
static enum fanout_next take(struct fanout *fanout, struct client *client)
{
    const struct frame *frame;
    enum fanout_next next;
    while ((next = fanout_next(fanout, client->position, client->version, &frame)) ==
           FANOUT_FRAME) {
        assert_true(frame->from == client->position);
        client->position = frame->to;
        client->version = frame->version;
        client->frames++;
        client->messages += (unsigned)frame->n_messages;
    }
    return next;
}

static void nobody_is_told_anything_when_nothing_changed(void **state)
{
    struct world *world = *state;
    uint64_t due;
    assert_false(fanout_tick(&world->fanout, FIRST, true, &due));
    assert_true(due == UINT64_MAX);
    draw(world, 1);
    assert_true(tick(world, FIRST));
    assert_false(fanout_tick(&world->fanout, FIRST + 60000 * (uint64_t)MS, true, &due));
    assert_true(due == UINT64_MAX);
}

static void edits_between_two_ticks_are_one_frame(void **state)
{
    struct world *world = *state;
    struct client client = join(world);
    uint64_t due;
    draw(world, 3);
    assert_true(tick(world, FIRST));
    assert_int_equal(take(&world->fanout, &client), FANOUT_UP_TO_DATE);
    draw(world, 3);
    assert_false(fanout_tick(&world->fanout, FIRST + TICK - 1, false, &due));
    assert_int_equal(due, FIRST + TICK);
    draw(world, 3);
    assert_true(tick(world, FIRST + TICK));
    assert_int_equal(take(&world->fanout, &client), FANOUT_UP_TO_DATE);
    assert_int_equal(client.frames, 2);
    assert_true(client.version == world->painter->offset);
    assert_int_equal(metric_get(&world->painter->metrics, frames_total), 2);
}

static void a_stretched_tick_is_waited_for_unless_it_is_forced(void **state)
{
    struct world *world = *state;
    uint64_t due;
    draw(world, 1);
    assert_true(tick(world, FIRST));
    draw(world, 1);
    world->pace.tick_us = 700 * MS;
    assert_false(fanout_tick(&world->fanout, FIRST + TICK, false, &due));
    assert_int_equal(due, FIRST + 700 * MS);
    assert_true(fanout_tick(&world->fanout, FIRST + TICK, true, &due));
}

static void a_message_goes_once_and_only_with_the_tick_of_its_time(void **state)
{
    struct world *world = *state;
    struct message message = {.type = MESSAGE_CHECKSUM};
    struct client prompt = join(world), behind = join(world);
    assert_false(fanout_attach(&world->fanout, &message)); /* no tick yet, no frame */
    draw(world, 1);
    assert_true(tick(world, FIRST));
    take(&world->fanout, &prompt);
    draw(world, 1);
    assert_true(tick(world, FIRST + TICK));
    for (int i = 0; i < FRAME_MESSAGES_MAX; i++)
        assert_true(fanout_attach(&world->fanout, &message));
    assert_false(fanout_attach(&world->fanout, &message));
    take(&world->fanout, &prompt);
    assert_int_equal(prompt.messages, FRAME_MESSAGES_MAX);
    /* Who gets a run of its own gets none; it says the same as two frames. */
    take(&world->fanout, &behind);
    assert_int_equal(behind.frames, 1);
    assert_int_equal(behind.messages, 0);
    draw(world, 1);
    assert_true(tick(world, FIRST + 2 * TICK));
    take(&world->fanout, &prompt);
    assert_int_equal(prompt.messages, FRAME_MESSAGES_MAX);
}

static void nothing_beyond_the_last_tick_is_sent(void **state)
{
    struct world *world = *state;
    struct client client = join(world);
    draw(world, 1);
    assert_true(tick(world, FIRST));
    draw(world, 1); /* waits for its tick */
    assert_int_equal(take(&world->fanout, &client), FANOUT_UP_TO_DATE);
    assert_true(client.version == 1);
    assert_true(fanout_is_up_to_date(&world->fanout, client.position, client.version));
}

static void whoever_is_lapped_is_lost(void **state)
{
    struct world *world = *state;
    struct client client = join(world);
    draw(world, 1);
    assert_true(tick(world, FIRST));
    for (int i = 0; i < 2; i++)
        draw(world, (1 << 20) - 1);
    assert_true(tick(world, FIRST + TICK));
    assert_int_equal(take(&world->fanout, &client), FANOUT_LOST);
}

/* Frames and ticks of `n` edits that came at once, all within the same tick. */
static void flood(void **state, size_t n, unsigned *frames, unsigned *ticks)
{
    set_up(state);
    struct world *world = *state;
    struct client client = join(world);
    draw(world, 1);
    assert_true(tick(world, FIRST));
    take(&world->fanout, &client);
    for (; n > 0; n -= n < 32768 ? n : 32768)
        draw(world, n < 32768 ? n : 32768);
    client.frames = *ticks = 0;
    while (tick(world, FIRST + 1)) {
        ++*ticks;
        assert_int_equal(take(&world->fanout, &client), FANOUT_UP_TO_DATE);
    }
    *frames = client.frames;
    assert_int_equal(*frames == 0, client.version < world->painter->offset);
    tear_down(state);
}

static void a_flood_does_not_wait_for_its_tick_nor_does_the_rest_of_it(void **state)
{
    unsigned frames, ticks;
    flood(state, 8 * FRAME_EDITS_MAX - 1, &frames, &ticks);
    assert_int_equal(ticks, 0);
    flood(state, 8 * FRAME_EDITS_MAX, &frames, &ticks);
    assert_int_equal(ticks, 1);
    assert_int_equal(frames, 8);
    flood(state, 40 * FRAME_EDITS_MAX, &frames, &ticks); /* 16 frames a tick */
    assert_int_equal(ticks, 3);
    assert_int_equal(frames, 40);
}

static void two_canvases_share_the_buffers_and_never_each_others_frames(void **state)
{
    struct world *world = *state;
    struct fanout other;
    struct client late = join(world);
    uint64_t due;
    fanout_init(&other, painter_at(world->painter, 1, 0), &world->frames, &world->pace);
    struct client there = {.position = other.sent.position, .version = other.sent.version};
    draw(world, 2);
    assert_true(tick(world, FIRST));
    const struct frame *before, *after;
    assert_int_equal(fanout_next(&world->fanout, late.position, late.version, &before),
                     FANOUT_FRAME);
    uint64_t serial = before->serial;
    painter_paint(world->painter, (struct position){1, 0}, 5, 9);
    assert_true(fanout_tick(&other, FIRST, false, &due)); /* the buffers are the other's now */
    assert_int_equal(fanout_next(&world->fanout, late.position, late.version, &after),
                     FANOUT_FRAME);
    assert_true(after->serial != serial && after->to - after->from == 2 && after->version == 1);
    assert_int_equal(edit_colour(edit_load(after->payload + 8)), 3);
    take(&other, &there);
    assert_true(there.version == 2 && there.frames == 1);

    /* A fan-out that is made where another one was does not have its frames. */
    struct fanout again;
    draw(world, 2);
    assert_true(fanout_tick(&world->fanout, FIRST + TICK, false, &due));
    again = world->fanout;
    fanout_init(&world->fanout, painter_at(world->painter, 1, 0), &world->frames, &world->pace);
    assert_null(frames_last(&world->frames, world->fanout.user));
    assert_non_null(frames_last(&world->frames, again.user));
}

int main(void)
{
#define PROMISE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PROMISE(nobody_is_told_anything_when_nothing_changed),
        PROMISE(edits_between_two_ticks_are_one_frame),
        PROMISE(a_stretched_tick_is_waited_for_unless_it_is_forced),
        PROMISE(a_message_goes_once_and_only_with_the_tick_of_its_time),
        PROMISE(nothing_beyond_the_last_tick_is_sent),
        PROMISE(whoever_is_lapped_is_lost),
        cmocka_unit_test(a_flood_does_not_wait_for_its_tick_nor_does_the_rest_of_it),
        PROMISE(two_canvases_share_the_buffers_and_never_each_others_frames),
    };
    return cmocka_run_group_tests_name("fanout", tests, NULL, NULL);
}
