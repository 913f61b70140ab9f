/* SPDX-License-Identifier: ISC */
/* read_png: a picture of the server's as colours, one a byte, by libpng. Ends the program when it
 * is not one. */
#ifndef PLACED_BENCH_READ_PNG_H
#define PLACED_BENCH_READ_PNG_H

#include <png.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/edit.h"
#include "core/palette.h"

struct read_png_bytes {
    const uint8_t *at;
    size_t left;
};

static inline void read_png_give(png_structp png, png_bytep into, png_size_t n)
{
    struct read_png_bytes *bytes = png_get_io_ptr(png);
    if (n > bytes->left)
        png_error(png, "cut short");
    memcpy(into, bytes->at, n);
    bytes->at += n;
    bytes->left -= n;
}

static inline void __attribute__((noreturn)) read_png_error(png_structp png, png_const_charp why)
{
    (void)png;
    fprintf(stderr, "versions: a picture: %s\n", why);
    exit(1);
}

/* The colours, one a byte, of a picture of len bytes, which must be in the server's own format. */
static inline void read_png(const uint8_t *file, size_t len, uint8_t *colours)
{
    struct read_png_bytes bytes = {file, len};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, read_png_error, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    png_colorp entries = NULL;
    int n_entries = 0;
    if (!info)
        read_png_error(NULL, "no memory");
    png_set_read_fn(png, &bytes, read_png_give);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != CANVAS_WIDTH ||
        png_get_image_height(png, info) != CANVAS_HEIGHT || png_get_bit_depth(png, info) != 4 ||
        !png_get_PLTE(png, info, &entries, &n_entries) || n_entries != CANVAS_COLOURS)
        read_png_error(NULL, "not 1000 x 1000 in 16 colours");
    for (int i = 0; i < CANVAS_COLOURS; i++)
        if (entries[i].red != palette[i].red || entries[i].green != palette[i].green ||
            entries[i].blue != palette[i].blue)
            read_png_error(NULL, "not the colours of the palette");
    png_set_packing(png);
    for (uint32_t y = 0; y < CANVAS_HEIGHT; y++)
        png_read_row(png, colours + (size_t)y * CANVAS_WIDTH, NULL);
    png_read_end(png, NULL);
    png_destroy_read_struct(&png, &info, NULL);
}

#endif
