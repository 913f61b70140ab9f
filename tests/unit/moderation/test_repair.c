/* SPDX-License-Identifier: ISC */
/* Repairs into a log that refuses many of them, jumps over offsets and has some twice. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/canvas.h"
#include "core/edit.h"
#include "log_memory.h"
#include "moderation/repair.h"
#include "sys/sys_env.h"

enum { PIXELS = 5000, ACTION = 9 };

struct world {
    struct scan_sink sink;
    struct memory_partition *partition;
    struct log *log;
    struct log_writer *writer;
    struct owners *owners;
    struct canvases *canvases;
    struct metrics metrics;
    struct plan plan;
    struct scan scan;
};

static int take(struct scan_sink *sink, const struct record *record,
                const struct record_edits *edits, char error[FOLD_ERROR_BYTES])
{
    struct world *world = (struct world *)sink;
    if (record->offset < world->plan.version)
        return plan_take(&world->plan, record, edits, error);
    plan_follow(&world->plan, record, edits);
    return 0;
}

static void no_news(struct repair_progress *progress)
{
}

/* What the log shows in the end. */
struct shown {
    struct log_records records;
    struct canvas *canvas;
};

static void show(struct log_records *records, const struct record *record)
{
    struct shown *shown = (struct shown *)records;
    struct record_edits edits = record_edits(record);
    canvas_apply(shown->canvas, edits.edits, edits.n, record->offset + 1);
}

static void expect_blank(struct log *log)
{
    char error[LOG_ERROR_BYTES];
    size_t delivered = 1;
    struct shown shown = {{show}, calloc(1, sizeof *shown.canvas)};
    struct log_reader *reader = log_reader_create(log, &shown.records, error);
    assert_int_equal(log_reader_seek(reader, 0, error), 0);
    while (delivered > 0)
        assert_int_equal(log_reader_poll(reader, 0, &delivered, error), LOG_OK);
    log_reader_destroy(reader);
    assert_true(shown.canvas->version > 0);
    assert_int_equal(shown.canvas->checksum, 0);
    free(shown.canvas);
}

static void what_the_log_refuses_is_given_to_it_again(void **state)
{
    static const volatile int never = 0;
    struct world *world = calloc(1, sizeof *world);
    const struct memory_faults faults = {.refuse = 500, .gap = 300, .duplicate = 200};
    char error[PLAN_ERROR_BYTES] = "", why[LOG_ERROR_BYTES] = "";
    world->sink.record = take;
    world->partition = memory_partition_create(&sys_env, faults);
    memory_partition_set_record_max(world->partition, LOG_RECORD_MIN); /* many small records */
    world->log = log_memory_open(world->partition);
    world->owners = owners_create();
    world->canvases = canvases_create(1, 1, &world->metrics, &sys_env, NULL);
    world->writer = log_writer_create(world->log, owners_outcomes(world->owners), why);
    assert_non_null(world->writer);
    for (uint32_t i = 0; i < PIXELS; i++) {
        uint8_t value[EDIT_BYTES];
        edit_store(value, edit_pack(i % 1000, i / 1000, 1 + i % 15));
        memory_partition_put(world->partition, (struct span){value, sizeof value});
    }
    const struct predicate everything = {.has_time = true, .to_ms = INT64_MAX, .colours = 0xffff};
    assert_int_equal(scan_open(&world->scan, world->log, &world->sink, &never), SCAN_OK);
    assert_int_equal(
        plan_init(&world->plan, &everything, world->scan.bounds.high, NULL, NULL, error), 0);
    assert_int_equal(scan_run(&world->scan, 0), SCAN_OK);
    assert_int_equal(plan_seal(&world->plan, error), 0);
    assert_int_equal(world->plan.pixels, PIXELS);
    world->plan.ours[0] = ACTION;
    world->plan.n_ours = 1;
    struct repair_progress progress = {.changed = no_news};
    const struct repair_config config = {.plan = &world->plan,
                                         .scan = &world->scan,
                                         .writer = world->writer,
                                         .owners = world->owners,
                                         .canvases = world->canvases,
                                         .metrics = &world->metrics,
                                         .action = ACTION,
                                         .cancel = &never,
                                         .quit = &never};
    assert_int_equal(repair_run(&config, &progress), REPAIR_DONE);
    assert_true(progress.sent > PIXELS + PIXELS / 10); /* some were refused */
    assert_int_equal(progress.healed, 0);
    expect_blank(world->log);
    scan_close(&world->scan);
    plan_finish(&world->plan);
    log_writer_destroy(world->writer);
    log_close(world->log);
    memory_partition_destroy(world->partition);
    owners_destroy(world->owners);
    canvases_destroy(world->canvases);
    free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_log_refuses_is_given_to_it_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
