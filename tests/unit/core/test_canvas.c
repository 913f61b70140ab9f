/* SPDX-License-Identifier: ISC */
/* test_canvas: the fold against a naive one, and the checksum kept up against the one recomputed.
 */
#include "cmocka_all.h"
#include "core/canvas.h"
#include "core/checksum.h"

#include <stdlib.h>
#include <string.h>

static uint32_t seed = 1;

static uint32_t chance(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static struct canvas *blank(void)
{
    struct canvas *canvas = malloc(sizeof *canvas);
    assert_non_null(canvas);
    canvas_init(canvas);
    return canvas;
}

static void blank_canvas_is_zero(void **state)
{
    struct canvas *canvas = blank();
    assert_true(canvas->version == 0 && canvas->checksum == 0 && !canvas->has_genesis);
    assert_true(canvas_checksum(canvas->pixels) == 0);
    free(canvas);
}

/* Values from a Python program that follows PROTOCOL.md. */
static void checksums_are_known(void **state)
{
    assert_true(checksum_pixel(5, 0) == 0);
    assert_true(checksum_pixel(0, 1) == 0x9635f91d36deb503);
    assert_true(checksum_pixel(999999, 15) == 0xbdbbd569079953c2);
    assert_true(checksum_pixel(123456, 7) == 0x518dcb4b3fd35261);
    struct canvas *canvas = blank();
    for (uint32_t p = 0; p < CANVAS_PIXELS; p++)
        canvas->pixels[p] = (uint8_t)((p * 7 + p / 1000) % 16);
    assert_true(canvas_checksum(canvas->pixels) == 0x7bbeec1291d6aa46);
    free(canvas);
}

static void later_edits_win(void **state)
{
    struct canvas *canvas = blank();
    uint8_t value[3 * EDIT_BYTES];
    edit_store(value, edit_pack(10, 20, 1));
    edit_store(value + 3, edit_pack(20, 10, 2));
    edit_store(value + 6, edit_pack(10, 20, 3));
    struct record record = {.offset = 7, .value = {value, sizeof value}};
    assert_int_equal(canvas_fold(canvas, &record), 3);
    assert_int_equal(canvas->pixels[20 * CANVAS_WIDTH + 10], 3);
    assert_int_equal(canvas->pixels[10 * CANVAS_WIDTH + 20], 2);
    assert_true(canvas->version == 8 && canvas->anchor.offset == 7);
    /* Back to white: the checksum is that of a blank canvas again. */
    edit_store(value, edit_pack(10, 20, 0));
    edit_store(value + 3, edit_pack(20, 10, 0));
    record = (struct record){.offset = 100, .value = {value, 6}};
    assert_int_equal(canvas_fold(canvas, &record), 2);
    assert_true(canvas->checksum == 0 && canvas->version == 101);
    free(canvas);
}

static void skipped_record_only_moves_the_version(void **state)
{
    struct canvas *canvas = blank(), *before = blank();
    uint8_t value[2 * EDIT_BYTES];
    edit_store(value, edit_pack(1, 1, 5));
    edit_store(value + 3, edit_pack(0, 1000, 5));
    struct record record = {.offset = 3, .time_ms = 9, .value = {value, sizeof value}};
    assert_int_equal(canvas_fold(canvas, &record), 0);
    assert_memory_equal(canvas->pixels, before->pixels, CANVAS_PIXELS);
    assert_true(canvas->checksum == 0 && canvas->version == 4);
    struct anchor anchor = record_anchor(&record);
    assert_true(anchor_equal(&canvas->anchor, &anchor));
    free(before);
    free(canvas);
}

static void first_well_formed_genesis_stays(void **state)
{
    struct canvas *canvas = blank();
    uint8_t value[EDIT_BYTES] = {0}, one[GENESIS_BYTES + 1], two[GENESIS_BYTES];
    memset(one, 1, sizeof one);
    memset(two, 2, sizeof two);
    struct record record = {.value = {value, sizeof value}, .genesis = {one, GENESIS_BYTES + 1}};
    canvas_fold(canvas, &record);
    assert_false(canvas->has_genesis);
    record = (struct record){.offset = 1, .value = {value, 2}, .genesis = {two, GENESIS_BYTES}};
    canvas_fold(canvas, &record); /* a skipped record's genesis counts like any other */
    assert_true(canvas->has_genesis);
    record = (struct record){.offset = 2, .value = {value, 3}, .genesis = {one, GENESIS_BYTES}};
    canvas_fold(canvas, &record);
    assert_memory_equal(canvas->genesis, two, GENESIS_BYTES);
    free(canvas);
}

/* Thousands of records, some of them garbage, few pixels so that they are painted over and over. */
static void random_folds_equal_a_naive_one(void **state)
{
    struct canvas *canvas = blank();
    uint8_t *naive = calloc(1, CANVAS_PIXELS);
    assert_non_null(naive);
    uint64_t offset = 0;
    for (int round = 0; round < 3000; round++) {
        uint8_t value[40 * EDIT_BYTES + 2];
        size_t n = 1 + chance(40), len = n * EDIT_BYTES;
        bool good = true;
        for (size_t i = 0; i < n; i++) {
            uint32_t x = chance(4) ? chance(30) : 970 + chance(30), y = chance(1000);
            if (chance(2000) == 0)
                x = 1000 + chance(24);
            good &= x < 1000;
            edit_store(value + EDIT_BYTES * i, edit_pack(x, y, chance(16)));
        }
        if (chance(50) == 0) {
            len += 1 + chance(2);
            good = false;
        }
        for (size_t i = 0; good && i < n; i++) {
            const uint8_t *b = value + EDIT_BYTES * i;
            uint32_t word = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16;
            naive[(word >> 10 & 1023) * 1000 + (word & 1023)] = (uint8_t)(word >> 20);
        }
        offset += chance(3);
        struct record record = {.offset = offset, .value = {value, len}};
        assert_int_equal(canvas_fold(canvas, &record), good ? n : 0);
        assert_true(canvas->version == ++offset);
        if (round % 100 == 0)
            assert_true(canvas->checksum == canvas_checksum(canvas->pixels));
    }
    assert_memory_equal(canvas->pixels, naive, CANVAS_PIXELS);
    assert_true(canvas->checksum == canvas_checksum(naive));
    free(naive);
    free(canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blank_canvas_is_zero),
        cmocka_unit_test(checksums_are_known),
        cmocka_unit_test(later_edits_win),
        cmocka_unit_test(skipped_record_only_moves_the_version),
        cmocka_unit_test(first_well_formed_genesis_stays),
        cmocka_unit_test(random_folds_equal_a_naive_one),
    };
    return cmocka_run_group_tests_name("canvas", tests, NULL, NULL);
}
