/* SPDX-License-Identifier: ISC */
/* Variants are what they are said to be: size, type, upright, colours, nothing but pixels. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "render/image/engine.h"
#include "render/image/stencil.h"
#include "sample.h"

static const struct budget budget = {.pixels = 50000000};

static struct picture op(enum picture_op op)
{
    return (struct picture){.kind = PICTURE_IMAGE, .op = op};
}

/* Render and decode; the file is closed. */
static VipsImage *variant(const struct picture *picture, int file, enum header_type type)
{
    struct engine_result result;
    struct header_scan scan;
    char error[ENGINE_ERROR_BYTES];
    VipsImage *image, *copy;
    if (engine_render(picture, file, &budget, &result, error) != 0)
        fail_msg("%s", error);
    close(file);
    header_begin(&scan);
    assert_int_equal(header_feed(&scan, result.bytes, result.len), HEADER_FOUND);
    assert_int_equal(scan.header.type, type);
    image = vips_image_new_from_buffer(result.bytes, result.len, "", NULL);
    assert_non_null(image);
    copy = vips_image_copy_memory(image);
    assert_non_null(copy);
    g_object_unref(image);
    free(result.bytes);
    return copy;
}

static void assert_size(VipsImage *image, int width, int height)
{
    assert_int_equal(image->Xsize, width);
    assert_int_equal(image->Ysize, height);
}

static void assert_pixel(VipsImage *image, int x, int y, int red, int green, int blue)
{
    const VipsPel *pixel = VIPS_IMAGE_ADDR(image, x, y);
    const int expected[] = {red, green, blue};
    for (int c = 0; c < 3; c++)
        if (abs(pixel[c] - expected[c]) > 40)
            fail_msg("pixel %d,%d: %d %d %d instead of %d %d %d", x, y, pixel[0], pixel[1],
                     pixel[2], red, green, blue);
}

static void each_operation_keeps_the_type(void **state)
{
    static const char *const suffixes[HEADER_TYPES] = {".jpg[Q=95,subsample_mode=off]", ".png",
                                                       ".webp[Q=95]"};
    for (int type = 0; type < HEADER_TYPES; type++) {
        struct picture picture = op(PICTURE_OP_thumbnail);
        VipsImage *image = variant(&picture, sample_file(sample_flag(640, 320), suffixes[type]),
                                   (enum header_type)type);
        assert_size(image, 256, 128);
        assert_pixel(image, 10, 10, 255, 255, 255);
        assert_pixel(image, 10, 110, 229, 0, 9);
        g_object_unref(image);
        picture = op(PICTURE_OP_rotate90);
        image = variant(&picture, sample_file(sample_flag(640, 320), suffixes[type]),
                        (enum header_type)type);
        assert_size(image, 320, 640);
        assert_pixel(image, 300, 10, 255, 255, 255); /* clockwise: top left is top right now */
        assert_pixel(image, 10, 10, 229, 0, 9);
        assert_pixel(image, 10, 630, 0, 0, 234);
        g_object_unref(image);
        picture = op(PICTURE_OP_grayscale);
        image = variant(&picture, sample_file(sample_flag(640, 320), suffixes[type]),
                        (enum header_type)type);
        assert_size(image, 640, 320);
        const VipsPel *pixel = VIPS_IMAGE_ADDR(image, 10, 310);
        assert_true(image->Bands == 1 ||
                    (abs(pixel[0] - pixel[1]) < 3 && abs(pixel[1] - pixel[2]) < 3));
        assert_true(pixel[0] > 30 && pixel[0] < 140);
        g_object_unref(image);
    }
}

static void a_small_picture_is_not_enlarged(void **state)
{
    struct picture picture = op(PICTURE_OP_thumbnail);
    VipsImage *image = variant(&picture, sample_file(sample_flag(40, 20), ".png"), HEADER_PNG);
    assert_size(image, 40, 20);
    g_object_unref(image);
    picture = op(PICTURE_OP_stencil);
    image = variant(&picture, sample_file(sample_flag(40, 20), ".png"), HEADER_PNG);
    assert_size(image, 40, 20);
    g_object_unref(image);
}

/* By the definition: libvips's own Gaussian of sigma 8 over all pixels. */
static void blur_is_gaussian(void **state)
{
    static const int sizes[][2] = {{403, 299}, {64, 64}, {30, 3}, {1, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const int width = sizes[i][0], height = sizes[i][1];
        for (int type = 0; type < 2; type++) {
            const char *suffix = type == 0 ? ".jpg[Q=100,subsample_mode=off]" : ".png";
            struct picture picture = op(PICTURE_OP_blur);
            VipsImage *flag = sample_flag(width, height), *expected, *difference, *wide;
            VipsImage *image = variant(&picture, sample_file(g_object_ref(flag), suffix),
                                       type == 0 ? HEADER_JPEG : HEADER_PNG);
            double mean, most;
            assert_size(image, width, height);
            assert_int_equal(
                vips_gaussblur(flag, &expected, ENGINE_BLUR_SIGMA, "min_ampl", 0.01, NULL), 0);
            assert_int_equal(vips_subtract(image, expected, &wide, NULL), 0);
            assert_int_equal(vips_abs(wide, &difference, NULL), 0);
            assert_int_equal(vips_avg(difference, &mean, NULL), 0);
            assert_int_equal(vips_max(difference, &most, NULL), 0);
            if (mean > 2.5 || most > 16)
                fail_msg("%d x %d: differs by %.1f, at most %.0f", width, height, mean, most);
            g_object_unref(difference);
            g_object_unref(wide);
            g_object_unref(expected);
            g_object_unref(image);
            g_object_unref(flag);
        }
    }
}

static void clear_pixels_do_not_bleed(void **state)
{
    VipsImage *red = sample_flag(200, 200), *alpha, *image, *mask;
    /* Clear where the flag is white or blue, so only red can be seen. */
    assert_int_equal(vips_black(&alpha, 200, 200, NULL), 0);
    assert_int_equal(vips_draw_rect1(alpha, 255.0, 0, 100, 100, 100, "fill", TRUE, NULL), 0);
    assert_int_equal(vips_bandjoin2(red, alpha, &image, NULL), 0);
    g_object_unref(red);
    g_object_unref(alpha);
    struct picture picture = op(PICTURE_OP_blur);
    mask = variant(&picture, sample_file(image, ".png"), HEADER_PNG);
    assert_int_equal(mask->Bands, 4);
    const VipsPel *edge = VIPS_IMAGE_ADDR(mask, 99, 150), *far = VIPS_IMAGE_ADDR(mask, 190, 10);
    assert_true(edge[0] > 215 && edge[2] < 25);
    assert_true(edge[3] > 100 && edge[3] < 160);
    assert_int_equal(far[3], 0);
    g_object_unref(mask);
}

static void a_picture_is_turned_upright_and_loses_its_metadata(void **state)
{
    static const enum picture_op ops[] = {PICTURE_OP_thumbnail, PICTURE_OP_grayscale,
                                          PICTURE_OP_blur};
    static const char *const suffixes[] = {".jpg[Q=95]", ".webp[lossless]"};
    for (int i = 0; i < 6; i++) {
        const enum header_type type = i < 3 ? HEADER_JPEG : HEADER_WEBP;
        VipsImage *flag = sample_flag(400, 200);
        vips_image_set_int(flag, VIPS_META_ORIENTATION, 6); /* to be turned clockwise */
        vips_image_set_string(flag, "exif-ifd3-GPSLatitude", "52/1 31/1 0/1");
        vips_image_set_string(flag, "exif-ifd0-Artist", "somebody");
        struct picture picture = op(ops[i % 3]);
        const bool small = picture.op == PICTURE_OP_thumbnail;
        VipsImage *image = variant(&picture, sample_file(flag, suffixes[i / 3]), type);
        assert_size(image, small ? 128 : 200, small ? 256 : 400);
        if (small) {
            assert_pixel(image, 120, 8, 255, 255, 255);
            assert_pixel(image, 8, 250, 0, 0, 234);
        }
        assert_int_equal(vips_image_get_typeof(image, VIPS_META_EXIF_NAME), 0);
        assert_int_equal(vips_image_get_typeof(image, VIPS_META_ICC_NAME), 0);
        assert_int_equal(vips_image_get_typeof(image, VIPS_META_XMP_NAME), 0);
        g_object_unref(image);
    }
}

static void other_colours_become_srgb(void **state)
{
    VipsImage *flag = sample_flag(64, 64), *other;
    assert_int_equal(vips_icc_transform(flag, &other, "p3", "input_profile", "srgb", NULL), 0);
    g_object_unref(flag);
    struct picture picture = op(PICTURE_OP_rotate90);
    VipsImage *image = variant(&picture, sample_file(other, ".png"), HEADER_PNG);
    assert_pixel(image, 60, 60, 0, 0, 234); /* the numbers in the file are others */
    assert_pixel(image, 4, 4, 229, 0, 9);
    g_object_unref(image);

    flag = sample_flag(64, 64);
    assert_int_equal(vips_icc_transform(flag, &other, "cmyk", "input_profile", "srgb", NULL), 0);
    g_object_unref(flag);
    assert_int_equal(other->Bands, 4);
    image = variant(&picture, sample_file(other, ".jpg[Q=100]"), HEADER_JPEG);
    assert_int_equal(image->Bands, 3);
    g_object_unref(image);

    image = variant(&picture, sample_file(sample_noise(30, 20, 4, 16), ".png"), HEADER_PNG);
    assert_int_equal(image->BandFmt, VIPS_FORMAT_UCHAR);
    assert_int_equal(image->Bands, 4);
    g_object_unref(image);
}

static void a_senseless_profile_is_left_out(void **state)
{
    for (int type = 0; type < 2; type++) {
        VipsImage *flag = sample_flag(300, 300), *image;
        vips_image_set_blob_copy(flag, VIPS_META_ICC_NAME, "nonsense", 8);
        struct picture picture = op(PICTURE_OP_thumbnail);
        image = variant(&picture, sample_file(flag, type == 0 ? ".jpg" : ".png"),
                        type == 0 ? HEADER_JPEG : HEADER_PNG);
        assert_pixel(image, 10, 250, 229, 0, 9);
        g_object_unref(image);
    }
}

static void a_stencil_has_the_width_it_is_asked_for(void **state)
{
    static const struct {
        uint32_t width;
        int w, h;
    } cases[] = {{0, 100, 50}, {1, 1, 1}, {77, 77, 39}, {640, 640, 320}, {1000, 1000, 500}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int type = 0; type < HEADER_TYPES; type++) {
            static const char *const suffixes[] = {".jpg[Q=95]", ".png", ".webp[Q=90]"};
            struct picture picture = op(PICTURE_OP_stencil);
            picture.width = cases[i].width;
            VipsImage *image =
                variant(&picture, sample_file(sample_flag(640, 320), suffixes[type]), HEADER_PNG);
            assert_true(image->Xsize == cases[i].w && abs(image->Ysize - cases[i].h) <= 1);
            if (cases[i].w > 10) {
                assert_pixel(image, 1, image->Ysize - 2, 229, 0, 9);
                assert_pixel(image, image->Xsize - 2, 1, 0, 0, 234);
            }
            g_object_unref(image);
        }
}

static void what_cannot_be_made_says_why(void **state)
{
    struct picture picture = op(PICTURE_OP_grayscale), tall = op(PICTURE_OP_stencil);
    struct engine_result result;
    char error[ENGINE_ERROR_BYTES];
    tall.width = 1000;
    int file = sample_file(sample_flag(2, 4000), ".png");
    assert_int_equal(engine_render(&tall, file, &budget, &result, error), -1);
    assert_non_null(strstr(error, "more than 10000 pixels high"));
    close(file);
    static const char *const suffixes[] = {
        ".jpg", ".png", ".webp", ".png[interlace]", ".jpg[interlace]", ".webp[lossless]"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t len;
        file = sample_file(sample_noise(200, 200, 3, 8), suffixes[i]);
        uint8_t *bytes = sample_read(file, &len);
        close(file);
        for (int op = 0; op < PICTURE_OP_COUNT; op++)
            for (int part = 0; part < 4; part++) { /* none, little, half, all but little */
                const size_t kept = part == 0   ? 0
                                    : part == 1 ? 60
                                    : part == 2 ? len / 2
                                                : len * 9 / 10;
                picture.op = (enum picture_op)op;
                file = sample_bytes(bytes, kept);
                error[0] = '\0';
                assert_int_equal(engine_render(&picture, file, &budget, &result, error), -1);
                assert_null(result.bytes);
                if (strlen(error) <= 5)
                    fail_msg("%s: \"%s\"", suffixes[i], error);
                close(file);
            }
        free(bytes);
    }
}

static void other_loaders_are_off(void **state)
{
    static const char svg[] =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>";
    static const char ppm[] = "P5 2 2 255 abcd";
    assert_null(vips_image_new_from_buffer(svg, sizeof svg - 1, "", NULL));
    assert_null(vips_image_new_from_buffer(ppm, sizeof ppm - 1, "", NULL));
    assert_int_equal(g_type_from_name("VipsForeignLoadMagick7"), 0);
    assert_int_equal(g_type_from_name("VipsForeignLoadPdf"), 0);
    vips_error_clear();
}

static void of_an_animation_the_first_picture_counts(void **state)
{
    VipsImage *film = sample_flag(64, 128), *image; /* two pages, one above the other */
    vips_image_set_int(film, VIPS_META_PAGE_HEIGHT, 64);
    struct picture picture = op(PICTURE_OP_rotate90);
    image = variant(&picture, sample_file(film, ".webp[Q=95]"), HEADER_WEBP);
    assert_size(image, 64, 64);
    assert_pixel(image, 32, 8, 255, 255, 255);
    assert_pixel(image, 32, 56, 0, 0, 234);
    g_object_unref(image);
}

static int start(void **state)
{
    char error[ENGINE_ERROR_BYTES];
    if (engine_start(error) == 0)
        return 0;
    print_error("%s\n", error);
    return -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_keeps_the_type),
        cmocka_unit_test(a_small_picture_is_not_enlarged),
        cmocka_unit_test(blur_is_gaussian),
        cmocka_unit_test(clear_pixels_do_not_bleed),
        cmocka_unit_test(a_picture_is_turned_upright_and_loses_its_metadata),
        cmocka_unit_test(other_colours_become_srgb),
        cmocka_unit_test(a_senseless_profile_is_left_out),
        cmocka_unit_test(a_stencil_has_the_width_it_is_asked_for),
        cmocka_unit_test(what_cannot_be_made_says_why),
        cmocka_unit_test(other_loaders_are_off),
        cmocka_unit_test(of_an_animation_the_first_picture_counts),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
