/* SPDX-License-Identifier: ISC */
/* png_image: see png_image.h. Four chunks are all there is: libdeflate makes the only one that is
 * not trivial, twice as fast as zlib would. */
#include "png_image.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "core/palette.h"

enum {
    LEVEL = 6,
    CHUNK_AROUND = 12, /* length and name before the data, a CRC behind */
    HEADER_BYTES = 13,
    PALETTE_BYTES = 3 * CANVAS_COLOURS,
    BIT_DEPTH = 4,
    COLOUR_TYPE_PALETTE = 3,
};

static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

static void store_u32_big(uint8_t *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        b[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* A chunk whose data is already in its place; returns where the next one begins. */
static uint8_t *finish_chunk(uint8_t *chunk, const char *name, size_t len)
{
    store_u32_big(chunk, (uint32_t)len);
    memcpy(chunk + 4, name, 4);
    store_u32_big(chunk + 8 + len, libdeflate_crc32(0, chunk + 4, 4 + len));
    return chunk + CHUNK_AROUND + len;
}

/* Rows of a filter byte (none) and two pixels a byte. */
static void pack(const struct image *image, uint8_t *rows, size_t row_bytes)
{
    size_t width = (size_t)image->width * image->zoom;
    for (uint32_t y = 0; y < image->height; y++) {
        const uint8_t *colours = image->colours + (size_t)y * image->width;
        uint8_t *row = rows + row_bytes * y * image->zoom;
        memset(row, 0, row_bytes);
        for (size_t x = 0; x < width; x++)
            row[1 + x / 2] |= (uint8_t)(colours[x / image->zoom] << (x % 2 ? 0 : 4));
        for (uint32_t i = 1; i < image->zoom; i++)
            memcpy(row + row_bytes * i, row, row_bytes);
    }
}

static uint8_t *write_header(uint8_t *at, const struct image *image)
{
    memcpy(at, signature, sizeof signature);
    at += sizeof signature;
    memset(at + 8, 0, HEADER_BYTES); /* no interlacing, the only filter and compression there are */
    store_u32_big(at + 8, image->width * image->zoom);
    store_u32_big(at + 12, image->height * image->zoom);
    at[16] = BIT_DEPTH;
    at[17] = COLOUR_TYPE_PALETTE;
    at = finish_chunk(at, "IHDR", HEADER_BYTES);
    for (int i = 0; i < CANVAS_COLOURS; i++) {
        at[8 + 3 * i] = palette[i].red;
        at[9 + 3 * i] = palette[i].green;
        at[10 + 3 * i] = palette[i].blue;
    }
    return finish_chunk(at, "PLTE", PALETTE_BYTES);
}

int png_image_encode(const struct image *image, struct encoded *encoded)
{
    size_t row_bytes = 1 + ((size_t)image->width * image->zoom + 1) / 2;
    size_t len = row_bytes * image->height * image->zoom;
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
    uint8_t *rows = malloc(len), *file = NULL;
    if (compressor && rows) {
        size_t bound = libdeflate_zlib_compress_bound(compressor, len);
        file = malloc(sizeof signature + HEADER_BYTES + PALETTE_BYTES + bound + 4 * CHUNK_AROUND);
        if (file) {
            pack(image, rows, row_bytes);
            uint8_t *at = write_header(file, image);
            /* With room for its bound the compressor always comes to an end. */
            at = finish_chunk(at, "IDAT",
                              libdeflate_zlib_compress(compressor, rows, len, at + 8, bound));
            at = finish_chunk(at, "IEND", 0);
            *encoded = (struct encoded){file, (size_t)(at - file)};
        }
    }
    libdeflate_free_compressor(compressor);
    free(rows);
    return file ? 0 : -1;
}
