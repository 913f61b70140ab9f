/* SPDX-License-Identifier: ISC */
/* decode_picture: see decode_picture.h. */
#include "decode_picture.h"

#include <png.h>
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "core/canvas.h"
#include "core/palette.h"

struct input {
    const uint8_t *bytes;
    size_t len, at;
};

static void on_read(png_struct *png, uint8_t *out, size_t len)
{
    struct input *input = png_get_io_ptr(png);
    assert_true(len <= input->len - input->at);
    memcpy(out, input->bytes + input->at, len);
    input->at += len;
}

size_t decode_picture(const uint8_t *bytes, size_t len, uint8_t *pixels,
                      struct decoded_text texts[DECODED_TEXTS])
{
    struct input input = {bytes, len, 0};
    png_struct *png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_info *info = png_create_info_struct(png);
    if (setjmp(png_jmpbuf(png)))
        fail_msg("libpng does not take our picture");
    png_set_read_fn(png, &input, on_read);
    png_read_info(png, info);
    assert_int_equal(png_get_image_width(png, info), CANVAS_WIDTH);
    assert_int_equal(png_get_image_height(png, info), CANVAS_HEIGHT);
    assert_int_equal(png_get_bit_depth(png, info), 4);
    assert_int_equal(png_get_color_type(png, info), PNG_COLOR_TYPE_PALETTE);
    assert_int_equal(png_get_interlace_type(png, info), PNG_INTERLACE_NONE);
    png_color *colours;
    int n;
    png_get_PLTE(png, info, &colours, &n);
    assert_int_equal(n, CANVAS_COLOURS);
    for (int i = 0; i < n; i++)
        assert_true(colours[i].red == palette[i].red && colours[i].green == palette[i].green &&
                    colours[i].blue == palette[i].blue);
    png_text *found;
    int n_texts = png_get_text(png, info, &found, NULL);
    assert_true(n_texts <= DECODED_TEXTS);
    for (int i = 0; i < n_texts; i++) {
        snprintf(texts[i].key, sizeof texts[i].key, "%s", found[i].key);
        snprintf(texts[i].value, sizeof texts[i].value, "%s", found[i].text);
    }
    png_set_packing(png); /* one byte a pixel */
    png_read_update_info(png, info);
    for (size_t y = 0; y < CANVAS_HEIGHT; y++)
        png_read_row(png, pixels + y * CANVAS_WIDTH, NULL);
    png_read_end(png, info);
    assert_int_equal(input.at, len);
    png_destroy_read_struct(&png, &info, NULL);
    return (size_t)n_texts;
}
