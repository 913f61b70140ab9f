/* SPDX-License-Identifier: ISC */
/*
 * picture_png: libpng writes the file around the pixels; libdeflate, which is twice as fast as zlib
 * and makes a drawn canvas a third as large (bench/encode), compresses them.
 */
#include "derived/picture_png.h"

#include <libdeflate.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "core/palette.h"

enum {
    /* Filters are for photographs: on palette indices they double the time and the file grows. */
    FILTER_NONE = 0,
    /* Of a canvas that many have drawn on, a tenth smaller than level 1, in 7 ms instead of 3: on a slow
     * network that is a tenth of a second of what one waits for. Level 6 saves nothing worth its time. */
    LEVEL = 5,
};

/* All that libpng's error exit must find intact lives here, not in locals of the function that
 * called setjmp. */
struct encoder {
    const uint8_t *pixels;
    uint32_t width, height;
    const struct picture_colour *colours;
    unsigned depth; /* bits a pixel, 4 or 8; there are as many colours as it can tell apart */
    const struct picture_text *texts;
    size_t n_texts;
    png_struct *png;
    png_info *info;
    uint8_t *pixel_stream; /* of zlib */
    size_t pixel_stream_len;
    uint8_t *out;
    size_t len, room;
};

static void on_error(png_struct *png, const char *message)
{
    png_longjmp(png, 1);
}

static void on_warning(png_struct *png, const char *message)
{
}

static void on_write(png_struct *png, uint8_t *bytes, size_t len)
{
    struct encoder *encoder = png_get_io_ptr(png);
    if (encoder->len + len > encoder->room) {
        size_t room = 2 * encoder->room + len;
        uint8_t *out = realloc(encoder->out, room);
        if (!out)
            png_error(png, "out of memory");
        encoder->out = out;
        encoder->room = room;
    }
    memcpy(encoder->out + encoder->len, bytes, len);
    encoder->len += len;
}

static void on_flush(png_struct *png)
{
}

static void write_header(struct encoder *encoder)
{
    png_set_IHDR(encoder->png, encoder->info, encoder->width, encoder->height, (int)encoder->depth,
                 PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_color colours[PICTURE_LEVELS];
    png_byte alphas[PICTURE_LEVELS];
    int n_alphas = 0; /* those behind are opaque */
    for (int i = 0; i < 1 << encoder->depth; i++) {
        const struct picture_colour *colour = &encoder->colours[i];
        colours[i] = (png_color){colour->red, colour->green, colour->blue};
        alphas[i] = colour->alpha;
        if (colour->alpha < 255)
            n_alphas = i + 1;
    }
    png_set_PLTE(encoder->png, encoder->info, colours, 1 << encoder->depth);
    if (n_alphas > 0)
        png_set_tRNS(encoder->png, encoder->info, alphas, n_alphas, NULL);
    for (size_t i = 0; i < encoder->n_texts; i++) {
        png_text text = {.compression = PNG_TEXT_COMPRESSION_NONE,
                         .key = (char *)(uintptr_t)encoder->texts[i].key, /* libpng copies both */
                         .text = (char *)(uintptr_t)encoder->texts[i].value};
        png_set_text(encoder->png, encoder->info, &text, 1);
    }
    png_write_info(encoder->png, encoder->info);
}

/* The rows as PNG wants them, for free(). NULL when out of memory. */
static uint8_t *pack_rows(const struct encoder *encoder, size_t *len)
{
    const size_t width = encoder->width;
    const size_t row_bytes = 1 + (width * encoder->depth + 7) / 8; /* the filter, the pixels */
    const uint8_t *pixels = encoder->pixels;
    *len = row_bytes * encoder->height;
    uint8_t *rows = malloc(*len), *out = rows;
    for (uint32_t y = 0; rows && y < encoder->height; y++, pixels += width) {
        *out++ = FILTER_NONE;
        if (encoder->depth == 8)
            memcpy(out, pixels, width);
        for (size_t x = 0; encoder->depth == 4 && x + 1 < width; x += 2)
            out[x / 2] = (uint8_t)(pixels[x] << 4 | pixels[x + 1]);
        if (encoder->depth == 4 && width % 2)
            out[width / 2] = (uint8_t)(pixels[width - 1] << 4);
        out += row_bytes - 1;
    }
    return rows;
}

/* Fill in pixel_stream. -1 when out of memory. */
static int compress(struct encoder *encoder)
{
    size_t len;
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
    uint8_t *rows = pack_rows(encoder, &len);
    if (compressor && rows) {
        size_t room = libdeflate_zlib_compress_bound(compressor, len);
        encoder->pixel_stream = malloc(room);
        if (encoder->pixel_stream)
            encoder->pixel_stream_len =
                libdeflate_zlib_compress(compressor, rows, len, encoder->pixel_stream, room);
    }
    free(rows);
    libdeflate_free_compressor(compressor);
    return encoder->pixel_stream_len > 0 ? 0 : -1;
}

/* What libpng's errors unwind. 0 or -1; releases nothing. */
static int write_file(struct encoder *encoder)
{
    static const png_byte data[] = "IDAT", end[] = "IEND";
    if (setjmp(png_jmpbuf(encoder->png)))
        return -1;
    png_set_write_fn(encoder->png, encoder, on_write, on_flush);
    write_header(encoder);
    png_write_chunk(encoder->png, data, encoder->pixel_stream, encoder->pixel_stream_len);
    /* Not png_write_end, which would miss the rows that it has not seen. */
    png_write_chunk(encoder->png, end, NULL, 0);
    return 0;
}

static uint8_t *encode(struct encoder encoder, size_t *len)
{
    encoder.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    if (!encoder.png)
        return NULL;
    encoder.info = png_create_info_struct(encoder.png);
    if (!encoder.info || compress(&encoder) < 0 || write_file(&encoder) < 0) {
        free(encoder.out);
        encoder.out = NULL;
    }
    free(encoder.pixel_stream);
    png_destroy_write_struct(&encoder.png, &encoder.info);
    *len = encoder.len;
    /* The buffer grew by halves, and the picture may be kept for long. */
    uint8_t *fitted = encoder.out ? realloc(encoder.out, encoder.len) : NULL;
    return fitted ? fitted : encoder.out;
}

uint8_t *picture_encode(const uint8_t pixels[CANVAS_PIXELS], const struct picture_text *texts,
                        size_t n_texts, size_t *len)
{
    return picture_encode_area(pixels, CANVAS_WIDTH, CANVAS_HEIGHT, texts, n_texts, len);
}

uint8_t *picture_encode_area(const uint8_t *pixels, uint32_t width, uint32_t height,
                             const struct picture_text *texts, size_t n_texts, size_t *len)
{
    struct picture_colour colours[CANVAS_COLOURS];
    for (size_t i = 0; i < CANVAS_COLOURS; i++)
        colours[i] =
            (struct picture_colour){palette[i].red, palette[i].green, palette[i].blue, 255};
    const struct encoder encoder = {.pixels = pixels,
                                    .width = width,
                                    .height = height,
                                    .colours = colours,
                                    .depth = 4,
                                    .texts = texts,
                                    .n_texts = n_texts};
    return encode(encoder, len);
}

uint8_t *picture_encode_levels(const uint8_t levels[CANVAS_PIXELS],
                               const struct picture_colour colours[PICTURE_LEVELS],
                               const struct picture_text *texts, size_t n_texts, size_t *len)
{
    return picture_encode_levels_area(levels, CANVAS_WIDTH, CANVAS_HEIGHT, colours, texts, n_texts,
                                      len);
}

uint8_t *picture_encode_levels_area(const uint8_t *levels, uint32_t width, uint32_t height,
                                    const struct picture_colour colours[PICTURE_LEVELS],
                                    const struct picture_text *texts, size_t n_texts, size_t *len)
{
    const struct encoder encoder = {.pixels = levels,
                                    .width = width,
                                    .height = height,
                                    .colours = colours,
                                    .depth = 8,
                                    .texts = texts,
                                    .n_texts = n_texts};
    return encode(encoder, len);
}
