/* SPDX-License-Identifier: ISC */
/* index_png: signature, IHDR, PLTE, IDAT, IEND. */
#include "render/fractal/index_png.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEVEL = 1, /* level 4 takes twice the time and saves a twentieth */
    FILTER_NONE = 0,
    FILTER_SUB = 1,
    FEW_COLOURS = 16,
    ROWS_MAX = INDEX_PNG_SIDE * (1 + INDEX_PNG_SIDE),
    CHUNK_FRAME = 12, /* length, type, checksum */
    HEAD_MAX = 8 + CHUNK_FRAME + 13 + CHUNK_FRAME + 3 * 256,
};

struct index_png {
    struct libdeflate_compressor *compressor;
    uint8_t rows[ROWS_MAX];
    size_t room; /* of file */
    uint8_t *file;
};

struct index_png *index_png_create(void)
{
    struct index_png *png = calloc(1, sizeof *png);
    if (!png)
        return NULL;
    png->compressor = libdeflate_alloc_compressor(LEVEL);
    if (png->compressor) {
        png->room = libdeflate_zlib_compress_bound(png->compressor, ROWS_MAX);
        png->file = malloc(HEAD_MAX + png->room + 2 * CHUNK_FRAME);
    }
    if (!png->file) {
        index_png_destroy(png);
        return NULL;
    }
    return png;
}

void index_png_destroy(struct index_png *png)
{
    if (!png)
        return;
    libdeflate_free_compressor(png->compressor);
    free(png->file);
    free(png);
}

static void put_u32(uint8_t *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Put the frame of a chunk round the data that is already behind out + 8; where it ends. */
static uint8_t *close_chunk(uint8_t *out, const char type[5], size_t len)
{
    put_u32(out, (uint32_t)len);
    memcpy(out + 4, type, 4);
    put_u32(out + 8 + len, libdeflate_crc32(0, out + 4, 4 + len));
    return out + CHUNK_FRAME + len;
}

static uint8_t *write_head(uint8_t *out, unsigned depth, const uint8_t *rgb, unsigned colours)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    memcpy(out, signature, sizeof signature);
    out += sizeof signature;
    put_u32(out + 8, INDEX_PNG_SIDE);
    put_u32(out + 12, INDEX_PNG_SIDE);
    memcpy(out + 16, (const uint8_t[5]){(uint8_t)depth, 3},
           5); /* 3: a palette; then the only values */
    out = close_chunk(out, "IHDR", 13);
    memcpy(out + 8, rgb, 3 * (size_t)colours);
    return close_chunk(out, "PLTE", 3 * (size_t)colours);
}

/* The rows as PNG wants them, each behind a byte of its filter: differences to the left neighbour
 * make the file of a gradient a twentieth smaller, that of few colours larger. */
static size_t pack_rows(uint8_t *out, const uint8_t *pixels, unsigned depth)
{
    const size_t bytes = INDEX_PNG_SIDE * depth / 8;
    for (int y = 0; y < INDEX_PNG_SIDE; y++, pixels += INDEX_PNG_SIDE, out += bytes) {
        *out++ = depth == 8 ? FILTER_SUB : FILTER_NONE;
        for (size_t i = 0; i < bytes; i++)
            out[i] = (uint8_t)(depth == 4 ? pixels[2 * i] << 4 | pixels[2 * i + 1]
                               : i == 0   ? pixels[0]
                                          : pixels[i] - pixels[i - 1]);
    }
    return (1 + bytes) * INDEX_PNG_SIDE;
}

const uint8_t *index_png_encode(struct index_png *png,
                                const uint8_t pixels[INDEX_PNG_SIDE * INDEX_PNG_SIDE],
                                const uint8_t *rgb, unsigned colours, size_t *len)
{
    const unsigned depth = colours <= FEW_COLOURS ? 4 : 8;
    const size_t rows = pack_rows(png->rows, pixels, depth);
    uint8_t *out = write_head(png->file, depth, rgb, colours);
    const size_t packed =
        libdeflate_zlib_compress(png->compressor, png->rows, rows, out + 8, png->room);
    if (packed == 0)
        return NULL;
    out = close_chunk(out, "IDAT", packed);
    out = close_chunk(out, "IEND", 0);
    *len = (size_t)(out - png->file);
    return png->file;
}
