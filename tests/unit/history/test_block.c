/* SPDX-License-Identifier: ISC */
/* Blocks as bytes: what is encoded is parsed; whatever is not a block is refused, length first. */
#include "cmocka_all.h"
#include "history/block.h"

#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/canvas.h"

enum {
    N = 5,
    AT_POSITION = 10,
    AT_FROM = 40,
    AT_TO = 48,
    AT_RECORDS = 56,
    AT_EDITS = 60,
};

static const uint32_t counts[N] = {1, 3, 2, 1, 7};
static const uint64_t offsets[N] = {4, 5, 9, 10, 200};
static const int64_t times[N] = {1000, 900, -1, 2000, 2000};

struct sample {
    uint8_t *bytes; /* of exactly len */
    size_t len;
};

static int set_up(void **state)
{
    struct sample *sample = *state = calloc(1, sizeof *sample);
    struct block_head head = {.position = {-3, 7}, .number = 1, .from = 4, .n_records = N};
    struct block_writer writer;
    uint8_t edits[3 * 8];
    memset(head.genesis, 0x5a, sizeof head.genesis);
    for (size_t i = 0; i < N; i++)
        head.n_edits += counts[i];
    sample->len = block_bytes(head.n_records, head.n_edits);
    sample->bytes = malloc(sample->len);
    block_begin(&writer, sample->bytes, &head);
    for (uint32_t i = 0; i < N; i++) {
        for (uint32_t j = 0; j < counts[i]; j++)
            edit_store(edits + 3 * j, edit_pack(999 - j, 10 * i, i + 1));
        block_add(&writer, offsets[i], times[i], edits, counts[i]);
    }
    return 0;
}

static int tear_down(void **state)
{
    struct sample *sample = *state;
    free(sample->bytes);
    free(sample);
    return 0;
}

static void what_is_encoded_is_parsed(void **state)
{
    const struct sample *sample = *state;
    struct block block;
    assert_int_equal(sample->len, 64 + 20 * N + 3 * 14);
    assert_null(block_parse(&block, sample->bytes, sample->len));
    assert_true(position_equal(block.head.position, (struct position){-3, 7}));
    assert_true(block.head.number == 1 && block.head.from == 4 && block.head.to == 201);
    assert_true(block.head.n_records == N && block.head.n_edits == 14);
    assert_int_equal(block.head.genesis[15], 0x5a);
    for (size_t i = 0; i < N; i++) {
        assert_true(block_version(&block, i) == offsets[i] + 1);
        assert_true(block_time(&block, i) == times[i] && block_count(&block, i) == counts[i]);
    }
    assert_false(block_complete(&block));
    assert_int_equal(block_edits_of(&block, 3), 6);
}

static void versions_and_times_are_found(void **state)
{
    const struct sample *sample = *state;
    struct block block;
    assert_null(block_parse(&block, sample->bytes, sample->len));
    const uint64_t versions[] = {0, 4, 5, 6, 7, 9, 10, 11, 200, 201, UINT64_MAX};
    const size_t records[] = {0, 0, 1, 2, 2, 2, 3, 4, 4, 5, 5};
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        assert_int_equal(block_records_at(&block, versions[i]), records[i]);
    /* The clock went back from the first record to the second; that of the third is unknown. */
    const int64_t asked[] = {-1, 0, 899, 900, 999, 1000, 1999, 2000, INT64_MAX};
    const size_t until[] = {0, 0, 0, 2, 2, 2, 2, 5, 5};
    for (size_t i = 0; i < sizeof until / sizeof *until; i++)
        assert_int_equal(block_records_until(&block, asked[i]), until[i]);
}

static void edits_are_painted_as_far_as_asked(void **state)
{
    const struct sample *sample = *state;
    struct block block;
    uint8_t *pixels = calloc(1, CANVAS_PIXELS);
    assert_null(block_parse(&block, sample->bytes, sample->len));
    block_apply(&block, 2, pixels);
    assert_int_equal(pixels[999], 1);
    assert_int_equal(pixels[10 * 1000 + 997], 2);
    assert_int_equal(pixels[20 * 1000 + 999], 0);
    block_apply(&block, N, pixels);
    assert_int_equal(pixels[20 * 1000 + 998], 3);
    assert_int_equal(pixels[40 * 1000 + 993], 5);
    free(pixels);
}

static void a_block_that_is_cut_is_a_block(void **state)
{
    const struct sample *sample = *state;
    struct block block, part;
    assert_null(block_parse(&block, sample->bytes, sample->len));
    for (size_t n = 0; n <= N; n++) {
        size_t len = block_bytes((uint32_t)n, (uint32_t)block_edits_of(&block, n));
        uint8_t *bytes = malloc(len);
        block_cut(&block, n, bytes);
        assert_null(block_parse(&part, bytes, len));
        assert_true(part.head.n_records == n && part.head.number == 1 && part.head.from == 4);
        assert_true(part.head.to == (n ? offsets[n - 1] + 1 : 4));
        if (n == N)
            assert_memory_equal(bytes, sample->bytes, sample->len);
        free(bytes);
    }
}

static void complete_is_with_the_record_that_reaches_the_number(void **state)
{
    static const struct {
        uint32_t counts[2];
        bool complete;
    } cases[] = {{{65535, 1}, true},  {{65535, 500}, true}, {{65536, 1}, false},
                 {{65534, 1}, false}, {{1, 70000}, true},   {{70000, 65536}, false}};
    uint8_t *edits = calloc(3, 70000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint32_t *n = cases[i].counts;
        struct block_head head = {.n_records = 2, .n_edits = n[0] + n[1]};
        struct block_writer writer;
        struct block block;
        size_t len = block_bytes(2, head.n_edits);
        uint8_t *bytes = malloc(len);
        block_begin(&writer, bytes, &head);
        block_add(&writer, 0, 0, edits, n[0]);
        block_add(&writer, 1, 0, edits, n[1]);
        assert_null(block_parse(&block, bytes, len));
        assert_int_equal(block_complete(&block), cases[i].complete);
        free(bytes);
    }
    free(edits);
}

/* A copy in memory of exactly that size, so that a sanitizer sees a read beyond it. */
static const char *parse_copy(const uint8_t *bytes, size_t len)
{
    struct block block;
    uint8_t *copy = malloc(len ? len : 1);
    memcpy(copy, bytes, len);
    const char *fault = block_parse(&block, copy, len);
    free(copy);
    return fault;
}

static void every_other_length_is_refused(void **state)
{
    const struct sample *sample = *state;
    uint8_t *longer = calloc(1, sample->len + 8);
    memcpy(longer, sample->bytes, sample->len);
    for (size_t len = 0; len < sample->len + 8; len++) {
        if (len == sample->len)
            assert_null(parse_copy(longer, len));
        else
            assert_non_null(parse_copy(longer, len));
    }
    free(longer);
}

static void counts_that_lie_are_refused(void **state)
{
    const struct sample *sample = *state;
    static const uint32_t lies[] = {0, 1, 4, 6, 13, 15, 0x7fffffff, 0x80000000, UINT32_MAX};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        for (size_t j = 0; j <= sizeof lies / sizeof *lies; j++) {
            uint8_t *bytes = malloc(sample->len);
            memcpy(bytes, sample->bytes, sample->len);
            store_u32(bytes + AT_RECORDS, lies[i]);
            if (j < sizeof lies / sizeof *lies)
                store_u32(bytes + AT_EDITS, lies[j]);
            assert_non_null(parse_copy(bytes, sample->len));
            free(bytes);
        }
    }
}

/* bytes with 64 bits at `at` in place of what stands there. */
static const char *parse_with(const struct sample *sample, size_t at, uint64_t value, size_t n)
{
    uint8_t *bytes = malloc(sample->len), number[8];
    memcpy(bytes, sample->bytes, sample->len);
    store_u64(number, value);
    memcpy(bytes + at, number, n);
    const char *fault = parse_copy(bytes, sample->len);
    free(bytes);
    return fault;
}

static void every_field_is_checked(void **state)
{
    const struct sample *sample = *state;
    size_t columns = 64, counts_at = columns + 16 * N, edits_at = columns + 20 * N;
    for (size_t at = 0; at < AT_POSITION; at++) /* magic and format */
        assert_non_null(parse_with(sample, at, 0xee, 1));
    assert_non_null(parse_with(sample, AT_POSITION, 1024, 2));
    assert_non_null(parse_with(sample, AT_POSITION + 2, 0x8000, 2));
    assert_non_null(parse_with(sample, 14, 1, 2));
    assert_non_null(parse_with(sample, 32, 0, 8)); /* block 0 begins at 0 */
    assert_non_null(parse_with(sample, AT_FROM, 5, 8));
    assert_null(parse_with(sample, AT_FROM, 3, 8));
    assert_non_null(parse_with(sample, AT_TO, 200, 8));
    assert_non_null(parse_with(sample, AT_TO, 202, 8));
    assert_non_null(parse_with(sample, columns + 8, 4, 8)); /* the same offset again */
    assert_non_null(parse_with(sample, columns + 8 * 4, UINT64_MAX, 8));
    assert_non_null(parse_with(sample, counts_at, 0, 4));
    assert_non_null(parse_with(sample, counts_at, 2, 4));
    assert_non_null(parse_with(sample, counts_at, UINT32_MAX, 4));
    assert_non_null(parse_with(sample, edits_at, edit_pack(1000, 0, 0), 3));
    assert_non_null(parse_with(sample, sample->len - 3, edit_pack(0, 1000, 0), 3));
    assert_null(parse_with(sample, sample->len - 3, edit_pack(0, 999, 15), 3));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_encoded_is_parsed),
        TEST(versions_and_times_are_found),
        TEST(edits_are_painted_as_far_as_asked),
        TEST(a_block_that_is_cut_is_a_block),
        TEST(complete_is_with_the_record_that_reaches_the_number),
        TEST(every_other_length_is_refused),
        TEST(counts_that_lie_are_refused),
        TEST(every_field_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
