/* SPDX-License-Identifier: ISC */
/*
 * Readers whose frames are cut in any honest way pass; a frame that is skipped, repeated, changed
 * or numbered wrongly is found and called by its name.
 */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "core/canvas.h"
#include "core/edit.h"
#include "follower.h"

enum {
    RECORDS = 200,
    EDITS_MAX = 40,
    BEGIN = 100, /* the version before the first record */
};

/* The log: record i brings the version to `version[i]` and has the edits [from[i], from[i + 1]). */
static uint64_t version[RECORDS];
static size_t from[RECORDS + 1];
static uint8_t edits[RECORDS * EDITS_MAX * EDIT_BYTES];
static uint8_t blank[CANVAS_PIXELS];
static struct reference ref;

static uint32_t any(uint32_t n)
{
    return (uint32_t)rand() % n;
}

static int set_up(void **state)
{
    srand(7);
    uint64_t at = BEGIN;
    for (size_t i = 0; i < RECORDS; i++) {
        at += 1 + any(3); /* versions skip */
        version[i] = at;
        from[i + 1] = from[i] + 1 + any(EDITS_MAX);
        for (size_t k = from[i]; k < from[i + 1]; k++)
            edit_store(edits + EDIT_BYTES * k, edit_pack(any(1000), any(1000), any(16)));
    }
    if (reference_init(&ref) != 0)
        return -1;
    reference_begin(&ref, BEGIN, blank);
    return 0;
}

static int tear_down(void **state)
{
    reference_finish(&ref);
    return 0;
}

/* The leader gets the records [a, b) as one frame. */
static void lead(size_t a, size_t b)
{
    size_t n = from[b] - from[a];
    struct stamp stamps[2] = {
        {.sent_us = (uint32_t)from[a], .weight = 1, .before = (uint32_t)(EDIT_BYTES * (n - 1))},
        {.sent_us = (uint32_t)from[b] - 1, .weight = 1, .before = 0}}; /* its first and last edit */
    reference_extend(&ref, version[b - 1], true, edits + EDIT_BYTES * from[a], n, stamps, 2);
}

/* The leader gets all, some records at a time. */
static void lead_all(void)
{
    for (size_t i = 0; i < RECORDS;) {
        size_t n = 1 + any(5);
        n = n < RECORDS - i ? n : RECORDS - i;
        lead(i, i + n);
        i += n;
    }
}

static struct verdict verdict;

/* A reader gets the records [a, b) as one frame. */
static enum follow give(struct follower *f, size_t a, size_t b)
{
    return follower_frame(f, &ref, version[b - 1], edits + EDIT_BYTES * from[a], from[b] - from[a],
                          &verdict);
}

static bool clean(void)
{
    return !(verdict.missing | verdict.repeated | verdict.wrong | verdict.unchecked) &&
           !verdict.backwards && !verdict.misnumbered;
}

static uint64_t version_before(size_t record)
{
    return record == 0 ? BEGIN : version[record - 1];
}

/* A reader that was told all records before `record` and goes on from there. */
static struct follower at(size_t record)
{
    struct follower f = {0};
    follower_start(&f, &ref, version_before(record));
    return f;
}

static void any_way_of_cutting_passes(void **state)
{
    lead_all();
    for (unsigned round = 0; round < 300; round++) {
        size_t i = any(RECORDS);
        struct follower f = at(i);
        while (i < RECORDS) {
            size_t n = 1 + any(9);
            n = n < RECORDS - i ? n : RECORDS - i;
            assert_int_equal(give(&f, i, i + n), FOLLOW_DONE);
            assert_true(clean());
            i += n;
            if (any(4) == 0) /* comes back with its version */
                follower_start(&f, &ref, f.version);
        }
        assert_int_equal(f.cursor, ref.head);
        assert_int_equal(f.version, version[RECORDS - 1]);
    }
}

/* Whichever way the frames are cut: each stamped edit is seen once, with the frame that has it. */
static void every_edit_is_seen_with_its_own_frame(void **state)
{
    lead_all();
    size_t stamped = 0, seen_in_all = 0;
    for (uint64_t i = ref.first; i < ref.n_marks; i++)
        stamped += reference_mark(&ref, i)->n_stamps;
    for (unsigned round = 0; round < 100; round++) {
        struct follower f = at(0);
        size_t seen = 0;
        for (size_t i = 0; i < RECORDS;) {
            size_t n = 1 + any(9);
            n = n < RECORDS - i ? n : RECORDS - i;
            assert_int_equal(give(&f, i, i + n), FOLLOW_DONE);
            const struct stamp *stamp;
            while ((stamp = reference_stamp(&ref, &verdict.seen)) != NULL) {
                assert_in_range(stamp->sent_us, from[i], from[i + n] - 1);
                seen++;
            }
            i += n;
        }
        assert_int_equal(seen, stamped);
        seen_in_all += seen;
    }
    assert_true(seen_in_all > 100 * RECORDS / 5);
}

static void a_reader_that_is_ahead_waits(void **state)
{
    lead(0, 10);
    struct follower f = at(10);
    assert_int_equal(give(&f, 10, 12), FOLLOW_WAIT);
    lead(10, 11); /* less than the frame */
    assert_int_equal(give(&f, 10, 12), FOLLOW_WAIT);
    lead(11, 15); /* more */
    assert_int_equal(give(&f, 10, 12), FOLLOW_DONE);
    assert_true(clean());
    assert_int_equal(give(&f, 12, 15), FOLLOW_DONE);
    assert_true(clean());
    assert_int_equal(f.cursor, ref.head);
}

/* It joined in the middle of what was one frame for the leader. */
static void a_reader_that_begins_between_marks_is_placed(void **state)
{
    lead(0, 10);
    lead(10, 20);
    lead(20, 30);
    struct follower f = at(13);
    assert_false(f.anchored);
    assert_int_equal(give(&f, 13, 20), FOLLOW_DONE); /* by its end */
    assert_true(clean() && f.anchored);
    f = at(13);
    assert_int_equal(give(&f, 13, 17), FOLLOW_DONE); /* by its edits */
    assert_true(clean() && f.anchored);
    assert_int_equal(give(&f, 17, 30), FOLLOW_DONE);
    assert_true(clean());
    assert_int_equal(f.cursor, ref.head);
}

static void a_skipped_frame_is_missing(void **state)
{
    lead_all();
    for (size_t skipped = 1; skipped + 1 < RECORDS; skipped += 7) {
        struct follower f = at(skipped - 1);
        assert_int_equal(give(&f, skipped - 1, skipped), FOLLOW_DONE);
        assert_int_equal(give(&f, skipped + 1, RECORDS), FOLLOW_DONE);
        assert_int_equal(verdict.missing, from[skipped + 1] - from[skipped]);
        assert_int_equal(verdict.repeated + verdict.wrong, 0);
        assert_int_equal(f.cursor, ref.head);
    }
}

/* As many edits as were skipped, before the leader has got them: not those that were skipped,
 * wrong, but of a place that is not there yet. */
static void a_skipped_frame_is_missing_when_the_reader_is_ahead_of_the_leader(void **state)
{
    size_t n = from[11] - from[10], next = 12;
    while (from[next] - from[11] < n)
        next++;
    from[next] = from[11] + n; /* the record before `next` ends where we need it */
    lead(0, 10);
    struct follower f = at(10);
    assert_int_equal(give(&f, 11, next), FOLLOW_WAIT);
    lead(10, 11);
    assert_int_equal(give(&f, 11, next), FOLLOW_WAIT);
    lead(11, next);
    assert_int_equal(give(&f, 11, next), FOLLOW_DONE);
    assert_int_equal(verdict.missing, n);
    assert_int_equal(verdict.repeated + verdict.wrong, 0);
    assert_int_equal(f.cursor, ref.head);
}

static void a_repeated_frame_is_repeated(void **state)
{
    for (size_t i = 0; i < 30; i++)
        lead(i, i + 1);
    struct follower f = at(10);
    assert_int_equal(give(&f, 10, 12), FOLLOW_DONE);
    assert_int_equal(give(&f, 10, 12), FOLLOW_DONE);
    assert_int_equal(verdict.repeated, from[12] - from[10]);
    assert_int_equal(verdict.missing + verdict.wrong, 0);
    assert_int_equal(give(&f, 12, 30), FOLLOW_DONE);
    assert_true(clean());
    assert_int_equal(give(&f, 12, 30), FOLLOW_DONE); /* at the head */
    assert_int_equal(verdict.repeated, from[30] - from[12]);
    assert_int_equal(give(&f, 5, 12), FOLLOW_DONE);
    assert_true(verdict.backwards);
    assert_int_equal(verdict.repeated, from[12] - from[5]);
}

static void a_changed_colour_is_wrong(void **state)
{
    lead_all();
    for (unsigned round = 0; round < 200; round++) {
        size_t a = any(RECORDS), b = a + 1 + any((uint32_t)(RECORDS - a));
        size_t changed = from[a] + any((uint32_t)(from[b] - from[a]));
        struct follower f = at(a);
        edits[EDIT_BYTES * changed + 2] ^= 0x10;
        assert_int_equal(give(&f, a, b), FOLLOW_DONE);
        edits[EDIT_BYTES * changed + 2] ^= 0x10;
        if (f.anchored) {
            assert_int_equal(verdict.wrong, 1);
            if (b < RECORDS) {
                assert_int_equal(give(&f, b, RECORDS), FOLLOW_DONE);
                assert_true(clean());
            }
        } else {
            assert_int_equal(verdict.wrong, from[b] - from[a]); /* it was never placed */
        }
    }
}

static void an_edit_too_few_or_too_many_is_found(void **state)
{
    lead_all();
    for (size_t i = 1; i + 1 < RECORDS; i++) {
        size_t n = from[i + 1] - from[i];
        struct follower f = at(i);
        follower_frame(&f, &ref, version[i], edits + EDIT_BYTES * from[i], n + 1, &verdict);
        if (clean()) /* the leader got it in one with the next; then the next frame tells */
            give(&f, i + 1, RECORDS);
        assert_false(clean());
        if (n == 1)
            continue;
        f = at(i);
        follower_frame(&f, &ref, version[i], edits + EDIT_BYTES * from[i], n - 1, &verdict);
        if (clean())
            give(&f, i + 1, RECORDS);
        assert_false(clean());
    }
}

static void wrong_versions_are_found(void **state)
{
    for (size_t i = 0; i < RECORDS; i++) {
        version[i] = BEGIN + 1 + i; /* without gaps, as most logs are */
        lead(i, i + 1);
    }
    for (int by = -1; by <= 1; by += 2) {
        struct follower f = at(50);
        bool found = false;
        for (size_t i = 50; i < 60; i++) {
            follower_frame(&f, &ref, version[i] + (uint64_t)by, edits + EDIT_BYTES * from[i],
                           from[i + 1] - from[i], &verdict);
            found |= !clean();
        }
        assert_true(found);
    }
}

static void a_frame_without_edits_moves_the_version(void **state)
{
    lead(0, 10);
    struct follower f = at(10), leader = at(10);
    assert_true(follower_new_version(&leader, &ref, version[9] + 1));
    reference_extend(&ref, version[9] + 1, true, NULL, 0, NULL, 0);
    assert_int_equal(follower_frame(&f, &ref, version[9] + 1, NULL, 0, &verdict), FOLLOW_DONE);
    assert_true(clean());
    assert_int_equal(f.version, version[9] + 1);
    follower_start(&f, &ref, f.version);
    assert_true(f.anchored);
    assert_int_equal(f.cursor, ref.head);
}

/* A record of 50,000 edits, cut into frames that carry the version before it. */
static void a_record_that_is_cut_passes(void **state)
{
    enum { LONG = 50000, CUT = 21000 };
    uint8_t *record = malloc(LONG * EDIT_BYTES);
    assert_non_null(record);
    for (size_t i = 0; i < LONG; i++)
        edit_store(record + EDIT_BYTES * i, edit_pack(any(1000), any(1000), any(16)));
    lead(0, 10);
    struct follower leader = at(10), f = at(10), late = at(10);
    for (size_t i = 0; i < LONG; i += CUT) {
        size_t n = LONG - i < CUT ? LONG - i : CUT;
        uint64_t v = i + n == LONG ? version[9] + 1 : version[9];
        const uint8_t *piece = record + EDIT_BYTES * i;
        assert_int_equal(follower_frame(&f, &ref, v, piece, n, &verdict), FOLLOW_WAIT);
        assert_int_equal(follower_news(&leader, &ref, v, piece, n), n);
        reference_extend(&ref, v, follower_exact(&leader, v, n), piece, n, NULL, 0);
        assert_int_equal(follower_frame(&leader, &ref, v, piece, n, &verdict), FOLLOW_DONE);
        assert_true(clean());
        assert_int_equal(follower_frame(&f, &ref, v, piece, n, &verdict), FOLLOW_DONE);
        assert_true(clean());
        if (i == 0) { /* comes back in the middle, and gets the record again */
            follower_start(&f, &ref, version[9]);
            assert_int_equal(follower_frame(&f, &ref, v, piece, n, &verdict), FOLLOW_DONE);
            assert_true(clean());
        }
        assert_int_equal(follower_news(&leader, &ref, v, piece, n), 0); /* the same again */
        struct follower again = leader;
        follower_frame(&again, &ref, v, piece, n, &verdict);
        assert_int_equal(verdict.repeated, n);
    }
    assert_int_equal(follower_frame(&late, &ref, version[9] + 1, record, LONG, &verdict),
                     FOLLOW_DONE);
    assert_true(clean());
    assert_int_equal(late.cursor, ref.head);
    assert_int_equal(f.cursor, ref.head);
    free(record);
}

static void a_leader_is_not_believed_when_it_contradicts_itself(void **state)
{
    lead(0, 9);
    lead(9, 10);
    struct follower f = at(10);
    const uint8_t *ten = edits + EDIT_BYTES * from[10];
    size_t n = from[11] - from[10];
    assert_int_equal(follower_news(&f, &ref, version[10], ten, n), n);
    assert_int_equal(follower_news(&f, &ref, version[9] - 1, ten, n), 0); /* went back */
    const uint8_t *nine = edits + EDIT_BYTES * from[9];
    assert_int_equal(follower_news(&f, &ref, version[9], nine, from[10] - from[9]), 0);
    f = at(9); /* behind: only what is new */
    assert_int_equal(follower_news(&f, &ref, version[10], nine, from[11] - from[9]), n);
    edits[EDIT_BYTES * from[9]] ^= 1; /* differs in what is known already */
    assert_int_equal(follower_news(&f, &ref, version[10], nine, from[11] - from[9]), 0);
    edits[EDIT_BYTES * from[9]] ^= 1;
}

static void a_new_epoch_places_everybody_anew(void **state)
{
    lead(0, 10);
    struct follower f = at(0);
    assert_int_equal(give(&f, 0, 10), FOLLOW_DONE);
    reference_begin(&ref, version[19], blank); /* records 10 to 19 were never seen */
    assert_int_equal(give(&f, 10, 20), FOLLOW_DONE);
    assert_int_equal(verdict.wrong + verdict.missing + verdict.repeated, 0);
    lead(20, 30);
    assert_int_equal(give(&f, 20, 30), FOLLOW_DONE);
    assert_true(clean());
    assert_int_equal(f.cursor, ref.head);
}

static void what_is_too_old_is_not_judged(void **state)
{
    size_t all = from[RECORDS] - from[0];
    struct follower f = at(5);
    lead_all();
    uint64_t v = version[RECORDS - 1];
    for (size_t n = 0; n < REFERENCE_BYTES / EDIT_BYTES; n += all)
        reference_extend(&ref, ++v, true, edits, all, NULL, 0);
    assert_int_equal(give(&f, 5, 6), FOLLOW_DONE);
    assert_int_equal(verdict.unchecked, from[6] - from[5]);
    assert_int_equal(verdict.wrong + verdict.missing + verdict.repeated, 0);
}

/* Longer than what is kept: frames before, across and after the end of the ring are told from wrong
 * ones, and the tail is where the oldest kept edit is. */
static void the_stream_goes_around_its_ring(void **state)
{
    size_t all = from[RECORDS] - from[0], frames = REFERENCE_BYTES / EDIT_BYTES / all + 3;
    struct follower f = {0};
    uint8_t changed[EDIT_BYTES * EDITS_MAX * RECORDS];
    follower_start(&f, &ref, BEGIN);
    assert_int_equal(reference_tail(&ref), ref.base);
    for (uint64_t i = 0; i < frames; i++) {
        reference_extend(&ref, BEGIN + 1 + i, true, edits, all, NULL, 0);
        memcpy(changed, edits, EDIT_BYTES * all);
        changed[i * 7 % (EDIT_BYTES * all)] ^= 1;
        assert_true(reference_equal(&ref, f.cursor, edits, EDIT_BYTES * all));
        assert_false(reference_equal(&ref, f.cursor, changed, EDIT_BYTES * all));
        assert_int_equal(reference_differ(&ref, f.cursor, changed, all), 1);
        assert_int_equal(follower_frame(&f, &ref, BEGIN + 1 + i, edits, all, &verdict),
                         FOLLOW_DONE);
        assert_int_equal(verdict.missing + verdict.repeated + verdict.wrong + verdict.unchecked, 0);
    }
    assert_int_equal(f.cursor, ref.head);
    assert_int_equal(ref.head - reference_tail(&ref), REFERENCE_BYTES);
}

static void the_picture_is_the_fold(void **state)
{
    static uint8_t pixels[CANVAS_PIXELS];
    lead_all();
    memset(pixels, 0, sizeof pixels);
    for (size_t i = 0; i < from[RECORDS]; i++) {
        uint32_t word = edit_load(edits + EDIT_BYTES * i);
        pixels[edit_y(word) * CANVAS_WIDTH + edit_x(word)] = (uint8_t)edit_colour(word);
    }
    assert_memory_equal(ref.pixels, pixels, sizeof pixels);
    assert_true(ref.checksum == canvas_checksum(pixels));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(any_way_of_cutting_passes),
        TEST(every_edit_is_seen_with_its_own_frame),
        TEST(a_reader_that_is_ahead_waits),
        TEST(a_reader_that_begins_between_marks_is_placed),
        TEST(a_skipped_frame_is_missing),
        TEST(a_skipped_frame_is_missing_when_the_reader_is_ahead_of_the_leader),
        TEST(a_repeated_frame_is_repeated),
        TEST(a_changed_colour_is_wrong),
        TEST(an_edit_too_few_or_too_many_is_found),
        TEST(wrong_versions_are_found),
        TEST(a_frame_without_edits_moves_the_version),
        TEST(a_record_that_is_cut_passes),
        TEST(a_leader_is_not_believed_when_it_contradicts_itself),
        TEST(a_new_epoch_places_everybody_anew),
        TEST(what_is_too_old_is_not_judged),
        TEST(the_stream_goes_around_its_ring),
        TEST(the_picture_is_the_fold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
