/* SPDX-License-Identifier: ISC */
/* The ring: what is resumed is exactly what was pushed, and what was overwritten is never handed
 * out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/edit.h"

/* The source itself, to see what the writer promises to readers. */
#include "core/ring.c"

/* Edit number p of every test is the word p (cut to 24 bits): a copy tells by itself where it is
 * from. */
static void push(struct ring *ring, uint64_t *position, size_t n, uint64_t version)
{
    uint8_t bytes[4096 * EDIT_BYTES] = {0};
    for (size_t i = 0; i < n; i++)
        edit_store(bytes + EDIT_BYTES * i, (uint32_t)((*position + i) & 0xffffff));
    ring_push(ring, bytes, n, version, ~version);
    *position += n;
}

static void check_copy(const uint8_t *bytes, uint64_t from, uint64_t to)
{
    for (uint64_t p = from; p < to; p++)
        assert_int_equal(edit_load(bytes + EDIT_BYTES * (p - from)), p & 0xffffff);
}

static void a_reader_gets_what_was_pushed(void **state)
{
    struct ring *ring = ring_create(6, 5);
    uint64_t position = 0, version, at;
    uint8_t bytes[64 * EDIT_BYTES];
    for (uint64_t i = 1; i <= 10; i++)
        push(ring, &position, i, 10 * i);
    struct ring_mark head = ring_head(ring);
    assert_int_equal(head.version, 100);
    assert_int_equal(head.position, 55);
    assert_int_equal(head.checksum, ~(uint64_t)100);
    assert_int_equal(ring_copy(ring, 10, 55, bytes, &version), RING_READ);
    assert_int_equal(version, 100);
    check_copy(bytes, 10, 55);
    /* A cut inside the last record carries the version before it. */
    assert_int_equal(ring_copy(ring, 40, 50, bytes, &version), RING_READ);
    assert_int_equal(version, 90);
    assert_true(ring_find(ring, 40, &at));
    assert_int_equal(at, 10);
    ring_destroy(ring);
}

static void a_version_between_records_resumes_at_the_one_before(void **state)
{
    struct ring *ring = ring_create(6, 5);
    uint64_t position = 0, at;
    push(ring, &position, 3, 10);
    push(ring, &position, 3, 20);
    assert_true(ring_find(ring, 15, &at));
    assert_int_equal(at, 3);
    assert_true(ring_find(ring, 20, &at));
    assert_int_equal(at, 6);
    assert_true(ring_find(ring, 21, &at)); /* nothing is newer */
    assert_int_equal(at, 6);
    ring_destroy(ring);
}

static void what_was_overwritten_is_gone(void **state)
{
    struct ring *ring = ring_create(6, 10); /* edits run out first */
    uint64_t position = 0, version, at;
    uint8_t bytes[64 * EDIT_BYTES];
    for (uint64_t i = 1; i <= 100; i++)
        push(ring, &position, 5, i);
    assert_false(ring_find(ring, 1, &at));
    assert_int_equal(ring_copy(ring, 0, 5, bytes, &version), RING_GONE);
    assert_true(ring_find(ring, 90, &at));
    assert_int_equal(ring_copy(ring, at, position, bytes, &version), RING_READ);
    check_copy(bytes, at, position);
    ring_destroy(ring);

    ring = ring_create(10, 4); /* marks run out first */
    position = 0;
    for (uint64_t i = 1; i <= 100; i++)
        push(ring, &position, 1, i);
    assert_false(ring_find(ring, 80, &at));
    assert_true(ring_find(ring, 90, &at));
    ring_destroy(ring);
}

static void nobody_resumes_across_a_new_beginning(void **state)
{
    struct ring *ring = ring_create(6, 5);
    uint64_t position = 0, version, at;
    uint8_t bytes[200 * EDIT_BYTES];
    push(ring, &position, 10, 1);
    struct ring_mark before = ring_head(ring);
    push(ring, &position, 100, 2); /* more than the ring holds */
    struct ring_mark after = ring_head(ring);
    assert_int_equal(after.version, 2);
    assert_true(after.position > before.position);
    assert_false(ring_find(ring, 1, &at));
    assert_int_equal(ring_copy(ring, before.position, after.position, bytes, &version), RING_GONE);
    ring_destroy(ring);
}

static void what_fills_the_ring_exactly_is_all_there_and_one_edit_more_is_not(void **state)
{
    for (size_t first = 1; first < 64; first++) {
        struct ring *ring = ring_create(6, 10);
        uint64_t position = 0, version, at;
        uint8_t bytes[65 * EDIT_BYTES];
        push(ring, &position, first, 1);
        push(ring, &position, 64 - first, 2);
        assert_int_equal(ring_copy(ring, 0, 64, bytes, &version), RING_READ);
        check_copy(bytes, 0, 64);
        assert_true(ring_find(ring, 0, &at) && at == 0);
        push(ring, &position, 1, 3);
        assert_int_equal(ring_copy(ring, 0, 64, bytes, &version), RING_GONE);
        assert_false(ring_find(ring, 0, &at));
        assert_true(ring_find(ring, 1, &at) && at == first);
        assert_int_equal(ring_copy(ring, first, 65, bytes, &version), RING_READ);
        check_copy(bytes, first, 65);
        ring_destroy(ring);
    }
}

static void as_many_records_as_there_is_room_for_can_be_resumed_from_and_no_more(void **state)
{
    struct ring *ring = ring_create(10, 4); /* 16 marks */
    uint64_t position = 0, at;
    for (uint64_t i = 1; i <= 100; i++) {
        push(ring, &position, 1, 10 * i);
        uint64_t oldest = i < 16 ? 0 : i - 15; /* the beginning is a mark, too */
        for (uint64_t v = 0; v <= i; v++) {
            assert_int_equal(ring_find(ring, 10 * v, &at), v >= oldest);
            if (v >= oldest)
                assert_int_equal(at, v);
        }
        if (oldest > 0)
            assert_false(ring_find(ring, 10 * oldest - 1, &at));
    }
    ring_destroy(ring);
}

static void a_record_that_fills_the_ring_begins_it_anew(void **state)
{
    struct ring *ring = ring_create(6, 5);
    uint64_t position = 0, version, at;
    uint8_t bytes[64 * EDIT_BYTES];
    push(ring, &position, 3, 1);
    push(ring, &position, 63, 2); /* the most that goes in: the mark before it must stay */
    assert_true(ring_find(ring, 1, &at) && at == 3);
    assert_int_equal(ring_copy(ring, 3, 66, bytes, &version), RING_READ);
    check_copy(bytes, 3, 66);
    push(ring, &position, 64, 3);
    assert_false(ring_find(ring, 2, &at));
    assert_true(ring_find(ring, 3, &at) && at == ring_head(ring).position);
    ring_destroy(ring);
}

static void a_grown_ring_holds_the_same_at_the_same_positions(void **state)
{
    struct ring *small = ring_create(6, 5);
    uint64_t position = 0, version, at;
    uint8_t bytes[512 * EDIT_BYTES];
    for (uint64_t i = 1; i <= 100; i++)
        push(small, &position, 1 + i % 5, i);
    struct ring *ring = ring_grow(small, 8, 7);
    assert_non_null(ring);
    struct ring_mark head = ring_head(ring);
    assert_true(head.version == 100 && head.position == position && head.checksum == ~head.version);
    for (uint64_t v = 0; v <= 100; v++) {
        uint64_t before;
        bool held = ring_find(small, v, &before);
        assert_int_equal(ring_find(ring, v, &at), held);
        if (!held)
            continue;
        assert_true(at == before);
        assert_int_equal(ring_copy(ring, at, position, bytes, &version), RING_READ);
        check_copy(bytes, at, position);
        assert_true(version == 100);
    }
    /* What is pushed then goes on where the small one ended, and old edits stay longer. */
    uint64_t oldest = position - 30;
    for (uint64_t i = 101; i <= 140; i++)
        push(ring, &position, 1 + i % 5, i);
    assert_int_equal(ring_copy(ring, oldest, position, bytes, &version), RING_READ);
    check_copy(bytes, oldest, position);
    assert_true(ring_head(small).version == 100); /* left alone */
    ring_destroy(small);
    ring_destroy(ring);
}

/* ---- one writer, two readers, a ring so small that it is overwritten all the time ---- */

struct race {
    struct ring *ring;
    _Atomic bool stop;
};

static void *read_on(void *arg)
{
    struct race *race = arg;
    uint64_t good = 0, position = 0, version;
    uint8_t bytes[1024 * EDIT_BYTES];
    while (!atomic_load(&race->stop)) {
        struct ring_mark head = ring_head(race->ring);
        if (head.position < position)
            return NULL; /* went back */
        if (head.checksum != ~head.version && head.version != 0)
            return NULL; /* torn */
        uint64_t from = head.position > 900 ? head.position - 900 : 0;
        if (ring_copy(race->ring, from, head.position, bytes, &version) == RING_READ) {
            for (uint64_t p = from; p < head.position; p++) {
                if (edit_load(bytes + EDIT_BYTES * (p - from)) != (p & 0xffffff))
                    return NULL;
            }
            if (version < head.version)
                return NULL;
            good++;
        }
        position = head.position;
    }
    uint64_t *result = malloc(sizeof *result);
    *result = good;
    return result;
}

static void a_copy_is_whole_or_refused_while_it_is_overwritten(void **state)
{
    struct race race = {.ring = ring_create(10, 6)};
    pthread_t readers[2];
    uint64_t position = 0;
    for (size_t i = 0; i < 2; i++)
        pthread_create(&readers[i], NULL, read_on, &race);
    for (uint64_t i = 1; i <= 300000; i++)
        push(race.ring, &position, i % 13, i);
    atomic_store(&race.stop, true);
    for (size_t i = 0; i < 2; i++) {
        void *good;
        pthread_join(readers[i], &good);
        assert_non_null(good); /* NULL: something torn was handed out */
        free(good);
    }
    ring_destroy(race.ring);
}

/* Copies of all that the ring holds, which the writer meanwhile overwrites: until some have failed.
 */
static void *copy_everything(void *arg)
{
    struct race *race = arg;
    uint8_t *bytes = malloc(EDIT_BYTES << 16);
    uint64_t gone = 0, version;
    bool good = bytes != NULL;
    while (good && gone < 20) {
        uint64_t count = atomic_load(&race->ring->count), floor = atomic_load(&race->ring->floor);
        uint64_t from = mark_at(race->ring, floor).position;
        uint64_t to = mark_at(race->ring, count - 1).position;
        if (floor >= atomic_load(&race->ring->floor) && to - from <= 1 << 16) {
            enum ring_read result = ring_copy(race->ring, from, to, bytes, &version);
            gone += result == RING_GONE;
            for (uint64_t p = from; good && result == RING_READ && p < to; p++)
                good = edit_load(bytes + EDIT_BYTES * (p - from)) == (p & 0xffffff);
        }
    }
    free(bytes);
    atomic_store(&race->stop, true);
    return good ? race : NULL;
}

static void a_copy_that_was_overtaken_is_never_handed_out(void **state)
{
    struct race race = {.ring = ring_create(16, 10)};
    pthread_t reader;
    uint64_t position = 0;
    void *good;
    for (uint64_t i = 1; i <= 200; i++)
        push(race.ring, &position, 1000, i);
    pthread_create(&reader, NULL, copy_everything, &race);
    for (uint64_t i = 201; !atomic_load(&race.stop); i++)
        push(race.ring, &position, 1000, i);
    pthread_join(reader, &good);
    assert_non_null(good); /* NULL: edits were handed out that had been overwritten */
    ring_destroy(race.ring);
}

/* What a reader relies on: no mark that may be resumed from shares its place with a newer one, and
 * no edit after it does. Broken, it shows only when a reader is there in that very moment. */
static void nothing_that_may_be_read_has_been_overwritten(void **state)
{
    for (unsigned marks_log2 = 4; marks_log2 <= 8; marks_log2++) {
        struct ring *ring = ring_create(6, marks_log2);
        uint64_t position = 0;
        for (uint64_t i = 1; i <= 2000; i++) {
            push(ring, &position, i % 7 == 0 ? i % 64 : 1 + i % 3, i);
            uint64_t count = ring->count, floor = ring->floor;
            assert_true(floor < count && count - floor <= ring->marks_mask + 1);
            assert_true(mark_at(ring, count - 1).position - mark_at(ring, floor).position <=
                        ring->edits_mask + 1);
            for (uint64_t k = floor + 1; k < count; k++)
                assert_true(mark_at(ring, k).version == mark_at(ring, k - 1).version + 1);
        }
        ring_destroy(ring);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_gets_what_was_pushed),
        cmocka_unit_test(a_version_between_records_resumes_at_the_one_before),
        cmocka_unit_test(what_was_overwritten_is_gone),
        cmocka_unit_test(nobody_resumes_across_a_new_beginning),
        cmocka_unit_test(what_fills_the_ring_exactly_is_all_there_and_one_edit_more_is_not),
        cmocka_unit_test(as_many_records_as_there_is_room_for_can_be_resumed_from_and_no_more),
        cmocka_unit_test(a_record_that_fills_the_ring_begins_it_anew),
        cmocka_unit_test(a_grown_ring_holds_the_same_at_the_same_positions),
        cmocka_unit_test(a_copy_that_was_overtaken_is_never_handed_out),
        cmocka_unit_test(nothing_that_may_be_read_has_been_overwritten),
        cmocka_unit_test(a_copy_is_whole_or_refused_while_it_is_overwritten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
