/* SPDX-License-Identifier: ISC */
/* The small parts of history: activity, rows, keyframes, the open block, the progress, digests. */
#include "cmocka_all.h"
#include "history/activity.h"
#include "history/keyframe.h"
#include "history/progress.h"
#include "history/row.h"
#include "history/tail.h"

#include <stdlib.h>
#include <string.h>

#include "core/canvas.h"
#include "core/hex.h"

static const uint8_t genesis[GENESIS_BYTES] = {1, 2, 3};
static const struct position place = {-5, 6};

/* ---- activity ---- */

static uint64_t random_state = 1;

static uint32_t random_below(uint32_t below)
{
    random_state = random_state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)((random_state >> 33) % below);
}

/* The samples as PROTOCOL.md says, from all records at once: the least step that is a power of two
 * and leaves 1,024 at most. */
static void expect_naive(const struct activity *activity, const uint32_t *n, size_t records)
{
    uint64_t step = 1;
    size_t count = SIZE_MAX;
    for (;; step *= 2) {
        uint64_t edits = 0;
        count = 0;
        for (size_t i = 0; i < records; i++) {
            bool sample = (edits + n[i]) / step != edits / step;
            edits += n[i];
            if (sample && count < activity->n && step == activity_step(activity)) {
                assert_true(activity->samples[count].version == 10 * i + 1);
                assert_true(activity->samples[count].time_ms == (int64_t)i * 7);
            }
            count += sample;
        }
        if (count <= ACTIVITY_SAMPLES_MAX)
            break;
    }
    assert_true(activity_step(activity) == step);
    assert_int_equal(activity->n, count);
}

static void activity_is_a_fold(void **state)
{
    static uint32_t n[70000];
    static const uint32_t most[] = {1, 3, 100, 70000};
    for (size_t kind = 0; kind < 4; kind++) {
        struct activity activity = {0};
        for (size_t i = 0; i < 70000; i++) {
            n[i] = 1 + random_below(most[kind]);
            assert_int_equal(activity_add(&activity, 10 * i + 1, (int64_t)i * 7, n[i]), 0);
            if (i < 5 || i % 997 == 0 || (i > 1020 && i < 1028))
                expect_naive(&activity, n, i + 1);
        }
        expect_naive(&activity, n, 70000);
        activity_finish(&activity);
    }
}

/* ---- digests ---- */

static void digests_are_sha_256(void **state)
{
    uint8_t digest[DIGEST_BYTES], chain[DIGEST_BYTES], again[DIGEST_BYTES];
    char text[HEX_BYTES(DIGEST_BYTES)];
    digest_of(digest, (const uint8_t *)"abc", 3);
    hex_encode(text, digest, DIGEST_BYTES);
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    uint8_t both[2 * DIGEST_BYTES] = {0};
    memcpy(both + DIGEST_BYTES, digest, DIGEST_BYTES);
    digest_chain(chain, NULL, digest);
    digest_of(again, both, sizeof both);
    assert_memory_equal(chain, again, DIGEST_BYTES);
    memcpy(both, chain, DIGEST_BYTES);
    digest_chain(chain, chain, digest);
    digest_of(again, both, sizeof both);
    assert_memory_equal(chain, again, DIGEST_BYTES);
}

/* ---- the open block ---- */

/* `records` records, of 1, 2, 3 ... edits, and the last one of `last` edits. */
static void fill(struct tail *tail, uint32_t records, uint32_t last)
{
    uint8_t *edits = calloc(3, last > records ? last : records);
    for (uint32_t i = 1; i <= records; i++)
        assert_int_equal(tail_add(tail, 10 * i, 5000 - i, edits, i == records ? last : i), 0);
    free(edits);
}

static void records_come_back_from_the_open_block(void **state)
{
    struct tail tail = {0};
    uint8_t *bytes;
    size_t len;
    struct block block;
    tail_begin(&tail, place, genesis, 0, 0, NULL);
    fill(&tail, 9, 9);
    assert_true(tail.info.records == 9 && tail.info.edits == 45 && tail.info.to == 91);
    assert_true(tail.info.time == 4999 && tail.info.time_to == 4991 &&
                tail.info.time_least == 4991);
    assert_int_equal(
        tail_to_block(&tail.info, tail.seed, place, genesis, tail.bytes, tail.len, &bytes, &len),
        0);
    assert_null(block_parse(&block, bytes, len));
    assert_true(block.head.n_records == 9 && block_version(&block, 8) == 91);
    assert_int_equal(block_time(&block, 2), 4997);
    free(bytes);
    /* Fewer bytes than it counts, more, or of another open block. */
    assert_int_equal(tail_to_block(&tail.info, tail.seed, place, genesis, tail.bytes, tail.len - 1,
                                   &bytes, &len),
                     1);
    struct store_tail less = tail.info;
    less.records--;
    assert_int_equal(
        tail_to_block(&less, tail.seed, place, genesis, tail.bytes, tail.len, &bytes, &len), 1);
    assert_int_equal(tail_to_block(&tail.info, tail.seed ^ 1, place, genesis, tail.bytes, tail.len,
                                   &bytes, &len),
                     1);
    tail_finish(&tail);
}

static void only_what_is_in_the_file_is_dropped(void **state)
{
    struct tail tail = {0};
    struct tail_record record;
    tail_begin(&tail, place, genesis, 0, 0, NULL);
    fill(&tail, 3, 3);
    size_t first = tail_record_at(tail.seed, tail.bytes, tail.len, &record), total = tail.len;
    assert_true(first > 0 && record.n == 1 && record.offset == 10);
    tail.written = first;
    tail_drop(&tail);
    assert_int_equal(tail_length(&tail), total);
    assert_true(tail_record_at(tail.seed, tail.bytes, tail.len, &record) > 0 && record.n == 2);
    tail.written = total;
    tail_drop(&tail);
    assert_true(tail.len == 0 && tail.room == 0 && tail.dropped == total);
    tail_finish(&tail);
}

static void torn_and_foreign_records_are_refused(void **state)
{
    struct tail tail = {0}, other = {0};
    struct tail_record record;
    const uint8_t chain[DIGEST_BYTES] = {9};
    tail_begin(&tail, place, genesis, 4, 100, chain);
    fill(&tail, 1, 20);
    for (size_t len = 0; len < tail.len; len++)
        assert_int_equal(tail_record_at(tail.seed, tail.bytes, len, &record), 0);
    assert_int_equal(tail_record_at(tail.seed, tail.bytes, tail.len, &record), tail.len);
    for (size_t i = 0; i < tail.len; i++) {
        tail.bytes[i] ^= 4;
        assert_int_equal(tail_record_at(tail.seed, tail.bytes, tail.len, &record), 0);
        tail.bytes[i] ^= 4;
    }
    tail_begin(&other, place, genesis, 5, 100, chain);
    assert_true(other.seed != tail.seed);
    tail_begin(&other, place, genesis, 4, 101, chain);
    assert_true(other.seed != tail.seed);
    tail_begin(&other, place, genesis, 4, 100, NULL);
    assert_true(other.seed != tail.seed);
    tail_begin(&other, (struct position){-5, 7}, genesis, 4, 100, chain);
    assert_true(other.seed != tail.seed);
    tail_finish(&tail);
    tail_finish(&other);
}

/* ---- rows, keyframes, progress ---- */

static void rows_are_links_of_a_chain(void **state)
{
    struct tail tail = {0};
    struct block block;
    struct store_row row, got;
    uint8_t *bytes, encoded[ROW_BYTES], again[ROW_BYTES], wrong[DIGEST_BYTES] = {1};
    size_t len;
    tail_begin(&tail, place, genesis, 0, 0, NULL);
    fill(&tail, 40, 70000);
    assert_int_equal(
        tail_to_block(&tail.info, tail.seed, place, genesis, tail.bytes, tail.len, &bytes, &len),
        0);
    assert_null(block_parse(&block, bytes, len));
    row = row_of(&block, bytes, len, NULL);
    assert_true(row.time == 4999 && row.time_to == 4960 && row.time_least == 4960);
    row_encode(encoded, 0, &row);
    assert_true(row_decode(encoded, 0, NULL, &got));
    row_encode(again, 0, &got);
    assert_memory_equal(again, encoded, ROW_BYTES);
    assert_true(got.to == row.to && got.time_least == row.time_least && got.crc == row.crc);
    assert_false(row_decode(encoded, 1, NULL, &got));
    assert_false(row_decode(encoded, 0, wrong, &got));
    for (size_t i = 0; i < ROW_BYTES; i++) {
        encoded[i] ^= 0x80;
        assert_false(row_decode(encoded, 0, NULL, &got));
        encoded[i] ^= 0x80;
    }
    free(bytes);
    tail_finish(&tail);
}

static void a_keyframe_is_of_one_history_only(void **state)
{
    struct keyframe_head head = {.position = place, .block = 16, .version = 77, .chain = {5}};
    uint8_t *pixels = malloc(CANVAS_PIXELS), *got = malloc(CANVAS_PIXELS),
            *bytes = malloc(KEYFRAME_BYTES);
    for (size_t i = 0; i < CANVAS_PIXELS; i++)
        pixels[i] = (uint8_t)random_below(16);
    keyframe_encode(bytes, &head, pixels);
    assert_null(keyframe_decode(bytes, KEYFRAME_BYTES, &head, got));
    assert_memory_equal(got, pixels, CANVAS_PIXELS);
    assert_non_null(keyframe_decode(bytes, KEYFRAME_BYTES - 1, &head, got));
    assert_non_null(keyframe_decode(bytes, 0, &head, got));
    for (size_t i = 0; i < KEYFRAME_BYTES; i += i < 100 ? 1 : 4999) {
        bytes[i] ^= 1;
        assert_non_null(keyframe_decode(bytes, KEYFRAME_BYTES, &head, got));
        bytes[i] ^= 1;
    }
    struct keyframe_head others[4] = {head, head, head, head};
    others[0].block = 32;
    others[1].version = 78;
    others[2].chain[31] = 1;
    others[3].position.gx++;
    for (size_t i = 0; i < 4; i++)
        assert_non_null(keyframe_decode(bytes, KEYFRAME_BYTES, &others[i], got));
    free(pixels);
    free(got);
    free(bytes);
}

static void progress_is_whole_or_not_at_all(void **state)
{
    struct progress progress = {.genesis = {7},
                                .read = 12,
                                .anchor = {11, -1, 0xdeadbeef},
                                .canvases = 3,
                                .edits = 99,
                                .cluster = "here",
                                .topic = "pixels"},
                    got;
    uint8_t bytes[PROGRESS_BYTES], again[PROGRESS_BYTES];
    progress_encode(bytes, &progress);
    assert_true(progress_decode(bytes, sizeof bytes, &got));
    progress_encode(again, &got);
    assert_memory_equal(again, bytes, PROGRESS_BYTES);
    assert_true(anchor_equal(&got.anchor, &progress.anchor) && got.read == 12 && got.edits == 99);
    assert_string_equal(got.cluster, "here");
    assert_string_equal(got.topic, "pixels");
    for (size_t i = 0; i < sizeof bytes; i++) {
        assert_false(progress_decode(bytes, i, &got));
        bytes[i] ^= 2;
        assert_false(progress_decode(bytes, sizeof bytes, &got));
        bytes[i] ^= 2;
    }
    progress.anchor.offset = 10; /* not of the record before `read` */
    progress_encode(bytes, &progress);
    assert_false(progress_decode(bytes, sizeof bytes, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activity_is_a_fold),
        cmocka_unit_test(digests_are_sha_256),
        cmocka_unit_test(records_come_back_from_the_open_block),
        cmocka_unit_test(only_what_is_in_the_file_is_dropped),
        cmocka_unit_test(torn_and_foreign_records_are_refused),
        cmocka_unit_test(rows_are_links_of_a_chain),
        cmocka_unit_test(a_keyframe_is_of_one_history_only),
        cmocka_unit_test(progress_is_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
