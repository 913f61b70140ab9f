/* SPDX-License-Identifier: ISC */
/* The intake alone: how much it takes, when it takes more, and what records it makes. */
#include "cmocka_all.h"
#include "core/authors.h"
#include "core/edit.h"
#include "log_memory.h"
#include "plane/owners.h"
#include "plane/reader.h"
#include "session/intake.h"
#include "session/session.h"

#include <string.h>

enum {
    MOST = 1 << 19, /* edits that are not settled */
    RECORDS_MAX = 64,
};

/* What was read of a record. */
struct seen {
    struct record_edits edits; /* without the bytes */
    size_t value_bytes;
    bool one_author, has_genesis;
};

struct world {
    struct env env;
    uint64_t now_us, random;
    struct memory_partition *partition;
    struct log *log;
    struct log_writer *writer;
    struct reader *reader;
    struct metrics metrics;
    struct canvases *canvases;
    struct owners *owners;
    struct rules *rules;
    struct fold fold; /* ours: looks at the records */
    struct intake_sink sink;
    struct intake *intake;
    uint64_t placed, refused, unknown; /* edits */
    enum refusal reason;               /* of those */
    uint32_t last_id[2];               /* by canvas */
    unsigned ready;
    struct origin origin; /* of the record read last */
    struct seen records[RECORDS_MAX];
    size_t n_records;
};

static uint64_t now_us(struct env *env)
{
    return ((struct world *)env)->now_us;
}

static int64_t time_ms(struct env *env)
{
    return (int64_t)(((struct world *)env)->now_us / 1000);
}

static void fill_random(struct env *env, void *bytes, size_t len)
{
    struct world *world = (struct world *)env;
    for (size_t i = 0; i < len; i++) {
        world->random = world->random * 6364136223846793005 + 1442695040888963407;
        ((uint8_t *)bytes)[i] = (uint8_t)(world->random >> 33);
    }
}

static struct world *of_sink(struct intake_sink *sink)
{
    return (struct world *)((char *)sink - offsetof(struct world, sink));
}

static void on_settled(struct intake_sink *sink, const struct ticket *ticket, enum settled what,
                       enum refusal reason, uint64_t version)
{
    struct world *world = of_sink(sink);
    assert_true(ticket->id > world->last_id[ticket->handle]); /* of a canvas oldest first */
    world->last_id[ticket->handle] = ticket->id;
    if (what == SETTLED_PLACED) {
        world->placed += ticket->edits;
    } else if (what == SETTLED_UNKNOWN) {
        world->unknown += ticket->edits;
    } else {
        world->refused += ticket->edits;
        world->reason = reason;
    }
}

static void on_ready(struct intake_sink *sink)
{
    of_sink(sink)->ready++;
}

static int on_record(struct fold *fold, const struct fold_record *record,
                     char error[FOLD_ERROR_BYTES])
{
    struct world *world = (struct world *)((char *)fold - offsetof(struct world, fold));
    struct span authors = record->record->authors;
    record_origin(record->record, &world->origin);
    bool one = authors_count(authors) == record->edits.n;
    for (size_t i = 0; one && i < record->edits.n; i++)
        one = authors_of(authors, i) == (AUTHOR_PERSON | (uint64_t)record->edits.position.gx);
    if (world->n_records < RECORDS_MAX)
        world->records[world->n_records] = (struct seen){
            .edits = record->edits,
            .value_bytes = record->record->value.len,
            .one_author = one,
            .has_genesis = record->record->genesis.data != NULL,
        };
    world->n_records++;
    return 0;
}

static int set_up_with(void **state, struct memory_faults faults)
{
    static const struct fold_ops ops = {.record = on_record};
    static const volatile int stop = 0;
    static struct world world;
    char error[LOG_ERROR_BYTES];
    memset(&world, 0, sizeof world);
    world.env = (struct env){.now_us = now_us, .time_ms = time_ms, .random = fill_random};
    world.now_us = 1000 * 1000;
    world.sink = (struct intake_sink){.settled = on_settled, .ready = on_ready};
    world.fold.ops = &ops;
    world.partition = memory_partition_create(&world.env, faults);
    world.log = log_memory_open(world.partition);
    world.canvases = canvases_create(2, 1, &world.metrics, &world.env, NULL);
    world.owners = owners_create();
    world.writer = log_writer_create(world.log, owners_outcomes(world.owners), error);
    world.reader = reader_create(world.log, error);
    reader_add(world.reader, canvases_fold(world.canvases));
    reader_add(world.reader, &world.fold);
    reader_add(world.reader, owners_fold(world.owners));
    const struct intake_config config = {.batch_us = 200 * 1000, .unknown_us = 10 * 1000 * 1000};
    struct rules_config free;
    memset(&free, 0, sizeof free);
    policy_parse(&free.people, "free");
    free.bots = free.people;
    world.rules = rules_create(&free, &world.metrics);
    world.intake = intake_create(&world.env, world.writer, world.canvases, world.owners,
                                 world.rules, &world.metrics, config, &world.sink);
    *state = &world;
    return reader_start(world.reader, NULL, &stop) == READER_OK ? 0 : -1;
}

static int set_up(void **state)
{
    return set_up_with(state, (struct memory_faults){0});
}

static int set_up_refusing(void **state)
{
    return set_up_with(state, (struct memory_faults){.refuse = 1000});
}

static int set_up_not_knowing(void **state)
{
    return set_up_with(state, (struct memory_faults){.unknown = 1000});
}

static int tear_down(void **state)
{
    struct world *world = *state;
    intake_destroy(world->intake);
    log_writer_destroy(world->writer);
    reader_destroy(world->reader);
    log_close(world->log);
    memory_partition_destroy(world->partition);
    owners_destroy(world->owners);
    rules_destroy(world->rules);
    canvases_destroy(world->canvases);
    return 0;
}

static struct canvas_place *at(struct world *world, int gx)
{
    return canvases_find(world->canvases, (struct position){(int16_t)gx, 0});
}

static const uint8_t edits[EDIT_BYTES * EDITS_PER_MESSAGE];

/* One message of n edits. */
static bool add(struct world *world, int gx, uint32_t *id, uint32_t n, enum refusal *reason)
{
    struct ticket ticket = {.handle = (uint64_t)gx, .id = *id + 1, .edits = n};
    struct visitor visitor = {.author = AUTHOR_PERSON | ticket.handle};
    struct verdict verdict;
    bool taken = intake_add(world->intake, at(world, gx), &visitor, &ticket, edits, &verdict);
    *reason = verdict.obstacle.reason;
    if (!taken)
        return false;
    ++*id;
    return true;
}

/* Messages of n edits until one is refused; the edits that were taken. */
static uint64_t flood(struct world *world, uint32_t n, uint32_t *id, enum refusal *reason)
{
    uint64_t taken = 0;
    while (add(world, 0, id, n, reason)) {
        taken += n;
        assert_true(taken <= 4 * (uint64_t)MOST);
    }
    return taken;
}

static void read_back(struct world *world)
{
    size_t delivered;
    do
        assert_int_equal(reader_step(world->reader, 0, &delivered), READER_OK);
    while (delivered > 0);
}

/* Give the log what was gathered, read it back, settle it. */
static void round_trip(struct world *world)
{
    world->now_us += 1000 * 1000;
    intake_run(world->intake);
    read_back(world);
    intake_run(world->intake);
}

static void a_quarter_of_a_ring_is_taken_and_more_is_busy(struct world *world, uint32_t n)
{
    enum refusal reason;
    uint32_t id = 0;
    assert_int_equal(flood(world, n, &id, &reason), MOST);
    assert_int_equal(reason, REFUSAL_BUSY);
    assert_false(intake_idle(world->intake));
    for (int round = 1; round <= 5; round++) {
        round_trip(world);
        assert_int_equal(world->placed, (uint64_t)round * MOST);
        assert_true(intake_idle(world->intake));
        assert_int_equal(flood(world, n, &id, &reason), MOST);
        assert_int_equal(reason, REFUSAL_BUSY);
    }
}

static void a_quarter_of_a_ring_of_long_messages_is_taken_and_more_is_busy(void **state)
{
    a_quarter_of_a_ring_is_taken_and_more_is_busy(*state, EDITS_PER_MESSAGE);
}

static void a_quarter_of_a_ring_of_single_edits_is_taken_and_more_is_busy(void **state)
{
    a_quarter_of_a_ring_is_taken_and_more_is_busy(*state, 1);
}

static void a_record_holds_edits_of_one_canvas(void **state)
{
    struct world *world = *state;
    enum refusal reason;
    uint32_t id = 0;
    for (int i = 0; i < 6; i++)
        assert_true(add(world, i % 2, &id, 2, &reason));
    round_trip(world);
    assert_int_equal(world->placed, 12);
    assert_int_equal(world->n_records, 2);
    for (int gx = 0; gx < 2; gx++) {
        const struct seen *seen = &world->records[gx];
        assert_true(position_equal(seen->edits.position, (struct position){(int16_t)gx, 0}));
        assert_int_equal(seen->edits.n, 6);
        assert_int_equal(seen->value_bytes, (gx ? POSITION_BYTES : 0) + 18);
        assert_true(seen->one_author);
    }
    assert_true(world->ready > 0); /* who waits was told that there is something to settle */
}

static void the_log_is_named_by_its_first_record_only(void **state)
{
    struct world *world = *state;
    enum refusal reason;
    uint32_t id = 0;
    for (int i = 0; i < 2; i++) {
        assert_true(add(world, 0, &id, 1, &reason));
        round_trip(world);
    }
    assert_int_equal(world->n_records, 2);
    assert_true(world->records[0].has_genesis && !world->records[1].has_genesis);
}

static void each_canvas_gathers_for_itself(void **state)
{
    struct world *world = *state;
    enum refusal reason;
    uint32_t id = 0;
    assert_true(add(world, 0, &id, 1, &reason));
    intake_run(world->intake); /* it was quiet: at once */
    assert_true(add(world, 0, &id, 1, &reason));
    assert_int_equal(intake_run(world->intake), world->now_us + 200 * 1000);
    world->now_us += 100 * 1000;
    assert_true(add(world, 1, &id, 1, &reason));
    intake_run(world->intake); /* so was this one */
    read_back(world);
    assert_int_equal(world->n_records, 2);
    world->now_us += 100 * 1000;
    intake_run(world->intake);
    read_back(world);
    assert_int_equal(world->n_records, 3);
}

static void a_closed_canvas_is_locked(void **state)
{
    struct world *world = *state;
    static const uint8_t value[POSITION_BYTES + EDIT_BYTES] = {5};
    enum refusal reason;
    uint32_t id = 0;
    memory_partition_put(world->partition, (struct span){value, sizeof value});
    read_back(world);
    assert_non_null(at(world, 5));
    assert_false(add(world, 5, &id, 1, &reason));
    assert_int_equal(reason, REFUSAL_LOCKED);
    intake_close(world->intake);
    assert_false(add(world, 0, &id, 1, &reason));
    assert_int_equal(reason, REFUSAL_CLOSED);
}

static void records_are_cut_to_what_the_log_takes_and_messages_are_not(void **state)
{
    struct world *world = *state;
    enum refusal reason;
    uint32_t id = 0;
    memory_partition_set_record_max(world->partition, 2000); /* 661 edits */
    for (int i = 0; i < 10; i++)
        assert_true(add(world, 1, &id, 200, &reason));
    round_trip(world);
    assert_int_equal(world->placed, 2000);
    assert_int_equal(world->n_records, 4);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(world->records[i].edits.n, 600);
    assert_int_equal(world->records[3].edits.n, 200);
}

static void a_log_that_comes_to_take_less_gets_what_was_gathered_in_pieces(void **state)
{
    struct world *world = *state;
    enum refusal reason;
    uint32_t id = 0;
    for (int i = 0; i < 10; i++)
        assert_true(add(world, 1, &id, 200, &reason));
    memory_partition_set_record_max(world->partition, 1024); /* 336 edits */
    round_trip(world);
    assert_int_equal(world->placed, 2000);
    assert_int_equal(world->n_records, 10);
    assert_true(position_equal(world->records[9].edits.position, (struct position){1, 0}));
}

static void what_was_gathered_is_refused_when_the_log_turns_read_only(void **state)
{
    struct world *world = *state;
    enum refusal reason;
    uint32_t id = 0;
    assert_true(add(world, 0, &id, 3, &reason));
    assert_true(add(world, 1, &id, 4, &reason));
    memory_partition_set_stalled(world->partition, true);
    assert_false(add(world, 0, &id, 1, &reason));
    assert_int_equal(reason, REFUSAL_READONLY);
    round_trip(world);
    assert_int_equal(world->refused, 7);
    assert_int_equal(world->reason, REFUSAL_READONLY);
    assert_true(intake_idle(world->intake));
    memory_partition_set_stalled(world->partition, false);
    assert_true(add(world, 1, &id, 1, &reason));
    round_trip(world);
    assert_int_equal(world->placed, 1);
    assert_int_equal(world->n_records, 1);
}

static void what_the_log_refuses_is_refused_and_that_is_news(void **state)
{
    struct world *world = *state;
    enum refusal reason;
    uint32_t id = 0;
    assert_true(add(world, 0, &id, 3, &reason));
    intake_run(world->intake);
    assert_int_equal(world->ready, 0);
    read_back(world); /* the outcome comes with it */
    assert_true(world->ready > 0);
    intake_run(world->intake);
    assert_int_equal(world->refused, 3);
    assert_int_equal(world->reason, REFUSAL_FAILED);
    assert_true(intake_idle(world->intake));
    assert_int_equal(metric_get(&world->metrics, batches_failed_total), 1);
}

/* A foreign record may say that it is ours; a batch of ours that comes twice does. */
static void a_record_of_a_batch_that_is_not_in_flight_acknowledges_nothing(void **state)
{
    struct world *world = *state;
    enum refusal reason;
    uint32_t id = 0;
    assert_true(add(world, 0, &id, 1, &reason));
    round_trip(world);
    assert_int_equal(world->placed, 1);
    struct fold *fold = owners_fold(world->owners);
    char error[FOLD_ERROR_BYTES];
    for (uint64_t batch = 0; batch < 4; batch++) {
        uint8_t bytes[ORIGIN_BYTES];
        origin_store(bytes, &(struct origin){world->origin.nonce, batch});
        struct record record = {.offset = 100, .origin = {bytes, sizeof bytes}};
        assert_int_equal(fold->ops->record(fold, &(struct fold_record){.record = &record}, error),
                         0);
    }
    for (uint64_t i = 1; i < 1100; i++) { /* once around all that can be in flight */
        world->now_us += 1000 * 1000;
        assert_true(add(world, 0, &id, 1, &reason));
        intake_run(world->intake);
        intake_run(world->intake);
        assert_int_equal(world->placed, i); /* it has not been read back yet */
        round_trip(world);
        assert_int_equal(world->placed, i + 1);
    }
}

/* By even chance the record is in the log or not. */
static void an_unknown_outcome_is_waited_for_and_then_it_is_unknown(void **state)
{
    struct world *world = *state;
    enum refusal reason;
    uint32_t id = 0;
    for (unsigned i = 0; i < 20; i++) {
        uint64_t placed = world->placed, unknown = world->unknown;
        assert_true(add(world, 0, &id, 1, &reason));
        world->now_us += 1000 * 1000;
        intake_run(world->intake);
        read_back(world);
        uint64_t due_us = intake_run(world->intake);
        if (world->placed > placed)
            continue; /* it was read back: there is nothing to wait for */
        assert_int_equal(due_us, world->now_us + 10 * 1000 * 1000);
        world->now_us = due_us - 1;
        intake_run(world->intake);
        assert_int_equal(world->unknown, unknown);
        world->now_us = due_us;
        intake_run(world->intake);
        assert_int_equal(world->unknown, unknown + 1);
    }
    assert_int_equal(world->placed + world->unknown, 20);
    assert_true(world->placed > 0 && world->unknown > 0);
    assert_int_equal(world->n_records, world->placed);
    assert_int_equal(metric_get(&world->metrics, batches_unknown_total), world->unknown);
}

int main(void)
{
#define PROMISE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PROMISE(a_quarter_of_a_ring_of_long_messages_is_taken_and_more_is_busy),
        PROMISE(a_quarter_of_a_ring_of_single_edits_is_taken_and_more_is_busy),
        PROMISE(a_record_holds_edits_of_one_canvas),
        PROMISE(the_log_is_named_by_its_first_record_only),
        PROMISE(each_canvas_gathers_for_itself),
        PROMISE(a_closed_canvas_is_locked),
        PROMISE(records_are_cut_to_what_the_log_takes_and_messages_are_not),
        PROMISE(a_log_that_comes_to_take_less_gets_what_was_gathered_in_pieces),
        PROMISE(what_was_gathered_is_refused_when_the_log_turns_read_only),
        PROMISE(a_record_of_a_batch_that_is_not_in_flight_acknowledges_nothing),
        cmocka_unit_test_setup_teardown(what_the_log_refuses_is_refused_and_that_is_news,
                                        set_up_refusing, tear_down),
        cmocka_unit_test_setup_teardown(an_unknown_outcome_is_waited_for_and_then_it_is_unknown,
                                        set_up_not_knowing, tear_down),
    };
    return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
