/* SPDX-License-Identifier: ISC */
/* What libwebp's decoder shows of our file is what was put in: places, durations, blending, size.
 */
#include "cmocka_all.h"
#include "patch.h"
#include "webp_file.h"
#include "webp_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <webp/demux.h>

#include "core/palette.h"

enum { WIDTH = 33, HEIGHT = 21, ZOOM = 3 };

static void add(struct webp_file *webp, struct rect rect, uint32_t zoom, const uint8_t *colours,
                bool blend, uint32_t duration_ms)
{
    const struct image image = {colours, rect.width, rect.height, zoom};
    struct webp_frame frame = {
        .rect = {rect.x * zoom, rect.y * zoom, rect.width * zoom, rect.height * zoom},
        .blend = blend,
        .duration_ms = duration_ms};
    assert_int_equal(webp_image_encode(&image, &frame.chunk), 0);
    assert_int_equal(webp_file_frame(webp, &frame), 0);
    free(frame.chunk.bytes);
}

static uint8_t *slurp(FILE *file, size_t *len)
{
    assert_int_equal(fseeko(file, 0, SEEK_END), 0);
    *len = (size_t)ftello(file);
    uint8_t *bytes = malloc(*len);
    assert_non_null(bytes);
    rewind(file);
    assert_int_equal(fread(bytes, 1, *len, file), *len);
    return bytes;
}

/* The file's next frame is this picture and ends then. */
static void expect(WebPAnimDecoder *decoder, const uint8_t *picture, uint32_t zoom, int end_ms)
{
    uint8_t *rgba;
    int end;
    assert_int_equal(WebPAnimDecoderGetNext(decoder, &rgba, &end), 1);
    assert_int_equal(end, end_ms);
    for (uint32_t y = 0; y < HEIGHT * zoom; y++) {
        for (uint32_t x = 0; x < WIDTH * zoom; x++) {
            const struct colour *colour = &palette[picture[y / zoom * WIDTH + x / zoom]];
            const uint8_t wanted[4] = {colour->red, colour->green, colour->blue, 0xff};
            assert_memory_equal(rgba + 4 * (y * WIDTH * zoom + x), wanted, 4);
        }
    }
}

static void frames_are_shown_as_they_were_put_in(void **state)
{
    static const uint32_t zooms[] = {1, ZOOM};
    for (size_t z = 0; z < 2; z++) {
        uint32_t zoom = zooms[z];
        uint8_t picture[WIDTH * HEIGHT], pictures[50][WIDTH * HEIGHT];
        FILE *file = tmpfile();
        struct webp_file webp;
        size_t len;
        assert_non_null(file);
        assert_int_equal(webp_file_begin(&webp, file, WIDTH * zoom, HEIGHT * zoom), 0);
        for (size_t i = 0; i < sizeof picture; i++)
            picture[i] = (uint8_t)(rand() % 16);
        for (uint32_t f = 0; f < 50; f++) {
            struct rect r = {0, 0, WIDTH, HEIGHT};
            uint8_t patch[WIDTH * HEIGHT];
            if (f > 0) {
                r.x = 2 * ((uint32_t)rand() % (WIDTH / 2));
                r.y = 2 * ((uint32_t)rand() % (HEIGHT / 2));
                r.width = 1 + (uint32_t)rand() % (WIDTH - r.x);
                r.height = 1 + (uint32_t)rand() % (HEIGHT - r.y);
            }
            for (uint32_t i = 0; i < r.width * r.height; i++) {
                uint8_t *pixel = &picture[(r.y + i / r.width) * WIDTH + r.x + i % r.width];
                patch[i] = f > 0 && f % 2 && rand() % 2 ? PATCH_KEEP : (uint8_t)(rand() % 16);
                *pixel = patch[i] == PATCH_KEEP ? *pixel : patch[i];
            }
            memcpy(pictures[f], picture, sizeof picture);
            add(&webp, r, zoom, patch, f % 2, 40 + f);
        }
        assert_int_equal(webp_file_complete(&webp), 0);
        uint8_t *bytes = slurp(file, &len);
        assert_int_equal(len, webp.bytes);
        WebPAnimDecoder *decoder = WebPAnimDecoderNew(&(WebPData){bytes, len}, NULL);
        assert_non_null(decoder);
        int end_ms = 0;
        for (int f = 0; f < 50; f++)
            expect(decoder, pictures[f], zoom, end_ms += 40 + f);
        assert_false(WebPAnimDecoderHasMoreFrames(decoder));
        WebPAnimDecoderDelete(decoder);
        free(bytes);
        fclose(file);
    }
}

/* Left after some frames, continued by somebody else: the same bytes. */
static void a_file_can_be_continued(void **state)
{
    const uint8_t colours[4] = {1, 2, 3, 4};
    const struct rect all = {0, 0, 2, 2};
    FILE *whole = tmpfile(), *parts = tmpfile();
    struct webp_file webp;
    size_t len, len2;
    assert_true(whole && parts);
    webp_file_begin(&webp, whole, 2, 2);
    for (uint32_t i = 0; i < 6; i++)
        add(&webp, all, 1, colours, false, 10 + i);
    assert_int_equal(webp_file_complete(&webp), 0);

    webp_file_begin(&webp, parts, 2, 2);
    for (uint32_t i = 0; i < 3; i++)
        add(&webp, all, 1, colours, false, 10 + i);
    uint64_t bytes = webp.bytes;
    uint32_t crc = webp.crc;
    add(&webp, all, 1, colours, false, 9999); /* is dropped */
    assert_int_equal(webp_file_complete(&webp), 0);
    assert_true(webp_file_is(parts, bytes, crc));
    assert_false(webp_file_is(parts, bytes - 1, crc));
    assert_false(webp_file_is(parts, bytes, crc ^ 1));
    assert_false(webp_file_is(parts, bytes + 1000000, crc));
    assert_false(webp_file_is(parts, 3, 0));
    struct webp_file other;
    assert_int_equal(webp_file_continue(&other, parts, bytes, crc), 0);
    for (uint32_t i = 3; i < 6; i++)
        add(&other, all, 1, colours, false, 10 + i);
    assert_int_equal(webp_file_complete(&other), 0);
    uint8_t *a = slurp(whole, &len), *b = slurp(parts, &len2);
    assert_int_equal(len, len2);
    assert_memory_equal(a, b, len);
    free(a);
    free(b);
    fclose(whole);
    fclose(parts);
}

static void the_formats_bound_is_an_error_before_anything_is_written(void **state)
{
    uint8_t chunk[20] = {0};
    FILE *file = tmpfile();
    struct webp_file webp;
    assert_non_null(file);
    webp_file_begin(&webp, file, 2, 2);
    webp.bytes = WEBP_FILE_BYTES_MAX - 24 - sizeof chunk + 1;
    const struct webp_frame frame = {.rect = {0, 0, 2, 2}, .chunk = {chunk, sizeof chunk}};
    off_t before = ftello(file);
    assert_int_equal(webp_file_frame(&webp, &frame), -1);
    assert_int_equal(errno, EFBIG);
    assert_int_equal(ftello(file), before);
    webp.bytes--;
    assert_int_equal(webp_file_frame(&webp, &frame), 0);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_shown_as_they_were_put_in),
        cmocka_unit_test(a_file_can_be_continued),
        cmocka_unit_test(the_formats_bound_is_an_error_before_anything_is_written),
    };
    srand(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
