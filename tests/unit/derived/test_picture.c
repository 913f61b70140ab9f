/* SPDX-License-Identifier: ISC */
/* test_picture: the picture is the canvas, says what it shows, and is named by one tag. */
#include "cmocka_all.h"
#include "decode_picture.h"
#include "derived/picture.h"
#include "derived/picture_png.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/crc32c.h"

static const uint8_t GENESIS[GENESIS_BYTES] = {0, 1, 0x23, 255, 4,  5,  6,  7,
                                               8, 9, 10,   11,  12, 13, 14, 0xf0};
static const char GENESIS_HEX[] = "000123ff0405060708090a0b0c0d0ef0";

static uint8_t pixels[CANVAS_PIXELS], back[CANVAS_PIXELS];
static struct decoded_text texts[DECODED_TEXTS];

/* Pixels that nobody could mistake for those of another version. */
static void paint(uint64_t version)
{
    uint64_t state = version * 0x9e3779b97f4a7c15 + 1;
    for (size_t i = 0; i < CANVAS_PIXELS; i++) {
        if (i % 16 == 0)
            state = state * 6364136223846793005 + 1442695040888963407;
        pixels[i] = (uint8_t)(state >> 4 * (i % 16) & 15);
    }
}

static void expect_text(size_t i, const char *key, const char *value)
{
    assert_string_equal(texts[i].key, key);
    assert_string_equal(texts[i].value, value);
}

static void a_picture_equals_its_pixels(void **state)
{
    static const uint64_t versions[] = {0, 1, 1234567, UINT64_MAX};
    memset(pixels, 0, sizeof pixels);
    for (size_t i = 0; i < 4; i++) {
        char expected[24];
        if (i > 0)
            paint(versions[i]);
        struct picture *picture =
            picture_make((struct picture_name){0, -3, 7}, versions[i], GENESIS, pixels);
        assert_non_null(picture);
        assert_int_equal(decode_picture(picture->png, picture->len, back, texts), 3);
        assert_memory_equal(pixels, back, CANVAS_PIXELS);
        snprintf(expected, sizeof expected, "%" PRIu64, versions[i]);
        expect_text(0, "version", expected);
        expect_text(1, "canvas", "-3,7");
        expect_text(2, "genesis", GENESIS_HEX);
        assert_true(picture->version == versions[i]);
        assert_string_equal(picture->genesis, GENESIS_HEX);
        picture_release(picture);
    }
    picture_release(NULL);
}

static void a_tile_says_that_it_is_one(void **state)
{
    struct picture *picture = picture_make((struct picture_name){11, -1, 0}, 5, GENESIS, pixels);
    assert_int_equal(decode_picture(picture->png, picture->len, back, texts), 3);
    expect_text(1, "tile", "11/-1/0");
    picture_release(picture);
}

static void without_genesis_there_is_no_text(void **state)
{
    struct picture *picture = picture_make((struct picture_name){0, 0, 0}, 0, NULL, pixels);
    assert_int_equal(decode_picture(picture->png, picture->len, back, texts), 2);
    expect_text(0, "version", "0");
    expect_text(1, "canvas", "0,0");
    assert_string_equal(picture->genesis, "");
    picture_release(picture);
}

/* A client that reads the file as it comes knows the version before the first pixel. */
static void text_stands_before_the_pixels(void **state)
{
    size_t len;
    struct picture_text text = {"version", "77"};
    uint8_t *bytes = picture_encode(pixels, &text, 1, &len);
    uint8_t *found = memmem(bytes, len,
                            "tEXtversion\0"
                            "77",
                            14);
    uint8_t *data = memmem(bytes, len, "IDAT", 4);
    assert_true(found && data && found < data);
    free(bytes);
}

/* Two servers at one version must not differ in a byte: no time, no leftover memory. */
static void the_same_canvas_gives_the_same_bytes(void **state)
{
    size_t len[2];
    struct picture_text text = {"version", "5"};
    paint(5);
    uint8_t *first = picture_encode(pixels, &text, 1, &len[0]);
    time_t second = time(NULL);
    for (int i = 0; i < 3000 && time(NULL) == second; i++) /* libpng might write the time */
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    uint8_t *again = picture_encode(pixels, &text, 1, &len[1]);
    assert_int_equal(len[0], len[1]);
    assert_memory_equal(first, again, len[0]);
    free(again);
    free(first);
}

/* What differs has another tag; what is the same has the same. */
static void the_tag_holds_all_that_matters(void **state)
{
    uint8_t other[GENESIS_BYTES];
    memcpy(other, GENESIS, sizeof other);
    other[15]++;
    paint(1);
    struct picture *made[8] = {
        picture_make((struct picture_name){0, 1, 2}, 9, GENESIS, pixels),
        picture_make((struct picture_name){0, 1, 2}, 9, GENESIS, pixels),
        picture_make((struct picture_name){0, 1, 2}, 9, other, pixels),
        picture_make((struct picture_name){0, 1, 2}, 9, NULL, pixels),
        picture_make((struct picture_name){0, 2, 1}, 9, GENESIS, pixels),
        picture_make((struct picture_name){1, 1, 2}, 9, GENESIS, pixels),
        picture_make((struct picture_name){0, 1, 2}, 10, GENESIS, pixels),
    };
    pixels[0] ^= 1;
    made[7] = picture_make((struct picture_name){0, 1, 2}, 9, GENESIS, pixels);
    char expected[112];
    snprintf(expected, sizeof expected, "\"%s.0.1.2.9.%08" PRIx32 "\"", GENESIS_HEX,
             crc32c(0, made[0]->png, made[0]->len));
    assert_string_equal(made[0]->etag, expected);
    for (size_t i = 0; i < 8; i++) {
        /* RFC 9110: no quotes, blanks or control characters; and no comma, at which many a client
         * would split a list of tags. */
        size_t len = strlen(made[i]->etag);
        assert_true(made[i]->etag[0] == '"' && made[i]->etag[len - 1] == '"');
        assert_int_equal(strcspn(made[i]->etag + 1, "\" ,\t"), len - 2);
        for (size_t j = 0; j < i; j++)
            assert_true((strcmp(made[i]->etag, made[j]->etag) == 0) == (i == 1 && j == 0));
    }
    for (size_t i = 0; i < 8; i++)
        picture_release(made[i]);
    struct picture *longest =
        picture_make((struct picture_name){11, -1, -1}, UINT64_MAX, GENESIS, pixels);
    assert_true(longest->etag[strlen(longest->etag) - 1] == '"'); /* not cut */
    picture_release(longest);
    longest = picture_make((struct picture_name){0, -1024, -1024}, UINT64_MAX, GENESIS, pixels);
    assert_true(longest->etag[strlen(longest->etag) - 1] == '"');
    picture_release(longest);
}

static void a_picture_lives_until_its_last_user_is_done(void **state)
{
    struct picture *picture = picture_make((struct picture_name){0, 0, 0}, 1, NULL, pixels);
    assert_ptr_equal(picture_retain(picture), picture);
    picture_release(picture);
    uint32_t crc = (uint32_t)strtoul(strrchr(picture->etag, '.') + 1, NULL, 16);
    assert_true(crc == crc32c(0, picture->png, picture->len)); /* the sanitizer would say */
    picture_release(picture);
    assert_null(picture_retain(NULL));
}

/* ---- names ---- */

static void names_beyond_the_plane_are_not_valid(void **state)
{
    static const struct {
        struct picture_name name;
        bool valid;
    } rows[] = {
        {{0, 0, 0}, true},     {{0, -1024, 1023}, true}, {{0, -1025, 0}, false},
        {{0, 0, 1024}, false}, {{1, -512, 511}, true},   {{1, -513, 0}, false},
        {{1, 0, 512}, false},  {{10, -1, 0}, true},      {{10, -2, 0}, false},
        {{10, 0, 1}, false},   {{11, -1, 0}, true},      {{11, 0, -1}, true},
        {{11, -2, 0}, false},  {{11, 1, 0}, false},      {{12, 0, 0}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (picture_name_valid(rows[i].name) != rows[i].valid)
            fail_msg("%u/%d/%d", rows[i].name.zoom, rows[i].name.x, rows[i].name.y);
}

/* Every canvas lies below exactly one tile of each zoom, floor(canvas / 2^zoom). */
static void the_overview_holds_all_canvases(void **state)
{
    struct picture_name overview = {PICTURE_OVERVIEW, 0, 0};
    assert_true(picture_name_valid(overview));
    assert_false(picture_name_valid((struct picture_name){PICTURE_OVERVIEW, 1, 0}));
    assert_true(picture_name_holds(overview, (struct position){POSITION_MIN, POSITION_MAX}));
    assert_int_equal(picture_name_first(overview).gx, 0);
    assert_int_equal(picture_name_first(overview).gy, 0);
}

static void tiles_hold_their_canvases(void **state)
{
    static const int canvases[] = {-1024, -1023, -513, -512, -5,  -2,  -1,
                                   0,     1,     3,    4,    511, 512, 1023};
    enum { N = sizeof canvases / sizeof *canvases };
    for (unsigned zoom = 0; zoom <= PICTURE_ZOOM_MAX; zoom++) {
        int side = 1 << zoom;
        for (size_t i = 0; i < N * N; i++) {
            int gx = canvases[i % N], gy = canvases[i / N];
            struct position position = {(int16_t)gx, (int16_t)gy};
            struct picture_name name = {zoom, gx >= 0 ? gx / side : -((-gx + side - 1) / side),
                                        gy >= 0 ? gy / side : -((-gy + side - 1) / side)};
            assert_true(picture_name_valid(name) && picture_name_holds(name, position));
            struct position first = picture_name_first(name);
            assert_true(first.gx <= gx && gx < first.gx + side);
            assert_true(first.gy <= gy && gy < first.gy + side);
            name.x++;
            assert_false(picture_name_holds(name, position));
            name.x--;
            name.y--;
            assert_false(picture_name_holds(name, position));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_equals_its_pixels),
        cmocka_unit_test(a_tile_says_that_it_is_one),
        cmocka_unit_test(without_genesis_there_is_no_text),
        cmocka_unit_test(text_stands_before_the_pixels),
        cmocka_unit_test(the_same_canvas_gives_the_same_bytes),
        cmocka_unit_test(the_tag_holds_all_that_matters),
        cmocka_unit_test(a_picture_lives_until_its_last_user_is_done),
        cmocka_unit_test(names_beyond_the_plane_are_not_valid),
        cmocka_unit_test(the_overview_holds_all_canvases),
        cmocka_unit_test(tiles_hold_their_canvases),
    };
    return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
