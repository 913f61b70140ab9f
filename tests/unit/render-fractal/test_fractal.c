/* SPDX-License-Identifier: ISC */
/* A tile is a PNG file of the right colours, whoever makes it; threads share work and lose none. */
#include "cmocka_all.h"

#include <png.h>
#include <stdatomic.h>
#include <string.h>

#include "core/palette.h"
#include "render/fractal/fractal.h"
#include "render/fractal/gradient.h"
#include "render/fractal/parallel.h"
#include "render/fractal/plane.h"
#include "scalar_escape.h"

enum { PIXELS = PLANE_TILE * PLANE_TILE };

static uint8_t decoded[PIXELS][3];

static void decode(const uint8_t *file, size_t len)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_memory(&image, file, len));
    assert_int_equal(image.width, PLANE_TILE);
    assert_int_equal(image.height, PLANE_TILE);
    image.format = PNG_FORMAT_RGB;
    assert_true(png_image_finish_read(&image, NULL, decoded, 0, NULL));
}

static unsigned distance(const uint8_t *a, const uint8_t *b)
{
    unsigned sum = 0;
    for (int i = 0; i < 3; i++)
        sum += (unsigned)(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);
    return sum;
}

static void a_tile_has_the_colours_of_its_steps(void **state)
{
    struct fractal *fractal = fractal_create(2, escape_best());
    assert_non_null(fractal);
    for (int i = 0; i < PICTURE_PALETTE_COUNT; i++) {
        const struct picture tile = {
            .palette = (enum picture_palette)i, .z = 2, .x = 1, .y = (uint64_t)(i % 2)};
        struct gradient gradient;
        size_t len;
        const uint8_t *file = fractal_render(fractal, &tile, &len);
        assert_non_null(file);
        decode(file, len);
        gradient_make(&gradient, tile.palette);
        for (unsigned row = 0; row < PLANE_TILE; row += ESCAPE_ROWS) {
            struct escape_band band;
            uint16_t steps[ESCAPE_ROWS * ESCAPE_WIDTH];
            plane_band(&tile, row, &band);
            scalar_escape(&band, steps);
            for (int p = 0; p < ESCAPE_ROWS * ESCAPE_WIDTH; p++) {
                static const uint8_t black[3] = {0};
                const uint8_t *is = decoded[(int)row * PLANE_TILE + p];
                if (tile.palette == PICTURE_PALETTE_canvas)
                    assert_int_equal(memcmp(is, &palette[3].red, 3) == 0, steps[p] == 0);
                else if (steps[p] == 0)
                    assert_int_equal(distance(is, black), 0);
                else /* four steps may share a colour, and colours change slowly */
                    assert_in_range(
                        distance(is, gradient.rgb[(steps[p] + GRADIENT_SHIFT) % GRADIENT_CYCLE]), 0,
                        12);
            }
        }
    }
    fractal_destroy(fractal);
}

static void files_are_the_same_from_all_clones_and_numbers_of_threads(void **state)
{
    static const struct picture tiles[] = {
        {.z = 0},
        {.z = 6, .x = 28, .y = 29, .palette = PICTURE_PALETTE_ocean},
        {.kind = PICTURE_JULIA, .cr = -800000, .ci = 156000, .palette = PICTURE_PALETTE_canvas},
    };
    for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
        static uint8_t first[2 * PIXELS];
        size_t first_len = 0, len;
        for (unsigned threads = 1; threads <= 5; threads += 2)
            for (enum escape_clone clone = ESCAPE_PLAIN; clone < ESCAPE_CLONES; clone++) {
                if (!escape_can(clone))
                    continue;
                struct fractal *fractal = fractal_create(threads, clone);
                const uint8_t *file = fractal_render(fractal, &tiles[i], &len);
                assert_true(file && len < sizeof first);
                if (first_len == 0)
                    memcpy(first, file, first_len = len);
                assert_int_equal(len, first_len);
                assert_memory_equal(file, first, len);
                fractal_destroy(fractal);
            }
    }
}

static void a_quiet_tile_gets_all_its_colours_and_a_busy_one_as_many_as_there_is_room(void **state)
{
    struct gradient gradient;
    uint16_t steps[ESCAPE_STEPS];
    uint8_t pixels[ESCAPE_STEPS], rgb[3 * GRADIENT_COLOURS];
    gradient_make(&gradient, PICTURE_PALETTE_fire);
    for (unsigned i = 0; i < ESCAPE_STEPS; i++)
        steps[i] = (uint16_t)i;
    assert_int_equal(gradient_colour(&gradient, steps, 256, pixels, rgb), 256);
    for (unsigned i = 1; i < 256; i++)
        assert_int_equal(
            distance(rgb + 3 * pixels[i], gradient.rgb[(i + GRADIENT_SHIFT) % GRADIENT_CYCLE]), 0);
    assert_int_equal(gradient_colour(&gradient, steps, 300, pixels, rgb), 151);
    assert_int_equal(gradient_colour(&gradient, steps, ESCAPE_STEPS, pixels, rgb), 256);
    assert_int_equal(pixels[0], 0);
    for (unsigned i = 1; i < ESCAPE_STEPS; i++)
        assert_true(pixels[i] > 0);
    assert_int_equal(gradient_colour(&gradient, (const uint16_t[4]){0}, 4, pixels, rgb), 1);
    for (unsigned i = 0; i < GRADIENT_CYCLE; i++) /* no seam, also where it begins anew */
        assert_in_range(distance(gradient.rgb[i], gradient.rgb[(i + 1) % GRADIENT_CYCLE]), 0, 6);
}

static void the_canvas_has_its_own_colours_by_their_numbers(void **state)
{
    struct gradient gradient;
    static uint16_t steps[ESCAPE_STEPS];
    static uint8_t pixels[ESCAPE_STEPS];
    uint8_t rgb[3 * GRADIENT_COLOURS];
    unsigned seen = 0;
    gradient_make(&gradient, PICTURE_PALETTE_canvas);
    for (unsigned i = 0; i < ESCAPE_STEPS; i++)
        steps[i] = (uint16_t)i;
    assert_int_equal(gradient_colour(&gradient, steps, ESCAPE_STEPS, pixels, rgb), CANVAS_COLOURS);
    for (int i = 0; i < CANVAS_COLOURS; i++)
        assert_memory_equal(rgb + 3 * i, &palette[i].red, 3);
    for (unsigned i = 0; i < ESCAPE_STEPS; i++) {
        assert_int_equal(pixels[i] == 3, i == 0); /* black is inside, and only there */
        seen |= 1u << pixels[i];
    }
    assert_int_equal(seen, 0xffff);
}

struct counting {
    struct parallel_work work;
    atomic_uint done[97];
};

static void count(struct parallel_work *work, unsigned i)
{
    atomic_fetch_add(&((struct counting *)work)->done[i], 1);
}

static void every_part_is_done_once(void **state)
{
    for (unsigned threads = 1; threads <= 9; threads += 4) {
        struct parallel *parallel = parallel_create(threads);
        assert_non_null(parallel);
        for (unsigned run = 0; run < 300; run++) {
            struct counting counting = {.work = {.part = count, .parts = run % 98}};
            parallel_run(parallel, &counting.work);
            for (unsigned i = 0; i < 97; i++)
                assert_int_equal(counting.done[i], i < counting.work.parts);
        }
        parallel_destroy(parallel);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tile_has_the_colours_of_its_steps),
        cmocka_unit_test(files_are_the_same_from_all_clones_and_numbers_of_threads),
        cmocka_unit_test(a_quiet_tile_gets_all_its_colours_and_a_busy_one_as_many_as_there_is_room),
        cmocka_unit_test(the_canvas_has_its_own_colours_by_their_numbers),
        cmocka_unit_test(every_part_is_done_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
