/* SPDX-License-Identifier: ISC */
/*
 * What is skimmed of a JPEG is what libjpeg comes to when it decodes an eighth, sample by sample;
 * and what is not sound is left alone.
 */
#include "cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "render/image/jpeg_means.h"
#include "render/image/jpeg_scan.h"
#include "render/image/reduce.h"

struct kind {
    unsigned width, height;
    int components, across, down; /* sampling of the brightness */
    int quality;
    unsigned restart; /* units */
    bool optimized, progressive, arithmetic;
};

static const struct kind kinds[] = {
    {128, 128, 3, 1, 1, 85, 0, false, false, false},
    {131, 257, 3, 2, 2, 85, 0, false, false, false},
    {1000, 203, 3, 2, 1, 30, 0, true, false, false},
    {203, 300, 3, 1, 2, 100, 0, true, false, false},
    {640, 480, 3, 2, 2, 98, 7, false, false, false},
    {640, 480, 3, 2, 2, 5, 1, true, false, false},
    {513, 129, 3, 4, 1, 75, 0, false, false, false},
    {300, 300, 1, 1, 1, 90, 0, false, false, false},
    {301, 299, 1, 2, 2, 100, 11, true, false, false},
    {16, 16, 3, 2, 2, 85, 0, false, false, false},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static uint32_t next_random(uint32_t *random)
{
    *random = *random * 1664525 + 1013904223;
    return *random >> 24;
}

/* A sample of something with areas, edges and noise. */
static uint8_t sample_at(unsigned x, unsigned y, int c, uint32_t *random)
{
    const unsigned area = (x / 60 + y / 45 * (unsigned)(c + 1)) * 77 % 200;
    const uint32_t noise = next_random(random);
    return (uint8_t)(x % 120 < 40 ? area + 20 : x % 120 < 80 ? area + noise % 30 : noise);
}

/* For free(), with slack behind. */
static uint8_t *make_jpeg(const struct kind *kind, size_t *len)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    uint32_t random = 1;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &size);
    jpeg.image_width = kind->width;
    jpeg.image_height = kind->height;
    jpeg.input_components = kind->components;
    jpeg.in_color_space = kind->components == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, kind->quality, TRUE);
    jpeg.comp_info[0].h_samp_factor = kind->across;
    jpeg.comp_info[0].v_samp_factor = kind->down;
    jpeg.restart_interval = kind->restart;
    jpeg.optimize_coding = kind->optimized;
    jpeg.arith_code = kind->arithmetic;
    if (kind->progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    JSAMPLE *row = malloc((size_t)kind->width * (size_t)kind->components);
    for (unsigned y = 0; y < kind->height; y++) {
        for (unsigned i = 0; i < kind->width * (unsigned)kind->components; i++)
            row[i] =
                sample_at(i / (unsigned)kind->components, y, (int)i % kind->components, &random);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    free(row);
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    uint8_t *with_slack = calloc(1, size + JPEG_SCAN_SLACK);
    memcpy(with_slack, bytes, size);
    free(bytes);
    *len = size;
    return with_slack;
}

/* libjpeg's eighth of it, in the file's own colours, for free(). */
static uint8_t *eighth_of(const uint8_t *bytes, size_t len, unsigned *width, unsigned *height)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes, len);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.scale_num = 1;
    jpeg.scale_denom = 8;
    jpeg.out_color_space = jpeg.jpeg_color_space;
    jpeg.do_fancy_upsampling = FALSE;
    jpeg_start_decompress(&jpeg);
    *width = jpeg.output_width;
    *height = jpeg.output_height;
    const size_t row = (size_t)jpeg.output_width * (size_t)jpeg.output_components;
    uint8_t *samples = malloc(row * jpeg.output_height);
    while (jpeg.output_scanline < jpeg.output_height)
        jpeg_read_scanlines(&jpeg, &(JSAMPROW){samples + row * jpeg.output_scanline}, 1);
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    return samples;
}

static void means_are_what_libjpeg_decodes_at_an_eighth(void **state)
{
    for (int i = 0; i < KINDS; i++) {
        const struct kind *kind = &kinds[i];
        struct jpeg_means means;
        size_t len;
        unsigned width, height;
        uint8_t *bytes = make_jpeg(kind, &len), *expected = eighth_of(bytes, len, &width, &height);
        if (!jpeg_means_read(bytes, len, kind->width, kind->height, &means))
            fail_msg("kind %d is not read", i);
        assert_int_equal(means.planes, kind->components);
        assert_true(fabs(means.plane[0].across - kind->width / 8.0) < 1e-9);
        assert_true(fabs(means.plane[0].down - kind->height / 8.0) < 1e-9);
        const int same = kind->across * kind->down == 1 ? kind->components : 1;
        for (int c = 0; c < same; c++) /* coarser colours libjpeg decodes at a quarter */
            for (unsigned y = 0; y < height; y++)
                for (unsigned x = 0; x < width; x++) {
                    const int mean = means.plane[c].samples[y * means.plane[c].stride + x];
                    const int there =
                        expected[(y * width + x) * (unsigned)kind->components + (unsigned)c];
                    if (mean != there)
                        fail_msg("kind %d, plane %d, %u,%u: %d instead of %d", i, c, x, y, mean,
                                 there);
                }
        jpeg_means_end(&means);
        free(expected);
        free(bytes);
    }
}

/* With what it takes that no byte beside the slack is touched, which sanitizers see. */
static bool reads(const uint8_t *bytes, size_t len, const struct kind *kind)
{
    uint8_t *copy = calloc(1, len + JPEG_SCAN_SLACK);
    struct jpeg_means means;
    memcpy(copy, bytes, len);
    const bool found = jpeg_means_read(copy, len, kind->width, kind->height, &means);
    if (found)
        jpeg_means_end(&means);
    free(copy);
    return found;
}

static void other_kinds_are_left_alone(void **state)
{
    struct kind progressive = kinds[1], arithmetic = kinds[1], large = kinds[1];
    size_t len;
    progressive.progressive = true;
    arithmetic.arithmetic = true;
    uint8_t *bytes = make_jpeg(&progressive, &len);
    assert_false(reads(bytes, len, &progressive));
    free(bytes);
    bytes = make_jpeg(&arithmetic, &len);
    assert_false(reads(bytes, len, &arithmetic));
    free(bytes);
    bytes = make_jpeg(&kinds[1], &len);
    assert_true(reads(bytes, len, &kinds[1]));
    large.width++;
    assert_false(reads(bytes, len, &large));
    free(bytes);
}

static void a_truncated_file_is_left_alone(void **state)
{
    for (int i = 1; i < KINDS; i += 4) {
        size_t len;
        uint8_t *bytes = make_jpeg(&kinds[i], &len);
        for (size_t kept = 0; kept < len; kept += kept < 1000 || kept + 100 > len ? 1 : 97)
            if (reads(bytes, kept, &kinds[i]))
                fail_msg("kind %d is read with %zu of %zu bytes", i, kept, len);
        assert_true(reads(bytes, len, &kinds[i]));
        free(bytes);
    }
}

static void a_part_that_is_missing_is_noticed(void **state)
{
    const struct kind *kind = &kinds[4]; /* with restart markers */
    size_t len, at = 0;
    uint8_t *bytes = make_jpeg(kind, &len);
    while (at + 2 < len && !(bytes[at] == 0xff && bytes[at + 1] == 0xd3))
        at++;
    bytes[at + 1] = 0xd4;
    assert_false(reads(bytes, len, kind));
    bytes[at + 1] = 0xd3;
    assert_true(reads(bytes, len, kind));
    memmove(bytes + at - 40, bytes + at, len - at); /* the bytes before a marker */
    assert_false(reads(bytes, len - 40, kind));
    free(bytes);
}

static void damage_does_no_harm(void **state)
{
    uint32_t random = 7;
    for (int i = 0; i < KINDS; i++) {
        size_t len;
        uint8_t *bytes = make_jpeg(&kinds[i], &len);
        for (int turn = 0; turn < 60; turn++) {
            const size_t at =
                (next_random(&random) << 16 | next_random(&random) << 8 | next_random(&random)) %
                (turn % 2    ? len
                 : 700 < len ? 700
                             : len);
            const uint8_t was = bytes[at];
            bytes[at] = (uint8_t)next_random(&random);
            reads(bytes, len, &kinds[i]);
            bytes[at] = was;
        }
        free(bytes);
    }
}

/* ---- reduce ---- */

static void a_plane_of_one_value_stays_it(void **state)
{
    static uint8_t plane[300 * 200], result[300 * 300];
    static const double extents[][2] = {{300, 200}, {299.875, 199.5}, {7.25, 3.5}, {1, 1}};
    static const uint32_t sizes[][2] = {{256, 171}, {1, 1}, {1, 100}, {300, 300}, {3, 2}};
    for (int value = 0; value < 256; value += 51) {
        memset(plane, value, sizeof plane);
        for (size_t i = 0; i < 4; i++)
            for (size_t j = 0; j < 5; j++) {
                const struct reduce_plane from = {plane, 300, extents[i][0], extents[i][1]};
                const uint32_t pixels = sizes[j][0] * sizes[j][1];
                assert_int_equal(reduce(&from, sizes[j][0], sizes[j][1], result), 0);
                for (uint32_t k = 0; k < pixels; k++)
                    assert_int_equal(result[k], value);
            }
    }
}

static void a_slope_stays_where_it_is(void **state)
{
    static uint8_t plane[240 * 240], result[100 * 60];
    for (int y = 0; y < 240; y++)
        for (int x = 0; x < 240; x++)
            plane[y * 240 + x] = (uint8_t)((x + y) / 2);
    const struct reduce_plane from = {plane, 240, 240, 240};
    assert_int_equal(reduce(&from, 100, 60, result), 0);
    for (int y = 3; y < 57; y++)
        for (int x = 5; x < 95; x++) {
            const double expected = ((x + 0.5) * 2.4 - 0.5 + (y + 0.5) * 4 - 0.5) / 2 - 0.25;
            if (fabs(result[y * 100 + x] - expected) > 1)
                fail_msg("%d,%d: %d instead of %.1f", x, y, result[y * 100 + x], expected);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_are_what_libjpeg_decodes_at_an_eighth),
        cmocka_unit_test(other_kinds_are_left_alone),
        cmocka_unit_test(a_truncated_file_is_left_alone),
        cmocka_unit_test(a_part_that_is_missing_is_noticed),
        cmocka_unit_test(damage_does_no_harm),
        cmocka_unit_test(a_plane_of_one_value_stays_it),
        cmocka_unit_test(a_slope_stays_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
