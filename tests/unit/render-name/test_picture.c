/* SPDX-License-Identifier: ISC */
/* Every picture has one name, and what is rendered at once is one job whoever asks. */
#include "cmocka_all.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/name/blob.h"
#include "render/name/picture.h"

#define HASH "0123456789abcdef"
#define ID   HASH HASH HASH HASH

/* Parse from memory that ends with the name, so that a sanitizer sees a read behind it. */
static bool parse(struct picture *picture, const char *name)
{
    size_t len = strlen(name);
    char *copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    memcpy(copy, name, len);
    bool found = picture_parse(picture, copy, len);
    free(copy);
    return found;
}

static void test_names_are_read_and_written_the_same(void **state)
{
    static const char *const names[] = {
        "/mandelbrot/1/0/0/0.png",
        "/mandelbrot/1-ocean/3/7/0.png",
        "/mandelbrot/1-canvas/40/1099511627775/1099511627775.png",
        "/julia/1/0,0/0/0/0.png",
        "/julia/1/-0.4,0.6/2/3/1.png",
        "/julia/1/-0.000001,1.999999/2/3/1.png",
        "/julia/1-forest/-2,2/1/1/1.png",
        "/map/" HASH "/0/0/0.png",
        "/map/" HASH "/22/4194303/4194303@2x.png",
        "/images/" ID "/thumbnail",
        "/images/" ID "/rotate90",
        "/images/" ID "/stencil",
        "/images/" ID "/stencil-1",
        "/images/" ID "/stencil-1000-dither",
        "/julia/1-forest/-1.999999,-1.999999/40/1099511627775/1099511627775.png",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct picture picture, again;
        char name[PICTURE_NAME_BYTES];
        assert_true(parse(&picture, names[i]));
        picture_format(&picture, name);
        assert_string_equal(name, names[i]);
        assert_true(parse(&again, name));
        assert_memory_equal(&picture, &again, sizeof picture);
    }
}

static void test_members_say_what_the_name_says(void **state)
{
    struct picture picture;
    assert_true(parse(&picture, "/julia/1-ocean/-0.75,1.000002/4/5/6.png"));
    assert_int_equal(picture.kind, PICTURE_JULIA);
    assert_int_equal(picture.palette, PICTURE_PALETTE_ocean);
    assert_int_equal(picture.cr, -750000);
    assert_int_equal(picture.ci, 1000002);
    assert_int_equal(picture.z, 4);
    assert_int_equal(picture.x, 5);
    assert_int_equal(picture.y, 6);
    assert_true(parse(&picture, "/map/" HASH "/9/511/0@2x.png"));
    assert_string_equal(picture.hash, HASH);
    assert_int_equal(picture.scale, 2);
    assert_int_equal(picture.palette, 0); /* nothing is left of the picture before */
    assert_true(parse(&picture, "/images/" ID "/stencil-40-dither"));
    assert_string_equal(picture.id, ID);
    assert_int_equal(picture.op, PICTURE_OP_stencil);
    assert_int_equal(picture.width, 40);
    assert_true(picture.dither);
}

static void test_what_is_not_canonical_is_no_name(void **state)
{
    static const char *const names[] = {
        "",
        "/",
        "//",
        "mandelbrot/1/0/0/0.png",
        "/mandelbrot",
        "/mandelbrot/",
        "/other/1/0/0/0.png",
        "/mandelbrot/1/0/0/0",
        "/mandelbrot/1/0/0/0.PNG",
        "/mandelbrot/1/0/0/.png",
        "/mandelbrot/1/0/0/0.png/",
        "/mandelbrot/1/0/0/0.png?",
        "/mandelbrot/1/0/0/0@2x.png",
        "/mandelbrot/1/0/1/0.png",
        "/mandelbrot/1/0/0/1.png",
        "/mandelbrot/1/41/0/0.png",
        "/mandelbrot/1/1/x-1/0.png",
        "/mandelbrot/1/1/-1/0.png",
        "/mandelbrot/1/1/+1/0.png",
        "/mandelbrot/1/007/1/0.png",
        "/mandelbrot/1/3/01/0.png",
        "/mandelbrot/1/3/1/00.png",
        "/mandelbrot/1/z99/0/0.png",
        "/mandelbrot/1/-0/0/0.png",
        "/mandelbrot/1/3/ 1/0.png",
        "/mandelbrot/1/3/1//0.png",
        "/mandelbrot/1/3/1.png",
        "/mandelbrot/1/3/1/0/0.png",
        "/mandelbrot/2/0/0/0.png",
        "/mandelbrot/01/0/0/0.png",
        "/mandelbrot/1-/0/0/0.png",
        "/mandelbrot/1-fire/0/0/0.png",
        "/mandelbrot/1-pink/0/0/0.png",
        "/mandelbrot/1-ocean-ocean/0/0/0.png",
        "/mandelbrot/-ocean/0/0/0.png",
        "/mandelbrot/1/40/1099511627776/0.png",
        "/mandelbrot/1/40/99999999999999999999/0.png",
        "/julia/1/0/0/0/0.png",
        "/julia/1/,/0/0/0.png",
        "/julia/1/0,/0/0/0.png",
        "/julia/1/-0,0/0/0/0.png",
        "/julia/1/0.0,0/0/0/0.png",
        "/julia/1/0.10,0/0/0/0.png",
        "/julia/1/.5,0/0/0/0.png",
        "/julia/1/1.,0/0/0/0.png",
        "/julia/1/00.5,0/0/0/0.png",
        "/julia/1/0.1234567,0/0/0/0.png",
        "/julia/1/2.000001,0/0/0/0.png",
        "/julia/1/3,0/0/0/0.png",
        "/julia/1/-2.1,0/0/0/0.png",
        "/julia/1/1e-1,0/0/0/0.png",
        "/julia/1/0,0,0/0/0/0.png",
        "/julia/1/+0.1,0/0/0/0.png",
        "/julia/1/0.-1,0/0/0/0.png",
        "/julia/1/--1,0/0/0/0.png",
        "/map/0123456789ABCDEF/0/0/0.png",
        "/map/0123456789abcde/0/0/0.png",
        "/map/" HASH "0/0/0/0.png",
        "/map/" HASH "/23/0/0.png",
        "/map/" HASH "/0/0/0@1x.png",
        "/map/" HASH "/0/0/0@2x@2x.png",
        "/map/" HASH "/0/0/0@2X.png",
        "/map/world/0/0/0.png",
        "/images/" ID,
        "/images/" ID "/",
        "/images/" ID "/original",
        "/images/" ID "/thumbnail/",
        "/images/" ID "/thumbnail-1",
        "/images/" ID "/stencil-",
        "/images/" ID "/stencil-0",
        "/images/" ID "/stencil-1001",
        "/images/" ID "/stencil-07",
        "/images/" ID "/stencil-dither",
        "/images/" ID "/stencil--dither",
        "/images/" ID "/stencil-1-dither-dither",
        "/images/" HASH "/thumbnail",
        "/images/../" ID "/thumbnail",
        "/images/" ID "0/thumbnail",
    };
    struct picture picture;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (parse(&picture, names[i]))
            fail_msg("%s was taken", names[i]);
    assert_false(picture_parse(&picture, "/mandelbrot/1/0/0/0.png\0", 24));
    assert_false(picture_parse(&picture, "/mandelbrot/1/0/\0/0.png", 23));
    char longer[200];
    memset(longer, '/', sizeof longer);
    assert_false(picture_parse(&picture, longer, sizeof longer));
}

static void test_every_picture_of_a_job_knows_its_place(void **state)
{
    static const struct {
        const char *name, *first;
        unsigned place, size;
    } rows[] = {
        {"/map/" HASH "/0/0/0.png", "/map/" HASH "/0/0/0.png", 0, 1},
        {"/map/" HASH "/1/1/0.png", "/map/" HASH "/1/0/0.png", 1, 4},
        {"/map/" HASH "/2/1/3.png", "/map/" HASH "/2/0/0.png", 13, 16},
        {"/map/" HASH "/3/7/7.png", "/map/" HASH "/3/0/0.png", 63, 64},
        {"/map/" HASH "/10/9/16@2x.png", "/map/" HASH "/10/8/16@2x.png", 1, 64},
        {"/mandelbrot/1/3/7/7.png", "/mandelbrot/1/3/7/7.png", 0, 1},
        {"/images/" ID "/blur", "/images/" ID "/blur", 0, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct picture picture, first, other;
        char name[PICTURE_NAME_BYTES];
        assert_true(parse(&picture, rows[i].name));
        assert_int_equal(picture_job(&picture, &first), rows[i].place);
        picture_format(&first, name);
        assert_string_equal(name, rows[i].first);
        assert_int_equal(picture_job_size(&first), rows[i].size);
        for (unsigned place = 0; place < rows[i].size; place++) {
            struct picture again;
            picture_of_job(&first, place, &other);
            assert_int_equal(picture_job(&other, &again), place);
            assert_memory_equal(&again, &first, sizeof first);
            picture_format(&other, name);
            assert_true(parse(&other, name)); /* inside the map */
        }
        picture_of_job(&first, rows[i].place, &other);
        assert_memory_equal(&other, &picture, sizeof picture);
    }
}

static void test_words_of_names(void **state)
{
    assert_string_equal(picture_op_name(PICTURE_OP_grayscale), "grayscale");
    assert_string_equal(picture_palette_name(PICTURE_PALETTE_fire), "fire");
}

enum { HOLDS = 20000 };

static void *hold_and_release(void *blob)
{
    for (int i = 0; i < HOLDS; i++)
        blob_release(blob_hold(blob));
    blob_release(blob);
    return NULL;
}

static void test_a_blob_is_freed_by_its_last_holder(void **state)
{
    pthread_t threads[2];
    struct blob *blob = blob_create(1000);
    assert_non_null(blob);
    assert_int_equal(blob->len, 1000);
    memset(blob->bytes, 1, blob->len);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hold_and_release, blob_hold(blob)), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(blob->holders, 1);
    assert_int_equal(blob->bytes[999], 1);
    blob_release(blob); /* the sanitizer's leak check sees that it is freed */
    blob_release(NULL);
    assert_null(blob_create(SIZE_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_read_and_written_the_same),
        cmocka_unit_test(test_members_say_what_the_name_says),
        cmocka_unit_test(test_what_is_not_canonical_is_no_name),
        cmocka_unit_test(test_every_picture_of_a_job_knows_its_place),
        cmocka_unit_test(test_words_of_names),
        cmocka_unit_test(test_a_blob_is_freed_by_its_last_holder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
