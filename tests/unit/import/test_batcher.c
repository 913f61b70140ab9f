/* SPDX-License-Identifier: ISC */
/* Rows become records: one second and one canvas each, none too large, always the same ones. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "core/authors.h"
#include "core/edit.h"
#include "import/batcher.h"

struct seen {
    struct batches batches;
    size_t n, edits, stop_at;
    struct position positions[4096];
    size_t counts[4096];
    int64_t times[4096];
    uint32_t words[65536]; /* of all batches, one after the other */
    uint64_t authors[65536];
};

static int take(struct batches *batches, const struct batch *batch)
{
    struct seen *seen = (struct seen *)batches;
    struct record record = {.value = batch->value, .authors = batch->authors};
    struct record_edits edits = record_edits(&record);
    assert_int_equal(edits.n, batch->n);
    assert_true(position_equal(edits.position, batch->position));
    assert_ptr_equal(edits.edits, batch->edits);
    if (batch->authors.data)
        assert_int_equal(authors_count(batch->authors), batch->n);
    for (size_t i = 0; i < batch->n; i++, seen->edits++) {
        seen->words[seen->edits] = edit_load(batch->edits + EDIT_BYTES * i);
        seen->authors[seen->edits] = batch->authors.data ? authors_of(batch->authors, i) : 0;
    }
    seen->positions[seen->n] = batch->position;
    seen->counts[seen->n] = batch->n;
    seen->times[seen->n] = batch->time_ms;
    seen->n++;
    return seen->stop_at == seen->n ? 7 : 0;
}

static struct seen *seen_create(void)
{
    struct seen *seen = calloc(1, sizeof *seen);
    assert_non_null(seen);
    seen->batches.batch = take;
    return seen;
}

static void add(struct batcher *batcher, int64_t ms, int16_t gx, uint32_t word, uint64_t author)
{
    const struct row row = {.time_ms = ms, .author = author, .position = {gx, 0}, .word = word};
    assert_int_equal(batcher_add(batcher, &row), 0);
}

static void a_record_is_of_one_second_and_one_canvas(void **state)
{
    struct seen *seen = seen_create();
    struct batcher *batcher = batcher_create(100, true, false, &seen->batches);
    add(batcher, 1000, 0, 1, 11);
    add(batcher, 1100, 1, 2, 12);
    add(batcher, 1200, 0, 3, 13);
    add(batcher, 1999, -5, 4, 14);
    assert_int_equal(seen->n, 0);
    add(batcher, 2000, 0, 5, 15);
    assert_int_equal(seen->n, 3);
    assert_int_equal(batcher_finish(batcher), 0);
    assert_int_equal(seen->n, 4);
    /* by the time of the last edit */
    static const int16_t gx[] = {1, 0, -5, 0};
    static const int64_t times[] = {1100, 1200, 1999, 2000};
    static const uint32_t words[] = {2, 1, 3, 4, 5};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(seen->positions[i].gx, gx[i]);
        assert_true(seen->times[i] == times[i]);
    }
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(seen->words[i], words[i]);
        assert_int_equal(seen->authors[i], 10 + words[i]);
    }
    batcher_destroy(batcher);
    free(seen);
}

static void times_never_go_back_and_no_record_is_too_large(void **state)
{
    struct seen *seen = seen_create();
    struct batcher *batcher = batcher_create(7, false, false, &seen->batches);
    uint32_t next[3] = {0}; /* each canvas's words count on */
    for (uint32_t i = 0; i < 9000; i++) {
        int16_t gx = (int16_t)(i * 2654435761u >> 16 & 1 ? i % 3 : 0);
        add(batcher, 5000 + i / 3, gx, next[gx]++ % 1000, 0);
    }
    assert_int_equal(batcher_finish(batcher), 0);
    assert_int_equal(seen->edits, 9000);
    uint32_t got[3] = {0};
    for (size_t i = 0, at = 0; i < seen->n; i++) {
        assert_in_range(seen->counts[i], 1, 7);
        if (i > 0)
            assert_true(seen->times[i] >= seen->times[i - 1]);
        int16_t gx = seen->positions[i].gx;
        for (size_t k = 0; k < seen->counts[i]; k++)
            assert_int_equal(seen->words[at++], got[gx]++ % 1000);
    }
    assert_memory_equal(got, next, sizeof got);
    batcher_destroy(batcher);
    free(seen);
}

static void many_canvases_of_one_time_go_out_in_parts(void **state)
{
    struct seen *seen = seen_create();
    struct batcher *batcher = batcher_create(1000, true, false, &seen->batches);
    for (int round = 0; round < 3; round++) {
        for (int16_t gx = -500; gx < 500; gx++)
            add(batcher, 0, gx, 1, 0);
    }
    assert_int_equal(batcher_finish(batcher), 0);
    assert_int_equal(seen->edits, 3000);
    assert_int_equal(seen->n, 3000);
    batcher_destroy(batcher);
    free(seen);
}

static void whole_ones_are_full_whatever_the_time(void **state)
{
    struct seen *seen = seen_create();
    struct batcher *batcher = batcher_create(50, false, true, &seen->batches);
    for (uint32_t i = 0; i < 1010; i++)
        add(batcher, 5000 * (int64_t)i, 3, i % 1000, 0);
    assert_int_equal(batcher_finish(batcher), 0);
    assert_int_equal(seen->n, 21);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(seen->counts[i], 50);
    batcher_destroy(batcher);
    free(seen);
}

static void it_stops_when_it_is_told(void **state)
{
    struct seen *seen = seen_create();
    seen->stop_at = 2;
    struct batcher *batcher = batcher_create(1, true, false, &seen->batches);
    const struct row row = {.time_ms = 1};
    int rc = 0;
    for (int i = 0; i < 10 && rc == 0; i++)
        rc = batcher_add(batcher, &row);
    assert_int_equal(rc, 7);
    assert_int_equal(seen->n, 2);
    batcher_destroy(batcher);
    batcher_destroy(NULL);
    free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_of_one_second_and_one_canvas),
        cmocka_unit_test(times_never_go_back_and_no_record_is_too_large),
        cmocka_unit_test(many_canvases_of_one_time_go_out_in_parts),
        cmocka_unit_test(whole_ones_are_full_whatever_the_time),
        cmocka_unit_test(it_stops_when_it_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
