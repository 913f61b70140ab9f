/* SPDX-License-Identifier: ISC */
/* test_canvas: edits applied against a naive way, and the checksum kept up against the one
 * recomputed.
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
    assert_true(canvas->version == 0 && canvas->checksum == 0);
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
    canvas_apply(canvas, value, 3, 8);
    assert_int_equal(canvas->pixels[20 * CANVAS_WIDTH + 10], 3);
    assert_int_equal(canvas->pixels[10 * CANVAS_WIDTH + 20], 2);
    assert_true(canvas->version == 8);
    /* Back to white: the checksum is that of a blank canvas again. */
    edit_store(value, edit_pack(10, 20, 0));
    edit_store(value + 3, edit_pack(20, 10, 0));
    canvas_apply(canvas, value, 2, 101);
    assert_true(canvas->checksum == 0 && canvas->version == 101);
    free(canvas);
}

/* Thousands of records, few pixels so that they are painted over and over. */
static void random_edits_equal_naive_ones(void **state)
{
    struct canvas *canvas = blank();
    uint8_t *naive = calloc(1, CANVAS_PIXELS);
    assert_non_null(naive);
    for (uint64_t version = 1; version <= 3000; version++) {
        uint8_t edits[200 * EDIT_BYTES];
        size_t n = chance(201);
        for (size_t i = 0; i < n; i++) {
            uint32_t x = chance(4) ? chance(30) : 970 + chance(30), y = chance(1000);
            uint8_t *b = edits + EDIT_BYTES * i;
            edit_store(b, edit_pack(x, y, chance(16)));
            uint32_t word = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16;
            naive[(word >> 10 & 1023) * 1000 + (word & 1023)] = (uint8_t)(word >> 20);
        }
        canvas_apply(canvas, edits, n, version);
        assert_true(canvas->version == version);
        if (version % 100 == 0)
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
        cmocka_unit_test(random_edits_equal_naive_ones),
    };
    return cmocka_run_group_tests_name("canvas", tests, NULL, NULL);
}
