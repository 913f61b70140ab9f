/* SPDX-License-Identifier: ISC */
/* picture_png: libpng, with what suits canvases. */
#include "derived/picture_png.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/palette.h"

enum {
    ROW_BYTES = CANVAS_WIDTH / 2,
    /* Measured (bench/encode): run lengths at level 1 take 2 to 10 ms; level 6 takes four times as
     * long for a file that is an eighth smaller. Filters are for photographs: on palette indices
     * they double the time and make the file larger. */
    LEVEL = 1,
    STRATEGY = Z_RLE,
    IDAT_BYTES = 65536,
};

/* All that libpng's error exit must find intact lives here, not in locals of the function that
 * called setjmp. */
struct encoder {
    const uint8_t *pixels;
    const struct picture_text *texts;
    size_t n_texts;
    png_struct *png;
    png_info *info;
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
    png_set_IHDR(encoder->png, encoder->info, CANVAS_WIDTH, CANVAS_HEIGHT, 4,
                 PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_color colours[CANVAS_COLOURS];
    for (int i = 0; i < CANVAS_COLOURS; i++)
        colours[i] = (png_color){palette[i].red, palette[i].green, palette[i].blue};
    png_set_PLTE(encoder->png, encoder->info, colours, CANVAS_COLOURS);
    for (size_t i = 0; i < encoder->n_texts; i++) {
        png_text text = {.compression = PNG_TEXT_COMPRESSION_NONE,
                         .key = (char *)(uintptr_t)encoder->texts[i].key, /* libpng copies both */
                         .text = (char *)(uintptr_t)encoder->texts[i].value};
        png_set_text(encoder->png, encoder->info, &text, 1);
    }
    png_write_info(encoder->png, encoder->info);
}

/* What libpng's errors unwind. 0 or -1; releases nothing. */
static int encode(struct encoder *encoder)
{
    if (setjmp(png_jmpbuf(encoder->png)))
        return -1;
    png_set_write_fn(encoder->png, encoder, on_write, on_flush);
    png_set_filter(encoder->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_compression_level(encoder->png, LEVEL);
    png_set_compression_strategy(encoder->png, STRATEGY);
    png_set_compression_buffer_size(encoder->png, IDAT_BYTES);
    write_header(encoder);
    for (size_t y = 0; y < CANVAS_HEIGHT; y++) {
        const uint8_t *row = encoder->pixels + y * CANVAS_WIDTH;
        uint8_t packed[ROW_BYTES];
        for (size_t i = 0; i < ROW_BYTES; i++)
            packed[i] = (uint8_t)(row[2 * i] << 4 | row[2 * i + 1]);
        png_write_row(encoder->png, packed);
    }
    png_write_end(encoder->png, NULL);
    return 0;
}

uint8_t *picture_encode(const uint8_t pixels[CANVAS_PIXELS], const struct picture_text *texts,
                        size_t n_texts, size_t *len)
{
    struct encoder encoder = {
        .pixels = pixels,
        .texts = texts,
        .n_texts = n_texts,
        .png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning)};
    if (!encoder.png)
        return NULL;
    encoder.info = png_create_info_struct(encoder.png);
    if (!encoder.info || encode(&encoder) < 0) {
        free(encoder.out);
        encoder.out = NULL;
    }
    png_destroy_write_struct(&encoder.png, &encoder.info);
    *len = encoder.len;
    /* The buffer grew by halves, and the picture may be kept for long. */
    uint8_t *fitted = encoder.out ? realloc(encoder.out, encoder.len) : NULL;
    return fitted ? fitted : encoder.out;
}
