/* SPDX-License-Identifier: ISC */
/* Patterns produce what they say. */
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "core/nearest.h"
#include "core/edit.h"
#include "core/palette.h"
#include "fractal.h"
#include "pattern.h"
#include "shuffle.h"

enum { ALL = CANVAS_WIDTH * CANVAS_HEIGHT };

static uint32_t words[ALL];

static void a_shuffle_has_every_number_once(void **state)
{
    static bool seen[5000];
    for (uint32_t n = 1; n < 5000; n += 1 + n / 3) {
        struct shuffle shuffle;
        shuffle_init(&shuffle, n, n);
        memset(seen, 0, sizeof seen);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t at = shuffle_at(&shuffle, i);
            assert_true(at < n && !seen[at]);
            seen[at] = true;
        }
    }
}

static void random_has_every_word_once(void **state)
{
    static uint8_t seen[1 << 24];
    struct pattern_config config = {.kind = PATTERN_RANDOM, .seed = 3};
    struct pattern *pattern = pattern_create(&config);
    for (uint64_t k = 0; k < 16 * (uint64_t)ALL; k += ALL) {
        pattern_words(pattern, k, ALL, words);
        for (size_t i = 0; i < ALL; i++) {
            assert_true(words[i] < 1 << 24 && edit_in_range(words[i]) && !seen[words[i]]);
            seen[words[i]] = 1;
        }
    }
    uint32_t again;
    pattern_words(pattern, 16 * (uint64_t)ALL - 1, 1, &again);
    assert_int_equal(again, words[ALL - 1]);
    pattern_destroy(pattern);
}

/* In the first thousand edits, every part of the canvas and every colour gets its share. */
static void random_looks_random(void **state)
{
    struct pattern_config config = {.kind = PATTERN_RANDOM, .seed = 3};
    struct pattern *pattern = pattern_create(&config);
    unsigned parts[4][4] = {{0}}, colours[16] = {0};
    pattern_words(pattern, 0, 16000, words);
    for (size_t i = 0; i < 16000; i++) {
        parts[edit_y(words[i]) / 250][edit_x(words[i]) / 250]++;
        colours[edit_colour(words[i])]++;
    }
    for (size_t i = 0; i < 16; i++) {
        assert_in_range(parts[i / 4][i % 4], 850, 1150);
        assert_in_range(colours[i], 850, 1150);
    }
    pattern_destroy(pattern);
}

static void a_raid_stays_around_its_spot(void **state)
{
    struct pattern_config config = {.kind = PATTERN_RAID, .at_x = 200, .at_y = 990, .seed = 1};
    struct pattern *pattern = pattern_create(&config);
    pattern_words(pattern, 12345, 20000, words);
    bool colours[16] = {0};
    for (size_t i = 0; i < 20000; i++) {
        assert_true(edit_in_range(words[i]));
        assert_in_range(edit_x(words[i]), 200 - 128, 200 + 128);
        assert_in_range(edit_y(words[i]), 990 - 128, 999);
        colours[edit_colour(words[i])] = true;
    }
    assert_true(colours[5] && colours[12] && colours[8] && colours[10]);
    pattern_destroy(pattern);
}

/* The definition, one point at a time. */
static unsigned iterations(double cr, double ci, unsigned limit)
{
    double zr = 0, zi = 0;
    unsigned n = 0;
    for (; n < limit && zr * zr + zi * zi <= 4.0; n++) {
        double t = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = t;
    }
    return n;
}

static void a_raid_on_a_region_paints_each_of_its_pixels_once_a_round(void **state)
{
    static bool seen[40][30];
    struct pattern_config config = {.kind = PATTERN_RAID,
                                    .region_x = 960,
                                    .region_y = 970,
                                    .region_w = 40,
                                    .region_h = 30,
                                    .colour = 12,
                                    .seed = 9};
    struct pattern *pattern = pattern_create(&config);
    assert_int_equal(pattern_distinct(pattern), 1200);
    for (uint64_t round = 0; round < 3; round++) {
        memset(seen, 0, sizeof seen);
        pattern_words(pattern, 1200 * round, 1200, words);
        for (size_t i = 0; i < 1200; i++) {
            uint32_t x = edit_x(words[i]) - 960, y = edit_y(words[i]) - 970;
            assert_true(x < 40 && y < 30 && !seen[x][y] && edit_colour(words[i]) == 12);
            seen[x][y] = true;
        }
    }
    pattern_destroy(pattern);
}

static void the_fractal_is_the_mandelbrot_set_tile_by_tile(void **state)
{
    static uint8_t pixels[ALL];
    struct pattern_config config = {.kind = PATTERN_FRACTAL, .threads = 3};
    struct pattern *pattern = pattern_create(&config);
    pattern_words(pattern, 0, ALL, words);
    memset(pixels, 0xff, sizeof pixels);
    for (size_t i = 0; i < ALL; i++) {
        assert_true(edit_in_range(words[i]));
        pixels[edit_y(words[i]) * CANVAS_WIDTH + edit_x(words[i])] = (uint8_t)edit_colour(words[i]);
        size_t first = i - i % (FRACTAL_TILE * FRACTAL_TILE); /* of its tile */
        assert_int_equal(edit_x(words[i]) / FRACTAL_TILE, edit_x(words[first]) / FRACTAL_TILE);
        assert_int_equal(edit_y(words[i]) / FRACTAL_TILE, edit_y(words[first]) / FRACTAL_TILE);
    }
    size_t black = 0;
    for (uint32_t y = 0; y < CANVAS_HEIGHT; y++) {
        for (uint32_t x = 0; x < CANVAS_WIDTH; x++) {
            double cr = -0.65 + ((double)x - 500) * 0.003, ci = ((double)y - 500) * 0.003;
            unsigned n = iterations(cr, ci, 120);
            uint8_t colour = pixels[y * CANVAS_WIDTH + x];
            assert_true((colour == 3) == (n == 120));
            black += n == 120;
            if (x % 100 == 0)
                assert_int_equal(colour, fractal_colour(0, x, y));
        }
    }
    assert_in_range(black, 160000, 180000); /* its area is 1.5066 of 9 */
    /* The first tile is in the middle, the deeper views follow. */
    assert_in_range(edit_x(words[0]), 400, 599);
    pattern_words(pattern, 5 * (uint64_t)ALL + 7, 1, words);
    assert_int_equal(edit_colour(words[0]), fractal_colour(5, edit_x(words[0]), edit_y(words[0])));
    pattern_destroy(pattern);
}

static void nearest_is_nearest(void **state)
{
    for (uint8_t i = 0; i < 16; i++)
        assert_int_equal(nearest_colour(palette[i].red, palette[i].green, palette[i].blue), i);
    assert_int_equal(nearest_colour(0, 0, 0), 3);
    assert_int_equal(nearest_colour(255, 0, 0), 5);
    assert_int_equal(nearest_colour(0xff, 0x45, 0x00), 5); /* 2022's orange red: nearer to red */
}

static void an_image_is_painted_in_the_nearest_colours(void **state)
{
    char path[] = "/tmp/edit-flood-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    uint8_t rgba[3][4][4];
    for (size_t i = 0; i < 12; i++)
        memcpy(rgba[i / 4][i % 4], (uint8_t[]){(uint8_t)(i * 20), 0, 0, 255}, 4);
    rgba[1][1][3] = 0; /* a hole */
    png_image png = {
        .version = PNG_IMAGE_VERSION, .width = 4, .height = 3, .format = PNG_FORMAT_RGBA};
    assert_true(png_image_write_to_file(&png, path, 0, rgba, 0, NULL));

    const char *files[] = {path};
    struct pattern_config config = {
        .kind = PATTERN_IMAGE, .files = files, .n_files = 1, .at_x = 997, .at_y = -1};
    struct pattern *pattern = pattern_create(&config);
    assert_non_null(pattern);
    assert_int_equal(pattern_distinct(pattern), 5); /* 3 columns, 2 rows, less the hole */
    pattern_words(pattern, 0, 10, words);
    bool seen[2][3] = {{0}};
    for (size_t i = 0; i < 10; i++) {
        uint32_t x = edit_x(words[i]) - 997, y = edit_y(words[i]);
        assert_true(x < 3 && y < 2);
        assert_int_equal(edit_colour(words[i]), nearest_colour(rgba[y + 1][x][0], 0, 0));
        assert_int_equal(words[i], words[(i + 5) % 10]);
        seen[y][x] = true;
    }
    assert_true(seen[0][0] && !seen[0][1] && seen[0][2] && seen[1][0] && seen[1][1] && seen[1][2]);
    pattern_destroy(pattern);
    unlink(path);
    assert_null(pattern_create(&config));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shuffle_has_every_number_once),
        cmocka_unit_test(random_has_every_word_once),
        cmocka_unit_test(random_looks_random),
        cmocka_unit_test(a_raid_stays_around_its_spot),
        cmocka_unit_test(a_raid_on_a_region_paints_each_of_its_pixels_once_a_round),
        cmocka_unit_test(the_fractal_is_the_mandelbrot_set_tile_by_tile),
        cmocka_unit_test(nearest_is_nearest),
        cmocka_unit_test(an_image_is_painted_in_the_nearest_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
