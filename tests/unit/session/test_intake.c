/* SPDX-License-Identifier: ISC */
/* The intake alone: how much it takes, and when it takes more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/edit.h"
#include "log_memory.h"
#include "session/intake.h"
#include "session/session.h"

enum {
    RING_LOG2 = 20,             /* as the daemon's */
    MOST = 1 << (RING_LOG2 - 1) /* edits that are not settled */
};

struct world {
    struct env env;
    uint64_t now_us, random;
    struct memory_partition *partition;
    struct log *log;
    struct log_writer *writer;
    struct log_reader *reader;
    struct ring *ring;
    struct metrics metrics;
    struct reducer *reducer;
    struct intake_sink sink;
    struct intake *intake;
    uint64_t placed; /* edits settled as placed */
    uint32_t last_id;
};

static uint64_t now_us(struct env *env)
{
    return ((struct world *)env)->now_us;
}

static void fill_random(struct env *env, void *bytes, size_t len)
{
    memset(bytes, (int)++((struct world *)env)->random, len);
}

static void on_settled(struct intake_sink *sink, const struct ticket *ticket, enum settled what,
                       enum refusal reason, uint64_t version)
{
    struct world *world = (struct world *)((char *)sink - offsetof(struct world, sink));
    assert_int_equal(what, SETTLED_PLACED);
    assert_int_equal(ticket->id, world->last_id + 1); /* oldest first, each once */
    world->last_id = ticket->id;
    world->placed += ticket->edits;
}

static int set_up(void **state)
{
    static struct world world;
    char error[LOG_ERROR_BYTES];
    memset(&world, 0, sizeof world);
    world.env = (struct env){.now_us = now_us, .random = fill_random};
    world.now_us = 1000 * 1000;
    world.sink.settled = on_settled;
    world.partition = memory_partition_create(&world.env, (struct memory_faults){0});
    world.log = log_memory_open(world.partition);
    world.ring = ring_create(RING_LOG2, 8);
    world.reducer = reducer_create(world.ring, &world.metrics);
    world.writer = log_writer_create(world.log, reducer_outcomes(world.reducer), error);
    world.reader = log_reader_create(world.log, reducer_records(world.reducer), error);
    const struct intake_config config = {.batch_us = 200 * 1000, .unknown_us = 10 * 1000 * 1000};
    /* Without a shard: it is told of bad news only, and there are none. */
    world.intake = intake_create(&world.env, world.writer, world.reducer, &world.metrics, config,
                                 &world.sink, NULL);
    *state = &world;
    if (log_reader_seek(world.reader, 0, error) != 0)
        return -1;
    reducer_go_live(world.reducer);
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    intake_destroy(world->intake);
    log_writer_destroy(world->writer);
    log_reader_destroy(world->reader);
    log_close(world->log);
    memory_partition_destroy(world->partition);
    reducer_destroy(world->reducer);
    ring_destroy(world->ring);
    return 0;
}

/* Messages of n edits until one is refused; the edits that were taken. */
static uint64_t flood(struct world *world, uint32_t n, uint32_t *id, enum refusal *reason)
{
    static const uint8_t edits[EDIT_BYTES * EDITS_PER_MESSAGE];
    uint64_t taken = 0;
    for (;;) {
        struct ticket ticket = {.handle = 7, .id = *id + 1, .edits = n};
        if (!intake_add(world->intake, &ticket, edits, reason))
            return taken;
        ++*id;
        taken += n;
        assert_true(taken <= 4 * (uint64_t)MOST);
    }
}

static void read_back(struct world *world)
{
    char error[LOG_ERROR_BYTES];
    size_t delivered;
    do
        assert_int_equal(log_reader_poll(world->reader, 0, &delivered, error), LOG_OK);
    while (delivered > 0);
}

static void half_a_ring_is_taken_and_more_is_busy(struct world *world, uint32_t edits)
{
    enum refusal reason;
    uint32_t id = 0;
    assert_int_equal(flood(world, edits, &id, &reason), MOST);
    assert_int_equal(reason, REFUSAL_BUSY);
    assert_false(intake_idle(world->intake));
    for (int round = 1; round <= 5; round++) {
        world->now_us += 1000 * 1000;
        intake_run(world->intake); /* flushes the rest */
        read_back(world);
        intake_run(world->intake); /* settles */
        assert_int_equal(world->placed, (uint64_t)round * MOST);
        assert_true(intake_idle(world->intake));
        assert_int_equal(flood(world, edits, &id, &reason), MOST);
        assert_int_equal(reason, REFUSAL_BUSY);
    }
}

static void half_a_ring_of_long_messages_is_taken_and_more_is_busy(void **state)
{
    half_a_ring_is_taken_and_more_is_busy(*state, EDITS_PER_MESSAGE);
}

static void half_a_ring_of_single_edits_is_taken_and_more_is_busy(void **state)
{
    half_a_ring_is_taken_and_more_is_busy(*state, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(half_a_ring_of_long_messages_is_taken_and_more_is_busy,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(half_a_ring_of_single_edits_is_taken_and_more_is_busy,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
