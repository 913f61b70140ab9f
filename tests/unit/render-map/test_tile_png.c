/* SPDX-License-Identifier: ISC */
/* What is encoded decodes to the pixels that were given, as closely as is promised. */
#include "cmocka_all.h"

#include <png.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "render/map/tile_png.h"

enum { SIDE = 64, STRIDE = 80, WIDE = 256 };

static uint32_t pixels[WIDE * WIDE];
static uint8_t decoded[WIDE * WIDE * 4];
static struct tile_png *png;

/* Bits a pixel and colour type, as the file says. */
static unsigned depth, type;

static size_t encode(unsigned side, size_t stride)
{
    size_t len;
    const uint8_t *bytes = tile_png_encode(png, pixels, stride, side, &len);
    png_image image = {.version = PNG_IMAGE_VERSION};
    depth = bytes[24];
    type = bytes[25];
    memset(decoded, 0x55, sizeof decoded);
    assert_true(png_image_begin_read_from_memory(&image, bytes, len));
    assert_int_equal(image.width, side);
    assert_int_equal(image.height, side);
    image.format = PNG_FORMAT_RGBA;
    assert_true(png_image_finish_read(&image, NULL, decoded, 0, NULL));
    return len;
}

static uint32_t rgb(unsigned red, unsigned green, unsigned blue)
{
    return 0xff000000u | blue << 16 | green << 8 | red;
}

/* The greatest difference in a channel. */
static int difference(unsigned side, size_t stride)
{
    int most = 0;
    for (unsigned y = 0; y < side; y++)
        for (unsigned x = 0; x < side; x++)
            for (unsigned i = 0; i < 4; i++) {
                int want = pixels[y * stride + x] >> 8 * i & 0xff;
                int off = abs(want - decoded[(y * side + x) * 4 + i]);
                most = off > most ? off : most;
            }
    return most;
}

static void takes_as_few_bits_as_there_are_colours(void **state)
{
    static const struct {
        unsigned colours, depth;
    } cases[] = {{2, 1}, {3, 2}, {4, 2}, {5, 4}, {16, 4}, {17, 8}, {256, 8}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (unsigned p = 0; p < SIDE * STRIDE; p++) {
            unsigned colour = (p % STRIDE + p / STRIDE * 7) % cases[i].colours;
            pixels[p] = rgb(colour * 8 % 256, colour / 32 * 8, 200);
        }
        encode(SIDE, STRIDE);
        assert_int_equal(type, 3);
        assert_int_equal(depth, cases[i].depth);
        assert_int_equal(difference(SIDE, STRIDE), 0);
    }
}

static void encodes_a_plain_tile_once(void **state)
{
    size_t len, again;
    const uint32_t colours[] = {rgb(1, 2, 3), rgb(1, 2, 3), rgb(3, 2, 1), 0};
    for (size_t i = 0; i < 4; i++) {
        for (unsigned p = 0; p < SIDE * STRIDE; p++)
            pixels[p] = p % STRIDE < SIDE ? colours[i] : ~colours[i]; /* beside it another tile */
        encode(SIDE, STRIDE);
        assert_int_equal(depth, 1);
        assert_int_equal(difference(SIDE, STRIDE), 0);
    }
    const uint8_t *first = tile_png_encode(png, pixels, STRIDE, SIDE, &len);
    assert_ptr_equal(tile_png_encode(png, pixels, STRIDE, SIDE, &again), first);
    assert_int_equal(len, again);
    assert_true(len < 150);
    pixels[SIDE - 1] = rgb(9, 9, 9); /* one pixel makes the difference, wherever it is */
    encode(SIDE, STRIDE);
    assert_int_equal(difference(SIDE, STRIDE), 0);
    pixels[SIDE - 1] = 0;
    pixels[(SIDE - 1) * STRIDE] = rgb(9, 9, 9);
    encode(SIDE, STRIDE);
    assert_int_equal(difference(SIDE, STRIDE), 0);
}

static void keeps_areas_exactly_and_edges_nearly(void **state)
{
    /* Two areas that differ in the lowest bit, and between them edges of 700 colours. */
    const uint32_t left = rgb(200, 210, 220), right = rgb(201, 210, 220);
    for (unsigned y = 0; y < WIDE; y++)
        for (unsigned x = 0; x < WIDE; x++)
            pixels[y * WIDE + x] = x < 120 ? left : right;
    for (unsigned i = 0; i < 700; i++)
        pixels[i % WIDE * WIDE + 120 + i / WIDE] = rgb(20 + i % 30, 60 + i / 30, 90);
    encode(WIDE, WIDE);
    assert_int_equal(type, 3);
    assert_in_range(difference(WIDE, WIDE), 1, 7);
    for (unsigned y = 0; y < WIDE; y++)
        for (unsigned x = 0; x < WIDE; x++)
            if (x < 120 || x >= 123)
                assert_memory_equal(&decoded[(y * WIDE + x) * 4], &pixels[y * WIDE + x], 4);
}

static void takes_photographs_as_they_are(void **state)
{
    unsigned random = 1;
    for (size_t p = 0; p < WIDE * WIDE; p++) {
        random = random * 1103515245 + 12345;
        pixels[p] = random | 0xff000000u;
    }
    encode(WIDE, WIDE);
    assert_int_equal(type, 6);
    assert_int_equal(difference(WIDE, WIDE), 0);
    /* Not too many for the table, but for 256 nearly equal ones. */
    for (size_t p = 0; p < WIDE * WIDE; p++)
        pixels[p] = rgb(p % 32 * 8, p / 32 % 32 * 8, 0);
    encode(WIDE, WIDE);
    assert_int_equal(type, 6);
    assert_int_equal(difference(WIDE, WIDE), 0);
}

static void undoes_the_multiplication_by_alpha(void **state)
{
    for (unsigned p = 0; p < SIDE * SIDE; p++) {
        unsigned alpha = p % 4 * 85;
        pixels[p] = alpha << 24 | 0 << 16 | (128 * alpha / 255) << 8 | alpha;
    }
    encode(SIDE, SIDE);
    for (unsigned p = 0; p < SIDE * SIDE; p++) {
        const uint8_t *found = decoded + 4 * (size_t)p;
        assert_int_equal(found[3], p % 4 * 85);
        if (found[3] > 0) {
            assert_int_equal(found[0], 255);
            assert_in_range(found[1], 126, 129);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_as_few_bits_as_there_are_colours),
        cmocka_unit_test(encodes_a_plain_tile_once),
        cmocka_unit_test(keeps_areas_exactly_and_edges_nearly),
        cmocka_unit_test(takes_photographs_as_they_are),
        cmocka_unit_test(undoes_the_multiplication_by_alpha),
    };
    png = tile_png_create(WIDE);
    int failed = png ? cmocka_run_group_tests(tests, NULL, NULL) : 99;
    tile_png_destroy(png);
    return failed;
}
