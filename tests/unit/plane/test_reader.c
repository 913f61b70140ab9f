/* SPDX-License-Identifier: ISC */
/*
 * The reader alone, on a log that the test writes down record by record: where it begins, that it
 * proves the log first, and that each fold gets each record once.
 */
#include "cmocka_all.h"
#include "log/log.h"
#include "plane/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DELIVERIES_MAX = 64 };

/* ---- a log whose every answer is written down ---- */

struct script {
    struct log log;
    struct log_reader reader; /* the one that is handed out */
    uint64_t low, high;
    uint64_t
        deliver[DELIVERIES_MAX]; /* offsets in the order of delivery, each in a poll of its own */
    size_t n, next;
    bool by_seek;         /* deliver what a log would: everything from the last seek on */
    bool another_log;     /* its records are not the ones that were folded before */
    enum log_event event; /* of the next poll, once */
    uint64_t seeks[DELIVERIES_MAX];
    size_t n_seeks;
    uint64_t at;
};

static struct script script;

/* The record at an offset, as this log has it. */
static struct record record_at(uint64_t offset)
{
    static uint8_t value[3];
    value[0] = (uint8_t)offset;
    value[2] = script.another_log ? 0x20 : 0x10;
    return (struct record){
        .offset = offset, .time_ms = 1000 + (int64_t)offset, .value = {value, sizeof value}};
}

static struct log_identity identify(struct log *log)
{
    return (struct log_identity){.cluster = "here", .topic = "pixels"};
}

static int bounds(struct log_reader *reader, struct log_bounds *result, char error[LOG_ERROR_BYTES])
{
    *result = (struct log_bounds){script.low, script.high};
    return 0;
}

static int seek(struct log_reader *reader, uint64_t offset, char error[LOG_ERROR_BYTES])
{
    assert_in_range(offset, script.low, script.high);
    script.at = offset;
    script.seeks[script.n_seeks++] = offset;
    return 0;
}

static enum log_event poll(struct log_reader *reader, int timeout_ms, size_t *delivered,
                           char error[LOG_ERROR_BYTES])
{
    enum log_event event = script.event;
    script.event = LOG_OK;
    *delivered = 0;
    if (event != LOG_OK) {
        snprintf(error, LOG_ERROR_BYTES, "the disk is on fire");
        return event;
    }
    uint64_t offset;
    if (script.by_seek && script.at < script.high)
        offset = script.at++;
    else if (!script.by_seek && script.next < script.n)
        offset = script.deliver[script.next++];
    else
        return LOG_OK;
    struct record record = record_at(offset);
    reader->records->record(reader->records, &record);
    *delivered = 1;
    return LOG_OK;
}

static bool caught_up(struct log_reader *reader)
{
    return script.by_seek ? script.at >= script.high : script.next >= script.n;
}

static void destroy(struct log_reader *reader)
{
}

static struct log_reader *reader_of(struct log *log, char error[LOG_ERROR_BYTES])
{
    static const struct log_reader_ops ops = {
        .bounds = bounds, .seek = seek, .poll = poll, .caught_up = caught_up, .destroy = destroy};
    script.reader.ops = &ops;
    return &script.reader;
}

/* ---- folds that note what they get ---- */

struct noting {
    struct fold fold;
    uint64_t got[DELIVERIES_MAX];
    size_t n;
    unsigned delivered, live;
    bool fails;
};

static int on_record(struct fold *fold, const struct fold_record *record,
                     char error[FOLD_ERROR_BYTES])
{
    struct noting *noting = (struct noting *)fold;
    struct anchor anchor = record_anchor(record->record);
    assert_true(anchor_equal(&anchor, &record->anchor));
    assert_int_equal(record->edits.n, 1);
    snprintf(error, FOLD_ERROR_BYTES, "no room for it");
    assert_true(noting->n < DELIVERIES_MAX);
    noting->got[noting->n++] = record->record->offset;
    return noting->fails ? -1 : 0;
}

static void on_delivered(struct fold *fold)
{
    ((struct noting *)fold)->delivered++;
}

static void on_live(struct fold *fold)
{
    ((struct noting *)fold)->live++;
}

static struct noting noting(uint64_t from)
{
    static const struct fold_ops ops = {
        .record = on_record, .delivered = on_delivered, .live = on_live};
    return (struct noting){.fold = {.ops = &ops, .from = from}};
}

static void assert_got(const struct noting *noting, uint64_t first, size_t n)
{
    assert_int_equal(noting->n, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(noting->got[i], first + i);
}

/* ---- the tests' tools ---- */

static struct reader *reader;

static int set_up(void **state)
{
    static const struct log_ops ops = {.identify = identify, .reader_create = reader_of};
    char error[LOG_ERROR_BYTES];
    memset(&script, 0, sizeof script);
    script.log.ops = &ops;
    reader = reader_create(&script.log, error);
    return reader ? 0 : -1;
}

static int tear_down(void **state)
{
    reader_destroy(reader);
    return 0;
}

static void deliver(uint64_t low, uint64_t high, size_t n, const uint64_t *offsets)
{
    script.low = low;
    script.high = high;
    script.by_seek = !offsets;
    script.n = n;
    if (offsets)
        memcpy(script.deliver, offsets, n * sizeof *offsets);
}

static enum reader_result start(const struct reader_proof *proof)
{
    static const volatile int stop = 0;
    return reader_start(reader, proof, &stop);
}

/* What a server remembers that has folded the record at this offset last. */
static struct reader_proof proof_at(uint64_t offset)
{
    struct record record = record_at(offset);
    return (struct reader_proof){
        .anchor = record_anchor(&record), .cluster = "here", .topic = "pixels"};
}

static void step(void)
{
    size_t delivered;
    assert_int_equal(reader_step(reader, 0, &delivered), READER_OK);
}

/* ---- where it begins ---- */

static void without_a_proof_all_is_read_from_the_beginning_that_is_left(void **state)
{
    struct noting a = noting(0);
    reader_add(reader, &a.fold);
    deliver(3, 8, 0, NULL);
    assert_int_equal(start(NULL), READER_OK);
    assert_got(&a, 3, 5);
    assert_int_equal(a.live, 1);
    assert_int_equal(a.delivered, 5);
    assert_true(a.fold.from == 8);
}

static void after_the_proof_the_next_record_is_the_first(void **state)
{
    struct noting a = noting(5);
    struct reader_proof proof = proof_at(4);
    reader_add(reader, &a.fold);
    deliver(0, 8, 0, NULL);
    assert_int_equal(start(&proof), READER_OK);
    assert_got(&a, 5, 3);
    assert_int_equal(script.n_seeks, 1);
    assert_int_equal(script.seeks[0], 4); /* the anchor itself, to compare it */
}

static void a_fold_that_needs_older_records_gets_them_and_the_others_none_twice(void **state)
{
    struct noting canvases = noting(5), history = noting(2), energy = noting(6);
    struct reader_proof proof = proof_at(4);
    reader_add(reader, &canvases.fold);
    reader_add(reader, &history.fold);
    reader_add(reader, &energy.fold);
    deliver(0, 9, 0, NULL);
    assert_int_equal(start(&proof), READER_OK);
    assert_got(&canvases, 5, 4);
    assert_got(&history, 2, 7);
    assert_got(&energy, 6, 3);
    assert_int_equal(script.seeks[0], 4); /* the proof comes first */
    assert_int_equal(script.seeks[1], 2);
}

/* As after a checkpoint that was copied while the log went on. */
static void a_proof_may_be_newer_than_all_folds(void **state)
{
    struct noting canvases = noting(3);
    struct reader_proof proof = proof_at(6);
    reader_add(reader, &canvases.fold);
    deliver(0, 9, 0, NULL);
    assert_int_equal(start(&proof), READER_OK);
    assert_got(&canvases, 3, 6);
    assert_int_equal(script.seeks[0], 6);
    assert_int_equal(script.seeks[1], 3);
    script.event = LOG_RECONNECTED; /* what is compared then is the newest record */
    step();
    assert_int_equal(script.seeks[2], 8);
}

static void a_log_that_has_lost_what_a_canvas_holds_is_another_log(void **state)
{
    struct noting canvases = noting(3);
    struct reader_proof proof = proof_at(6);
    reader_add(reader, &canvases.fold);
    deliver(0, 5, 0, NULL);
    assert_int_equal(start(&proof), READER_MISMATCH);
    assert_int_equal(canvases.n, 0);
}

static void a_fold_that_needs_the_anchors_record_gets_it(void **state)
{
    struct noting canvases = noting(5), late = noting(4);
    struct reader_proof proof = proof_at(4);
    reader_add(reader, &canvases.fold);
    reader_add(reader, &late.fold);
    deliver(0, 7, 0, NULL);
    assert_int_equal(start(&proof), READER_OK);
    assert_got(&canvases, 5, 2);
    assert_got(&late, 4, 3);
}

static void what_is_no_longer_in_the_log_is_not_waited_for(void **state)
{
    struct noting canvases = noting(5), history = noting(0);
    struct reader_proof proof = proof_at(4);
    reader_add(reader, &canvases.fold);
    reader_add(reader, &history.fold);
    deliver(3, 7, 0, NULL);
    assert_int_equal(start(&proof), READER_OK);
    assert_got(&canvases, 5, 2);
    assert_got(&history, 3, 4);
}

static void a_live_fold_gets_only_what_is_new(void **state)
{
    struct noting a = noting(0), live = noting(FOLD_LIVE);
    reader_add(reader, &a.fold);
    reader_add(reader, &live.fold);
    deliver(0, 4, 0, NULL);
    assert_int_equal(start(NULL), READER_OK);
    assert_int_equal(live.n, 0);
    script.high = 6;
    step();
    step();
    assert_got(&a, 0, 6);
    assert_got(&live, 4, 2);
}

/* ---- each record once ---- */

static void a_record_that_is_delivered_twice_is_folded_once(void **state)
{
    static const uint64_t twice[] = {0, 1, 1, 2, 2, 0, 1, 3, 2};
    struct noting a = noting(0);
    reader_add(reader, &a.fold);
    deliver(0, 4, 9, twice);
    assert_int_equal(start(NULL), READER_OK);
    assert_got(&a, 0, 4);
    script.event = LOG_RECONNECTED; /* the newest record is what is compared, not the last one */
    step();
    assert_int_equal(script.seeks[script.n_seeks - 1], 3);
}

static void gaps_are_no_reason_to_wait(void **state)
{
    static const uint64_t gaps[] = {0, 7, 8, 100};
    struct noting a = noting(0);
    reader_add(reader, &a.fold);
    deliver(0, 101, 4, gaps);
    assert_int_equal(start(NULL), READER_OK);
    assert_int_equal(a.n, 4);
    assert_memory_equal(a.got, gaps, sizeof gaps);
}

/* ---- the proof ---- */

static void another_log_is_noticed_before_any_fold_gets_anything(void **state)
{
    struct noting canvases = noting(5), history = noting(0);
    struct reader_proof proof = proof_at(4);
    reader_add(reader, &canvases.fold);
    reader_add(reader, &history.fold);
    deliver(0, 9, 0, NULL);
    script.another_log = true;
    assert_int_equal(start(&proof), READER_MISMATCH);
    assert_int_equal(canvases.n + history.n, 0);
    assert_non_null(strstr(reader_error(reader), "expected at offset 4"));
}

static void another_cluster_or_topic_is_another_log(void **state)
{
    struct reader_proof proof = proof_at(4);
    deliver(0, 9, 0, NULL);
    proof.topic = "others";
    assert_int_equal(start(&proof), READER_MISMATCH);
    proof = proof_at(4);
    proof.cluster = "there";
    assert_int_equal(start(&proof), READER_MISMATCH);
    assert_non_null(strstr(reader_error(reader), "expected cluster there"));
}

static void a_log_that_ends_before_the_anchor_is_another_log(void **state)
{
    struct reader_proof proof = proof_at(4);
    deliver(0, 4, 0, NULL);
    assert_int_equal(start(&proof), READER_MISMATCH);
    assert_non_null(
        strstr(reader_error(reader), "shorter than the checkpoint: it ends at offset 4"));
}

static void a_log_that_ends_with_the_anchor_is_the_same(void **state)
{
    struct noting a = noting(5);
    struct reader_proof proof = proof_at(4);
    reader_add(reader, &a.fold);
    deliver(0, 5, 0, NULL);
    assert_int_equal(start(&proof), READER_OK);
    assert_int_equal(a.n, 0);
}

static void retention_up_to_the_anchor_is_fine_and_one_further_is_not(void **state)
{
    struct noting a = noting(5);
    struct reader_proof proof = proof_at(4);
    reader_add(reader, &a.fold);
    deliver(4, 7, 0, NULL);
    assert_int_equal(start(&proof), READER_OK);
    assert_got(&a, 5, 2);
    deliver(5, 7, 0, NULL);
    assert_int_equal(start(&proof), READER_MISMATCH);
    assert_non_null(strstr(reader_error(reader), "no longer has offset 4"));
}

static void an_anchor_that_is_not_delivered_is_a_mismatch(void **state)
{
    struct noting a = noting(5);
    struct reader_proof proof = proof_at(4);
    static const uint64_t later[] = {5, 6};
    reader_add(reader, &a.fold);
    deliver(0, 7, 2, later); /* compacted, for instance */
    assert_int_equal(start(&proof), READER_MISMATCH);
    tear_down(state);
    set_up(state);
    reader_add(reader, &a.fold);
    deliver(0, 7, 0, later);
    assert_int_equal(start(&proof), READER_MISMATCH);
    assert_int_equal(a.n, 0);
}

/* ---- while it runs ---- */

static void after_a_lost_connection_the_log_is_proved_again(void **state)
{
    struct noting a = noting(0);
    reader_add(reader, &a.fold);
    deliver(0, 4, 0, NULL);
    assert_int_equal(start(NULL), READER_OK);
    script.event = LOG_RECONNECTED;
    script.high = 6;
    for (int i = 0; i < 4; i++)
        step();
    assert_int_equal(script.seeks[script.n_seeks - 1], 3);
    assert_got(&a, 0, 6);
    script.event = LOG_RECONNECTED;
    script.another_log = true;
    script.high = 9;
    step();
    size_t delivered;
    assert_int_equal(reader_step(reader, 0, &delivered), READER_MISMATCH);
    assert_int_equal(reader_step(reader, 0, &delivered), READER_MISMATCH); /* and stays so */
    assert_got(&a, 0, 6);
}

static void a_fold_that_cannot_go_on_stops_the_reader(void **state)
{
    struct noting a = noting(0), b = noting(0);
    reader_add(reader, &a.fold);
    reader_add(reader, &b.fold);
    a.fails = true;
    deliver(0, 4, 0, NULL);
    assert_int_equal(start(NULL), READER_FAILED);
    assert_string_equal(reader_error(reader), "no room for it");
    assert_int_equal(a.n, 1);
    assert_int_equal(b.n, 0);
}

static void a_log_that_fails_stops_the_reader(void **state)
{
    struct noting a = noting(0);
    reader_add(reader, &a.fold);
    deliver(0, 4, 0, NULL);
    assert_int_equal(start(NULL), READER_OK);
    script.event = LOG_FAILED;
    size_t delivered;
    assert_int_equal(reader_step(reader, 0, &delivered), READER_FAILED);
    assert_string_equal(reader_error(reader), "the disk is on fire");
}

static void a_start_can_be_stopped(void **state)
{
    static const volatile int stop = 1;
    struct noting a = noting(0);
    reader_add(reader, &a.fold);
    deliver(0, 4, 0, NULL);
    assert_int_equal(reader_start(reader, NULL, &stop), READER_STOPPED);
    assert_int_equal(a.live, 0);
}

int main(void)
{
#define PROMISE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PROMISE(without_a_proof_all_is_read_from_the_beginning_that_is_left),
        PROMISE(after_the_proof_the_next_record_is_the_first),
        PROMISE(a_fold_that_needs_older_records_gets_them_and_the_others_none_twice),
        PROMISE(a_proof_may_be_newer_than_all_folds),
        PROMISE(a_log_that_has_lost_what_a_canvas_holds_is_another_log),
        PROMISE(a_fold_that_needs_the_anchors_record_gets_it),
        PROMISE(what_is_no_longer_in_the_log_is_not_waited_for),
        PROMISE(a_live_fold_gets_only_what_is_new),
        PROMISE(a_record_that_is_delivered_twice_is_folded_once),
        PROMISE(gaps_are_no_reason_to_wait),
        PROMISE(another_log_is_noticed_before_any_fold_gets_anything),
        PROMISE(another_cluster_or_topic_is_another_log),
        PROMISE(a_log_that_ends_before_the_anchor_is_another_log),
        PROMISE(a_log_that_ends_with_the_anchor_is_the_same),
        PROMISE(retention_up_to_the_anchor_is_fine_and_one_further_is_not),
        PROMISE(an_anchor_that_is_not_delivered_is_a_mismatch),
        PROMISE(after_a_lost_connection_the_log_is_proved_again),
        PROMISE(a_fold_that_cannot_go_on_stops_the_reader),
        PROMISE(a_log_that_fails_stops_the_reader),
        PROMISE(a_start_can_be_stopped),
    };
    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
