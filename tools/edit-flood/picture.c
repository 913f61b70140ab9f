/* SPDX-License-Identifier: ISC */
/* picture: see picture.h. */
#include "picture.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/canvas.h"
#include "core/decimal.h"
#include "core/edit.h"
#include "http.h"

struct source {
    const uint8_t *bytes;
    size_t left;
};

static void read_png(png_structp png, png_bytep out, size_t len)
{
    struct source *source = png_get_io_ptr(png);
    if (len > source->left)
        png_error(png, "truncated");
    memcpy(out, source->bytes, len);
    source->bytes += len;
    source->left -= len;
}

static void be_silent(png_structp png, png_const_charp message)
{
}

int picture_decode(const uint8_t *bytes, size_t len, uint8_t *pixels)
{
    struct source source = {bytes, len};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, be_silent);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return -1;
    }
    png_set_read_fn(png, &source, read_png);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != CANVAS_WIDTH ||
        png_get_image_height(png, info) != CANVAS_HEIGHT ||
        png_get_color_type(png, info) != PNG_COLOR_TYPE_PALETTE ||
        png_get_interlace_type(png, info) != PNG_INTERLACE_NONE)
        png_error(png, "not a canvas");
    png_set_packing(png);
    png_read_update_info(png, info);
    for (size_t y = 0; y < CANVAS_HEIGHT; y++)
        png_read_row(png, pixels + y * CANVAS_WIDTH, NULL);
    png_destroy_read_struct(&png, &info, NULL);
    for (size_t i = 0; i < CANVAS_PIXELS; i++) {
        if (pixels[i] >= CANVAS_COLOURS)
            return -1;
    }
    return 0;
}

static int take(const struct http_answer *answer, struct picture *picture, const char **error)
{
    char version[32];
    *error = "the picture's status is not 200";
    if (answer->status != 200)
        return -1;
    *error = "the picture has no X-Canvas-Version";
    if (!http_header(answer, "X-Canvas-Version", version, sizeof version))
        return -1;
    if (!decimal_parse(version, strlen(version), UINT64_MAX, &picture->version))
        return -1;
    if (!http_header(answer, "X-Canvas-Genesis", picture->genesis, sizeof picture->genesis))
        picture->genesis[0] = '\0';
    *error = "not a picture of 1000 x 1000 in 16 colours";
    return picture_decode(answer->body, answer->body_len, picture->pixels);
}

int picture_fetch(const struct target *target, struct tls_context *context,
                  const struct position *position, struct picture *picture, const char **error)
{
    char path[TARGET_PATH];
    struct http_answer answer;
    target_path(target, position, "canvas.png", path);
    if (http_get(target, context, path, &answer, error) != 0)
        return -1;
    int result = take(&answer, picture, error);
    http_answer_finish(&answer);
    return result;
}
