/* SPDX-License-Identifier: ISC */
/* test_source_blocks: the records of a log, through blocks, are the same records in the same order;
 * with one block a canvas in memory. */
#include "cmocka_all.h"
#include "common/source_blocks.h"
#include "verify/builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/edit.h"

enum { RECORDS = 3000, CANVASES = 7, EDITS_MAX = 900, BLOCKS_MAX = 64 };

/* The log: record i is at offset 3i, at time 10i, of canvas i % CANVASES or thereabouts. */
static struct source_record records[RECORDS];
static uint8_t edits[RECORDS * EDITS_MAX * EDIT_BYTES];
static const uint8_t genesis[GENESIS_BYTES] = {9, 8, 7};

/* All blocks, in memory. */
struct kept {
    struct position position;
    uint64_t number;
    uint8_t *bytes;
    size_t len;
};

static struct kept kept[CANVASES * BLOCKS_MAX];
static size_t n_kept;

static size_t reads;

static int read_block(struct blocks *blocks, const struct blocks_canvas *canvas, uint64_t number,
                      uint8_t **bytes, size_t *len, char error[BLOCKS_ERROR_BYTES])
{
    for (size_t i = 0; i < n_kept; i++) {
        if (!position_equal(kept[i].position, canvas->position) || kept[i].number != number)
            continue;
        *bytes = malloc(kept[i].len);
        assert_non_null(*bytes);
        memcpy(*bytes, kept[i].bytes, kept[i].len);
        *len = kept[i].len;
        reads++;
        return 0;
    }
    snprintf(error, BLOCKS_ERROR_BYTES, "no such block");
    return -1;
}

static void close_blocks(struct blocks *blocks)
{
    free(blocks);
}

static const struct blocks_ops ops = {.read = read_block, .close = close_blocks};

static void keep(struct builder *builder, const struct built *built)
{
    struct kept *k = &kept[n_kept++];
    *k = (struct kept){built->position, built->number, malloc(built->len), built->len};
    assert_non_null(k->bytes);
    memcpy(k->bytes, built->bytes, built->len);
}

static int make_log(void **state)
{
    uint64_t random = 1;
    uint8_t *at = edits;
    struct builder *builder = builder_create(genesis);
    struct built built;
    for (size_t i = 0; i < RECORDS; i++) {
        random = random * 6364136223846793005 + 1442695040888963407;
        /* One canvas is painted only in the middle. */
        size_t canvas = random >> 33 & 7;
        canvas = canvas == CANVASES - 1 && (i < 1000 || i > 1400) ? 0 : canvas % CANVASES;
        records[i] = (struct source_record){.offset = 3 * i,
                                            .time_ms = (int64_t)(10 * i),
                                            .position = {(int16_t)canvas, (int16_t)(canvas % 3)},
                                            .edits = at,
                                            .n = 1 + (random >> 40) % EDITS_MAX};
        for (size_t edit = 0; edit < records[i].n; edit++, at += EDIT_BYTES)
            edit_store(at, edit_pack((uint32_t)(i % 1000), (uint32_t)(edit % 1000), i % 16));
        if (builder_add(builder, &records[i], &built) == 1)
            keep(builder, &built);
    }
    for (size_t i = 0; i < builder_canvases(builder); i++) {
        assert_int_equal(builder_open_block(builder, i, &built), 0);
        keep(builder, &built);
    }
    builder_destroy(builder);
    return 0;
}

static int free_log(void **state)
{
    for (size_t i = 0; i < n_kept; i++)
        free(kept[i].bytes);
    return 0;
}

static struct blocks_row row_of(const struct kept *k)
{
    struct block block;
    assert_null(block_parse(&block, k->bytes, k->len));
    size_t n = block.head.n_records;
    struct blocks_row row = {.from = block.head.from,
                             .to = block.head.to,
                             .records = block.head.n_records,
                             .edits = block.head.n_edits,
                             .time = n > 0 ? block_time(&block, 0) : -1,
                             .time_to = n > 0 ? block_time(&block, n - 1) : -1};
    return row;
}

/* What an index would say. */
static struct blocks *index_of_all(void)
{
    struct blocks *blocks = calloc(1, sizeof *blocks);
    assert_non_null(blocks);
    blocks->ops = &ops;
    blocks->has_genesis = true;
    memcpy(blocks->genesis, genesis, GENESIS_BYTES);
    blocks->version = 3 * (RECORDS - 1) + 1;
    blocks->canvases = calloc(CANVASES, sizeof *blocks->canvases);
    assert_non_null(blocks->canvases);
    static const int16_t order[CANVASES] = {0, 3, 6, 1, 4, 2, 5}; /* by (gy, gx) */
    for (size_t i = 0; i < CANVASES; i++) {
        struct blocks_canvas *canvas = &blocks->canvases[blocks->n_canvases++];
        canvas->position = (struct position){order[i], order[i] % 3};
        canvas->rows = calloc(BLOCKS_MAX, sizeof *canvas->rows);
        assert_non_null(canvas->rows);
        for (size_t j = 0; j < n_kept; j++) {
            if (!position_equal(kept[j].position, canvas->position))
                continue;
            /* The last one of each is its open block. */
            canvas->tail = canvas->rows[canvas->n_rows++] = row_of(&kept[j]);
        }
        canvas->n_rows--;
        canvas->version = canvas->tail.to;
    }
    return blocks;
}

static struct source *open(const struct source_options *options)
{
    static const struct source_options all = {0};
    char error[SOURCE_ERROR_BYTES];
    struct source *source = source_blocks_open(index_of_all(), options ? options : &all, error);
    assert_non_null(source);
    return source;
}

static void expect(struct source *source, const struct source_options *options, uint64_t from,
                   uint64_t to)
{
    struct source_record record;
    for (size_t i = 0; i < RECORDS; i++) {
        const struct source_record *expected = &records[i];
        if (expected->offset < from || expected->offset >= to ||
            (options && !source_wants(options, expected->position)))
            continue;
        if (source_next(source, &record) != SOURCE_RECORD)
            fail_msg("record %zu: %s", i, source_error(source));
        assert_int_equal(record.offset, expected->offset);
        assert_int_equal(record.time_ms, expected->time_ms);
        assert_true(position_equal(record.position, expected->position));
        assert_int_equal(record.n, expected->n);
        assert_memory_equal(record.edits, expected->edits, EDIT_BYTES * expected->n);
        assert_null(record.authors.data);
    }
    assert_int_equal(source_next(source, &record), SOURCE_END);
    assert_int_equal(source_next(source, &record), SOURCE_END);
}

static void records_come_in_the_logs_order(void **state)
{
    struct source *source = open(NULL);
    reads = 0;
    expect(source, NULL, 0, UINT64_MAX);
    assert_int_equal(reads, n_kept); /* each once */
    static const uint64_t ranges[][2] = {{0, 9000},    {3, 4},       {1, 3},      {4500, 4503},
                                         {8997, 8998}, {9000, 9999}, {6000, 30},  {2999, 4201},
                                         {0, 1},       {0, 0},       {1234, 8000}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        assert_int_equal(source_seek(source, ranges[i][0], ranges[i][1]), 0);
        expect(source, NULL, ranges[i][0], ranges[i][1]);
    }
    source_close(source);
}

static void every_end_is_exact(void **state)
{
    struct source *source = open(NULL);
    for (uint64_t to = 0; to < 9000; to += 997) {
        assert_int_equal(source_seek(source, to / 2, to), 0);
        expect(source, NULL, to / 2, to);
    }
    source_close(source);
}

static void blocks_before_and_after_are_not_read(void **state)
{
    struct source *source = open(NULL);
    reads = 0;
    assert_int_equal(source_seek(source, 4500, 4600), 0);
    expect(source, NULL, 4500, 4600);
    assert_true(reads <= CANVASES);
    source_close(source);
}

static void other_canvases_are_not_read(void **state)
{
    const struct source_options options = {.limited = true, .area = {{2, 1}, {5, 2}}};
    struct source *source = open(&options); /* 2, 4 and 5 */
    size_t expected = 0;
    for (size_t i = 0; i < n_kept; i++)
        expected += source_wants(&options, kept[i].position);
    reads = 0;
    expect(source, &options, 0, UINT64_MAX);
    assert_true(expected > 0 && expected < n_kept);
    assert_int_equal(reads, expected);
    source_close(source);
}

static void versions_at_times(void **state)
{
    struct source *source = open(NULL);
    for (int64_t time = -15; time < 10 * RECORDS + 50; time += 397) {
        uint64_t version, expected = 0;
        if (time >= 0)
            expected = 3 * (uint64_t)(time / 10 < RECORDS ? time / 10 : RECORDS - 1) + 1;
        assert_int_equal(source_offset_at(source, time, &version), 0);
        assert_int_equal(version, expected);
    }
    source_close(source);
}

static void a_block_that_is_wrong_is_named(void **state)
{
    struct source_record record;
    enum source_result result;
    struct source *source = open(NULL);
    struct kept *k = &kept[3];
    k->bytes[k->len - 1] ^= 0x10; /* a colour: the block can be read, but no digests are said */
    k->bytes[60]++;               /* but this is the number of edits */
    while ((result = source_next(source, &record)) == SOURCE_RECORD)
        ;
    assert_int_equal(result, SOURCE_FAILED);
    char expected[100];
    snprintf(expected, sizeof expected,
             "canvas (%d, %d), block %d: bytes of the block: ", k->position.gx, k->position.gy,
             (int)k->number);
    assert_memory_equal(source_error(source), expected, strlen(expected));
    assert_int_equal(source_next(source, &record), SOURCE_FAILED); /* until a seek */
    k->bytes[60]--;
    k->bytes[k->len - 1] ^= 0x10;
    assert_int_equal(source_seek(source, 0, UINT64_MAX), 0);
    expect(source, NULL, 0, UINT64_MAX);
    source_close(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_in_the_logs_order),
        cmocka_unit_test(every_end_is_exact),
        cmocka_unit_test(blocks_before_and_after_are_not_read),
        cmocka_unit_test(other_canvases_are_not_read),
        cmocka_unit_test(versions_at_times),
        cmocka_unit_test(a_block_that_is_wrong_is_named),
    };
    return cmocka_run_group_tests(tests, make_log, free_log);
}
