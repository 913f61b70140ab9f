/* SPDX-License-Identifier: ISC */
/* The size of a picture is known from its first bytes, in pieces of any size; what is in doubt is
 * no picture. */
#include "cmocka_all.h"

#include <string.h>
#include <zlib.h>

#include "render/image/budget.h"
#include "render/image/header.h"

struct bytes {
    uint8_t at[256];
    size_t len;
};

static void add(struct bytes *bytes, const void *more, size_t len)
{
    assert_true(bytes->len + len <= sizeof bytes->at);
    memcpy(bytes->at + bytes->len, more, len);
    bytes->len += len;
}

#define ADD(bytes, ...)                                                                            \
    add(bytes, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static struct bytes png_of(uint32_t width, uint32_t height, uint8_t depth, uint8_t colour,
                           uint8_t interlace)
{
    struct bytes png = {.len = 0};
    add(&png, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    ADD(&png, (uint8_t)(width >> 24), (uint8_t)(width >> 16), (uint8_t)(width >> 8),
        (uint8_t)width);
    ADD(&png, (uint8_t)(height >> 24), (uint8_t)(height >> 16), (uint8_t)(height >> 8),
        (uint8_t)height);
    ADD(&png, depth, colour, 0, 0, interlace);
    const uint32_t crc = (uint32_t)crc32(0, png.at + 12, 17);
    ADD(&png, (uint8_t)(crc >> 24), (uint8_t)(crc >> 16), (uint8_t)(crc >> 8), (uint8_t)crc);
    return png;
}

/* EXIF and a table before the frame; `frame` is its marker. */
static struct bytes jpeg_of(uint16_t width, uint16_t height, uint8_t frame, uint8_t sampling)
{
    struct bytes jpeg = {.len = 0};
    ADD(&jpeg, 0xff, 0xd8, 0xff, 0xe1, 0, 8, 'E', 'x', 'i', 'f', 0xff, 0xc0); /* looks like one */
    ADD(&jpeg, 0xff, 0xff, 0xff, 0xdb, 0, 3, 0);
    ADD(&jpeg, 0xff, frame, 0, 17, 8, (uint8_t)(height >> 8), (uint8_t)height,
        (uint8_t)(width >> 8), (uint8_t)width, 3, 1, sampling, 0, 2, 0x11, 0, 3, 0x11, 0);
    return jpeg;
}

static struct bytes webp_of(const char *kind, const uint8_t *payload, size_t len)
{
    struct bytes webp = {.len = 0};
    add(&webp, "RIFF\x40\0\0\0WEBP", 12);
    add(&webp, kind, 4);
    ADD(&webp, (uint8_t)len, 0, 0, 0);
    add(&webp, payload, len);
    return webp;
}

#define WEBP(kind, ...)                                                                            \
    webp_of(kind, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static enum header_result scan_bytes(struct header_scan *scan, const struct bytes *bytes,
                                     size_t len)
{
    header_begin(scan);
    header_feed(scan, bytes->at, len);
    return header_end(scan);
}

/* Found, however the bytes come; and with one byte less, not found. */
static struct header found(struct bytes bytes)
{
    struct header_scan whole, pieces;
    assert_int_equal(scan_bytes(&whole, &bytes, bytes.len), HEADER_FOUND);
    for (size_t size = 1; size <= 7; size++) {
        header_begin(&pieces);
        for (size_t at = 0; at < bytes.len; at += size)
            header_feed(&pieces, bytes.at + at, size < bytes.len - at ? size : bytes.len - at);
        assert_int_equal(header_end(&pieces), HEADER_FOUND);
        assert_memory_equal(&pieces.header, &whole.header, sizeof whole.header);
    }
    assert_int_equal(scan_bytes(&pieces, &bytes, bytes.len - 1), HEADER_BROKEN);
    return whole.header;
}

static void assert_result(struct bytes bytes, enum header_result expected)
{
    struct header_scan scan;
    assert_int_equal(scan_bytes(&scan, &bytes, bytes.len), expected);
    assert_true(scan.why[0] != '\0');
}

static void a_png_says_its_size(void **state)
{
    struct header header = found(png_of(640, 70000, 8, 6, 0));
    assert_int_equal(header.type, HEADER_PNG);
    assert_true(header.width == 640 && header.height == 70000);
    assert_false(header.whole);
    header = found(png_of(1, 1, 16, 6, 1));
    assert_true(header.whole);
    assert_int_equal(header.samples, 8);
}

static void a_jpeg_says_its_size_behind_what_stands_before_it(void **state)
{
    struct header header = found(jpeg_of(4000, 3000, 0xc0, 0x22));
    assert_int_equal(header.type, HEADER_JPEG);
    assert_true(header.width == 4000 && header.height == 3000);
    assert_false(header.whole);
    header = found(jpeg_of(4000, 3000, 0xc2, 0x22));
    assert_true(header.whole);
    assert_int_equal(header.samples,
                     3); /* a byte and a half a pixel, twice as much as coefficients */
    assert_int_equal(found(jpeg_of(9, 9, 0xc2, 0x11)).samples, 6);
}

static void each_kind_of_webp_says_its_size(void **state)
{
    struct header header = found(WEBP("VP8 ", 0x10, 0, 0, 0x9d, 1, 0x2a, 0x20, 0x43, 0x05, 0x80));
    assert_int_equal(header.type, HEADER_WEBP);
    assert_true(header.width == 0x320 && header.height == 5); /* the top bits are a scale */
    assert_false(header.lossless || header.alpha || header.animated);
    header = found(WEBP("VP8L", 0x2f, 0x63, 0x80, 0x0c, 0x10));
    assert_true(header.width == 100 && header.height == 51);
    assert_true(header.lossless && header.alpha);
    header = found(WEBP("VP8X", 2, 0, 0, 0, 0x3f, 0x42, 0x0f, 9, 0, 0));
    assert_true(header.width == 1000000 && header.height == 10 && header.animated);
    /* Behind VP8X something else, then the picture, of the same size. */
    struct bytes webp = WEBP("VP8X", 0x10, 0, 0, 0, 99, 0, 0, 50, 0, 0);
    add(&webp, "ICCP\x03\0\0\0abc\0", 12);
    struct bytes other = webp;
    add(&webp, "VP8L\x05\0\0\0\x2f\x63\x80\x0c\0", 13);
    header = found(webp);
    assert_true(header.width == 100 && header.height == 51 && header.lossless && header.alpha);
    add(&other, "VP8L\x05\0\0\0\x2f\x64\x80\x0c\0", 13);
    assert_result(other, HEADER_BROKEN);
}

static void other_files_are_no_pictures(void **state)
{
    static const char *const others[] = {"",         "GIF89a",   "%PDF-1.4",         "II*\0",
                                         "<svg ",    "RIFF....", "RIFF....WAVEfmt ", "BM",
                                         "\xff\xd8", "\x89PNG\n"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct bytes bytes = {.len = 0};
        add(&bytes, others[i], strlen(others[i]));
        struct header_scan scan;
        const enum header_result result = scan_bytes(&scan, &bytes, bytes.len);
        assert_true(result == HEADER_OTHER || result == HEADER_BROKEN);
    }
    assert_result((struct bytes){.at = "GIF89a", .len = 6}, HEADER_OTHER);
}

static void what_makes_no_sense_is_refused(void **state)
{
    assert_result(png_of(0, 1, 8, 2, 0), HEADER_BROKEN);
    assert_result(png_of(1, 0x80000000, 8, 2, 0), HEADER_BROKEN);
    assert_result(png_of(1, 1, 3, 2, 0), HEADER_BROKEN);
    assert_result(png_of(1, 1, 8, 1, 0), HEADER_BROKEN);
    assert_result(png_of(1, 1, 8, 7, 0), HEADER_BROKEN);
    assert_result(png_of(1, 1, 8, 2, 2), HEADER_BROKEN);
    struct bytes png = png_of(1, 1, 8, 2, 0);
    png.at[20] ^= 1; /* the width, and not its checksum */
    assert_result(png, HEADER_BROKEN);
    assert_result(jpeg_of(0, 5, 0xc0, 0x11), HEADER_BROKEN);
    assert_result(jpeg_of(5, 0, 0xc0, 0x11), HEADER_BROKEN);
    assert_result(jpeg_of(5, 5, 0xc3, 0x11), HEADER_BROKEN); /* lossless */
    assert_result(jpeg_of(5, 5, 0xda, 0x11), HEADER_BROKEN); /* pixels without a size */
    assert_result(jpeg_of(5, 5, 0xd9, 0x11), HEADER_BROKEN); /* the end */
    assert_result(jpeg_of(5, 5, 0xc0, 0x05), HEADER_BROKEN);
    assert_result(jpeg_of(5, 5, 0xc0, 0x51), HEADER_BROKEN);
    struct bytes jpeg = jpeg_of(5, 5, 0xc0, 0x11);
    jpeg.at[5] = 1; /* the length of EXIF */
    assert_result(jpeg, HEADER_BROKEN);
    assert_result(WEBP("VP8 ", 0x11, 0, 0, 0x9d, 1, 0x2a, 1, 0, 1, 0), HEADER_BROKEN);
    assert_result(WEBP("VP8 ", 0x10, 0, 0, 0x9d, 1, 0x2a, 0, 0, 1, 0), HEADER_BROKEN);
    assert_result(WEBP("VP8L", 0x2f, 0, 0, 0, 0x20), HEADER_BROKEN);
    assert_result(WEBP("VP8X", 2, 0, 0, 0, 255, 255, 255, 255, 255, 255), HEADER_BROKEN);
    assert_result(WEBP("ALPH", 0, 0), HEADER_BROKEN);
}

static void a_webp_with_no_end_of_chunks_is_given_up(void **state)
{
    struct bytes webp = WEBP("VP8X", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    struct header_scan scan;
    header_begin(&scan);
    header_feed(&scan, webp.at, webp.len);
    for (int i = 0; i < 100; i++)
        header_feed(&scan, (const uint8_t *)"EXIF\x01\0\0\0a", 10);
    assert_int_equal(scan.result, HEADER_BROKEN);
}

static void a_budget_refuses_with_a_reason(void **state)
{
    const struct budget budget = {.pixels = 50000000, .memory = UINT64_C(512) << 20};
    char why[BUDGET_WHY_BYTES];
    struct header header = found(jpeg_of(8165, 6123, 0xc0, 0x22));
    assert_true(budget_allows(&budget, &header, why));
    header = found(png_of(50000, 50000, 8, 2, 0));
    assert_false(budget_allows(&budget, &header, why));
    assert_non_null(strstr(why, "2500000000 pixels, at most 50000000"));
    header = found(png_of(70000, 1, 8, 2, 0));
    assert_false(budget_allows(&budget, &header, why));
    assert_non_null(strstr(why, "longer than 65535"));
    header = found(jpeg_of(8165, 6123, 0xc2, 0x11)); /* progressive: whole in memory */
    assert_false(budget_allows(&budget, &header, why));
    assert_non_null(strstr(why, "536 MB are allowed"));
    assert_true(budget_allows(&(struct budget){.pixels = 50000000}, &header, why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_png_says_its_size),
        cmocka_unit_test(a_jpeg_says_its_size_behind_what_stands_before_it),
        cmocka_unit_test(each_kind_of_webp_says_its_size),
        cmocka_unit_test(other_files_are_no_pictures),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(a_webp_with_no_end_of_chunks_is_given_up),
        cmocka_unit_test(a_budget_refuses_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
