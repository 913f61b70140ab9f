/* SPDX-License-Identifier: ISC */
/* test_authors: header `a` in runs, written and read, and what is malformed. */
#include "cmocka_all.h"
#include "core/authors.h"
#include "core/bytes.h"

#include <stdlib.h>
#include <string.h>

static void one_author_is_as_many_runs_as_it_takes(void **state)
{
    static const size_t counts[] = {1, 2, 65534, 65535, 65536, 131070, 131071, 200000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        size_t n = counts[i], len = authors_bytes(n), runs = (n + 65534) / 65535;
        assert_int_equal(len, 1 + 10 * runs);
        uint8_t *bytes = malloc(len);
        assert_non_null(bytes);
        authors_store(bytes, 0x1122334455667788, n);
        assert_int_equal(authors_count((struct span){bytes, len}), n);
        assert_true(authors_of((struct span){bytes, len}, 0) == 0x1122334455667788);
        assert_true(authors_of((struct span){bytes, len}, n - 1) == 0x1122334455667788);
        free(bytes);
    }
}

static void the_bytes_are_as_the_protocol_says(void **state)
{
    static const uint8_t expected[] = {1, 3, 0, 8, 7, 6, 5, 4, 3, 2, 1};
    uint8_t bytes[sizeof expected];
    assert_int_equal(authors_bytes(3), sizeof expected);
    authors_store(bytes, 0x0102030405060708, 3);
    assert_memory_equal(bytes, expected, sizeof expected);
}

static void each_edit_has_the_author_of_its_run(void **state)
{
    uint8_t bytes[1 + 3 * AUTHORS_RUN_BYTES] = {AUTHORS_VERSION};
    static const uint16_t counts[] = {2, 1, 3};
    static const uint64_t authors[] = {7, 7, 8, 9, 9, 9};
    for (size_t i = 0; i < 3; i++) {
        store_u16(bytes + 1 + AUTHORS_RUN_BYTES * i, counts[i]);
        store_u64(bytes + 1 + AUTHORS_RUN_BYTES * i + 2, 7 + i);
    }
    struct span header = {bytes, sizeof bytes};
    assert_int_equal(authors_count(header), 6);
    for (size_t i = 0; i < 6; i++)
        assert_true(authors_of(header, i) == authors[i]);
}

static void runs_that_are_given_come_back(void **state)
{
    static const struct authors_run runs[] = {{2, 7}, {AUTHORS_RUN_MAX, UINT64_MAX}, {1, 7}};
    uint8_t bytes[1 + 3 * AUTHORS_RUN_BYTES];
    for (size_t i = 0; i < 3; i++)
        authors_store_run(bytes, i, runs[i]);
    struct span header = {bytes, sizeof bytes};
    assert_int_equal(authors_count(header), 3 + AUTHORS_RUN_MAX);
    assert_int_equal(authors_runs(header), 3);
    for (size_t i = 0; i < 3; i++) {
        struct authors_run run = authors_run(header, i);
        assert_int_equal(run.count, runs[i].count);
        assert_true(run.author == runs[i].author);
    }
}

static void edits_of_different_authors_are_as_few_runs_as_can_be(void **state)
{
    enum { N = 2 * AUTHORS_RUN_MAX + 9 };
    uint64_t *authors = calloc(N, sizeof *authors);
    uint8_t *bytes = malloc(authors_runs_max(N));
    assert_true(authors && bytes);
    assert_int_equal(authors_store_runs(bytes, authors, N), 1 + 3 * AUTHORS_RUN_BYTES);
    assert_int_equal(authors_count((struct span){bytes, 1 + 3 * AUTHORS_RUN_BYTES}), N);
    for (size_t i = 0; i < N; i++)
        authors[i] = i % 7 < 3 ? UINT64_MAX - i / 7 : i;
    size_t len = authors_store_runs(bytes, authors, N);
    assert_in_range(len, 1 + (N / 7) * 5 * AUTHORS_RUN_BYTES, authors_runs_max(N) * 5 / 7 + 60);
    assert_int_equal(authors_count((struct span){bytes, len}), N);
    for (size_t i = 0, step = 1; i < N; i += step, step = step < 500 ? step + 1 : step)
        assert_true(authors_of((struct span){bytes, len}, i) == authors[i]);
    free(authors);
    free(bytes);
}

static void a_malformed_header_speaks_of_no_edit(void **state)
{
    uint8_t bytes[1 + 2 * AUTHORS_RUN_BYTES];
    authors_store(bytes, 5, 1);
    memcpy(bytes + 1 + AUTHORS_RUN_BYTES, bytes + 1, AUTHORS_RUN_BYTES);
    struct span header = {bytes, sizeof bytes};
    assert_int_equal(authors_count(header), 2);
    for (size_t len = 0; len < sizeof bytes; len++) {
        header.len = len;
        assert_int_equal(authors_count(header), len == 1 + AUTHORS_RUN_BYTES);
    }
    header.len = sizeof bytes;
    bytes[0] = 2; /* another version */
    assert_int_equal(authors_count(header), 0);
    bytes[0] = 1;
    bytes[1] = 0; /* a run of nothing */
    assert_int_equal(authors_count(header), 0);
    assert_int_equal(authors_count((struct span){NULL, 0}), 0);
    /* The form before runs: 1, then one u64 an edit. */
    uint8_t old[1 + 8] = {1};
    assert_int_equal(authors_count((struct span){old, sizeof old}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_author_is_as_many_runs_as_it_takes),
        cmocka_unit_test(the_bytes_are_as_the_protocol_says),
        cmocka_unit_test(runs_that_are_given_come_back),
        cmocka_unit_test(each_edit_has_the_author_of_its_run),
        cmocka_unit_test(edits_of_different_authors_are_as_few_runs_as_can_be),
        cmocka_unit_test(a_malformed_header_speaks_of_no_edit),
    };
    return cmocka_run_group_tests_name("authors", tests, NULL, NULL);
}
