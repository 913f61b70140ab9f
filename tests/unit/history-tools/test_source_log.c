/* SPDX-License-Identifier: ISC */
/* test_source_log: a log that is read by pulling: in order, once, in bounded memory, and through
 * lost connections. */
#include "cmocka_all.h"
#include "common/source_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/edit.h"

/* A log by script: all its records have the same value; offsets are multiples of the step. */
struct scripted {
    struct log log; /* first */
    uint64_t low, n, step;
    struct span value;
    uint64_t lost_at; /* this record is preceded by a lost connection, once; 0: none is */
    bool another;     /* and then the log is another one */
    bool fails;       /* it cannot be read on at lost_at */
    uint64_t odd;     /* this record is skipped whole */
    uint8_t genesis[16];
    size_t given, seeks; /* records in all */
};

struct scripted_reader {
    struct log_reader reader; /* first */
    struct scripted *log;
    uint64_t next; /* record number */
};

enum { RECORDS_A_POLL = 4096 };

static struct scripted_reader *of(struct log_reader *reader)
{
    return (struct scripted_reader *)reader;
}

static int bounds(struct log_reader *reader, struct log_bounds *result, char *error)
{
    struct scripted *log = of(reader)->log;
    *result = (struct log_bounds){log->low * log->step, log->n * log->step};
    return 0;
}

static int offset_at(struct log_reader *reader, int64_t time_ms, uint64_t *offset, char *error)
{
    struct scripted *log = of(reader)->log;
    *offset = time_ms <= 0 ? 0 : ((uint64_t)time_ms + log->step - 1) / log->step * log->step;
    return 0;
}

static int seek(struct log_reader *reader, uint64_t offset, char *error)
{
    struct scripted *log = of(reader)->log;
    of(reader)->next = (offset + log->step - 1) / log->step;
    log->seeks++;
    return 0;
}

static enum log_event poll(struct log_reader *reader, int timeout_ms, size_t *delivered,
                           char *error)
{
    struct scripted_reader *r = of(reader);
    struct scripted *log = r->log;
    *delivered = 0;
    for (size_t i = 0; i < RECORDS_A_POLL && r->next < log->n; i++, r->next++) {
        if (log->lost_at > 0 && r->next == log->lost_at) {
            if (i > 0)
                break;
            log->lost_at = 0;
            if (!log->fails)
                return LOG_RECONNECTED;
            snprintf(error, LOG_ERROR_BYTES, "the disk is gone");
            return LOG_FAILED;
        }
        struct record record = {
            .offset = r->next * log->step,
            .time_ms = (int64_t)(r->next * log->step) + (log->another && log->lost_at == 0),
            .value = log->value,
        };
        if (r->next == log->odd)
            record.value.len--;
        if (r->next == log->low)
            record.genesis = (struct span){log->genesis, sizeof log->genesis};
        ++*delivered;
        log->given++;
        reader->records->record(reader->records, &record);
    }
    return LOG_OK;
}

static bool caught_up(struct log_reader *reader)
{
    return of(reader)->next >= of(reader)->log->n;
}

static void destroy(struct log_reader *reader)
{
    free(reader);
}

static const struct log_reader_ops reader_ops = {.bounds = bounds,
                                                 .offset_at = offset_at,
                                                 .seek = seek,
                                                 .poll = poll,
                                                 .caught_up = caught_up,
                                                 .destroy = destroy};

static struct log_reader *reader_create(struct log *log, char error[LOG_ERROR_BYTES])
{
    struct scripted_reader *r = calloc(1, sizeof *r);
    r->reader.ops = &reader_ops;
    r->log = (struct scripted *)log;
    return &r->reader;
}

static void close_log(struct log *log)
{
}

static const struct log_ops log_ops = {.reader_create = reader_create, .close = close_log};

static uint8_t value[900000];

static struct scripted scripted(uint64_t n, uint64_t step, size_t len)
{
    return (struct scripted){.log.ops = &log_ops,
                             .n = n,
                             .step = step,
                             .value = {value, len},
                             .odd = UINT64_MAX,
                             .genesis = {1, 2, 3}};
}

static struct source *open(struct scripted *log)
{
    char error[SOURCE_ERROR_BYTES];
    const struct source_options options = {0};
    struct source *source = source_log_take(&log->log, &options, error);
    if (!source)
        fail_msg("%s", error);
    return source;
}

/* All records with from <= offset < to come, once and in order. */
static void expect_all(struct source *source, const struct scripted *log, uint64_t from,
                       uint64_t to)
{
    struct source_record record;
    for (uint64_t i = 0; i < log->n; i++) {
        if (i < log->low || i * log->step < from || i * log->step >= to || i == log->odd)
            continue;
        assert_int_equal(source_next(source, &record), SOURCE_RECORD);
        assert_int_equal(record.offset, i * log->step);
        assert_int_equal(record.n, log->value.len / EDIT_BYTES);
        assert_memory_equal(record.edits, log->value.data, log->value.len);
    }
    assert_int_equal(source_next(source, &record), SOURCE_END);
    assert_int_equal(source_next(source, &record), SOURCE_END);
}

static void all_records_come_in_order(void **state)
{
    struct scripted log = scripted(10000, 3, 6);
    log.odd = 77;
    struct source *source = open(&log);
    uint8_t genesis[GENESIS_BYTES];
    assert_true(source_genesis(source, genesis));
    assert_memory_equal(genesis, log.genesis, GENESIS_BYTES);
    assert_int_equal(source_begin(source), 0);
    assert_int_equal(source_end(source), 30000);
    expect_all(source, &log, 0, UINT64_MAX);
    static const uint64_t ranges[][2] = {{0, 30000},     {3, 4},         {1, 3},
                                         {231, 234},     {12300, 29999}, {29997, 29998},
                                         {30000, 40000}, {50000, 60000}, {9, 3}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        assert_int_equal(source_seek(source, ranges[i][0], ranges[i][1]), 0);
        expect_all(source, &log, ranges[i][0], ranges[i][1]);
    }
    source_close(source);
}

static void what_is_beyond_the_end_at_the_opening_is_not_read(void **state)
{
    struct scripted log = scripted(100, 1, 3);
    struct source *source = open(&log);
    log.n = 200;
    struct scripted then = log;
    then.n = 100;
    expect_all(source, &then, 0, UINT64_MAX);
    source_close(source);
}

static void a_log_whose_beginning_is_gone(void **state)
{
    struct scripted log = scripted(100, 1, 3);
    log.low = 40;
    struct source *source = open(&log);
    assert_int_equal(source_begin(source), 40);
    expect_all(source, &log, 0, UINT64_MAX);
    source_close(source);
}

static void an_empty_log(void **state)
{
    struct scripted log = scripted(0, 1, 3);
    struct source *source = open(&log);
    uint8_t genesis[GENESIS_BYTES];
    assert_false(source_genesis(source, genesis));
    expect_all(source, &log, 0, UINT64_MAX);
    source_close(source);
}

/* 200 MB of records in one poll: no more than some 64 MiB of them are kept at one time. */
static void large_records_are_read_in_parts(void **state)
{
    struct scripted log = scripted(230, 1, sizeof value);
    struct source *source = open(&log);
    size_t before = log.seeks;
    expect_all(source, &log, 0, UINT64_MAX);
    assert_in_range(log.seeks - before, 2, 5);
    source_close(source);
}

static void a_lost_connection_is_no_gap(void **state)
{
    for (uint64_t at = 1; at < 9000; at = at * 3 + 1) {
        struct scripted log = scripted(9000, 2, 3);
        struct source *source = open(&log);
        log.lost_at = at;
        expect_all(source, &log, 0, UINT64_MAX);
        assert_int_equal(log.lost_at, 0);
        source_close(source);
    }
}

static enum source_result read_to_end(struct source *source)
{
    struct source_record record;
    enum source_result result;
    while ((result = source_next(source, &record)) == SOURCE_RECORD)
        ;
    return result;
}

static void another_log_behind_the_next_connection_is_told(void **state)
{
    struct scripted log = scripted(9000, 2, 3);
    struct source *source = open(&log);
    log.lost_at = 5000;
    log.another = true;
    assert_int_equal(read_to_end(source), SOURCE_FAILED);
    assert_non_null(strstr(source_error(source), "another"));
    source_close(source);
}

static void a_failure_is_told(void **state)
{
    struct scripted log = scripted(9000, 2, 3);
    struct source *source = open(&log);
    log.lost_at = 5000;
    log.fails = true;
    assert_int_equal(read_to_end(source), SOURCE_FAILED);
    assert_string_equal(source_error(source), "the disk is gone");
    source_close(source);
}

static void versions_at_times(void **state)
{
    struct scripted log = scripted(100, 10, 3);
    struct source *source = open(&log);
    static const struct {
        int64_t time_ms;
        uint64_t version;
    } rows[] = {{-5, 0},    {0, 10},     {1, 10},      {9, 10},          {10, 20},
                {985, 990}, {990, 1000}, {5000, 1000}, {INT64_MAX, 1000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t version;
        assert_int_equal(source_offset_at(source, rows[i].time_ms, &version), 0);
        /* Any version up to the next record's offset means the same. */
        if (version < rows[i].version - (rows[i].version > 0 ? 9 : 0) || version > rows[i].version)
            fail_msg("%" PRId64 ": %" PRIu64, rows[i].time_ms, version);
    }
    source_close(source);
}

int main(void)
{
    for (size_t i = 0; i < sizeof value; i += EDIT_BYTES)
        edit_store(value + i, edit_pack((uint32_t)(i % 999), (uint32_t)(i / 999 % 1000), i % 16));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_records_come_in_order),
        cmocka_unit_test(what_is_beyond_the_end_at_the_opening_is_not_read),
        cmocka_unit_test(a_log_whose_beginning_is_gone),
        cmocka_unit_test(an_empty_log),
        cmocka_unit_test(large_records_are_read_in_parts),
        cmocka_unit_test(a_lost_connection_is_no_gap),
        cmocka_unit_test(another_log_behind_the_next_connection_is_told),
        cmocka_unit_test(a_failure_is_told),
        cmocka_unit_test(versions_at_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
