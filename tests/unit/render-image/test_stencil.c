/* SPDX-License-Identifier: ISC */
/* Stencils have the canvas's colours, and what is transparent stays so. */
#include "cmocka_all.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "core/nearest.h"
#include "core/palette.h"
#include "render/image/stencil.h"

enum { SIDE = 64 };

static uint8_t rgba[SIDE * SIDE * 4], colours[SIDE * SIDE];

static void fill(uint8_t red, uint8_t green, uint8_t blue, uint8_t alpha)
{
    for (size_t i = 0; i < SIDE * SIDE; i++)
        memcpy(rgba + 4 * i, (const uint8_t[]){red, green, blue, alpha}, 4);
}

static void colours_of_the_canvas_stay_what_they_are(void **state)
{
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        const struct colour *c = &palette[i * 7 % CANVAS_COLOURS];
        memcpy(rgba + 4 * i, (const uint8_t[]){c->red, c->green, c->blue, 255}, 4);
    }
    for (int dither = 0; dither < 2; dither++) {
        assert_int_equal(stencil_map(rgba, SIDE, SIDE, dither, colours), 0);
        for (size_t i = 0; i < SIDE * SIDE; i++)
            assert_int_equal(colours[i], i * 7 % CANVAS_COLOURS);
    }
}

static void without_dither_each_pixel_has_the_nearest_colour(void **state)
{
    fill(120, 90, 200, 255);
    assert_int_equal(stencil_map(rgba, SIDE, SIDE, false, colours), 0);
    for (size_t i = 0; i < SIDE * SIDE; i++)
        assert_int_equal(colours[i], nearest_colour(120, 90, 200));
}

/* Of a grey between two of the palette's, the mean is kept by dithering, by nothing else. */
static void dithering_keeps_the_mean(void **state)
{
    const uint8_t grey = 0xb8;
    double sum = 0;
    fill(grey, grey, grey, 255);
    assert_int_equal(stencil_map(rgba, SIDE, SIDE, true, colours), 0);
    for (size_t i = 0; i < SIDE * SIDE; i++)
        sum += palette[colours[i]].green;
    assert_true(sum / (SIDE * SIDE) > grey - 2 && sum / (SIDE * SIDE) < grey + 2);
}

/* A column of clear pixels between two halves: errors of one do not get into the other. */
static void errors_do_not_cross_a_hole(void **state)
{
    fill(0xb8, 0xb8, 0xb8, 255);
    for (size_t y = 0; y < SIDE; y++) {
        rgba[4 * (y * SIDE + SIDE / 2) + 3] = STENCIL_ALPHA_MIN - 1;
        for (size_t x = SIDE / 2 + 1; x < SIDE; x++)
            memcpy(rgba + 4 * (y * SIDE + x), (const uint8_t[]){0x88, 0x88, 0x88, 255}, 4);
    }
    assert_int_equal(stencil_map(rgba, SIDE, SIDE, true, colours), 0);
    for (size_t y = 0; y < SIDE; y++) {
        assert_int_equal(colours[y * SIDE + SIDE / 2], STENCIL_CLEAR);
        for (size_t x = SIDE / 2 + 1; x < SIDE; x++)
            assert_int_equal(colours[y * SIDE + x], 2);
    }
}

static uint8_t *decode(const uint8_t *file, size_t len)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    uint8_t *pixels = malloc(SIDE * SIDE * 4);
    assert_true(png_image_begin_read_from_memory(&image, file, len));
    assert_true(image.width == SIDE && image.height == SIDE);
    image.format = PNG_FORMAT_RGBA;
    assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    return pixels;
}

static void its_png_has_the_same_pixels(void **state)
{
    for (int clear = 0; clear < 2; clear++) {
        size_t len;
        for (size_t i = 0; i < SIDE * SIDE; i++)
            colours[i] = (uint8_t)(i % (clear ? CANVAS_COLOURS + 1 : CANVAS_COLOURS));
        uint8_t *file = stencil_png(colours, SIDE, SIDE, &len), *pixels = decode(file, len);
        assert_int_equal(file[24], clear ? 8 : 4); /* bits a pixel */
        assert_int_equal(file[25], 3);             /* a palette */
        for (size_t i = 0; i < SIDE * SIDE; i++) {
            const uint8_t *pixel = pixels + 4 * i;
            assert_int_equal(pixel[3], colours[i] == STENCIL_CLEAR ? 0 : 255);
            if (colours[i] != STENCIL_CLEAR)
                assert_int_equal(nearest_colour(pixel[0], pixel[1], pixel[2]), colours[i]);
        }
        free(pixels);
        free(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_of_the_canvas_stay_what_they_are),
        cmocka_unit_test(without_dither_each_pixel_has_the_nearest_colour),
        cmocka_unit_test(dithering_keeps_the_mean),
        cmocka_unit_test(errors_do_not_cross_a_hole),
        cmocka_unit_test(its_png_has_the_same_pixels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
