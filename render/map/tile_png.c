/* SPDX-License-Identifier: ISC */
/*
 * tile_png: libdeflate compresses, three times as fast as what Mapnik brings (bench/map-tiles); the
 * few chunks around that are written here.
 */
#include "render/map/tile_png.h"

#include <libdeflate.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "render/map/tile_palette.h"

enum {
    LEVEL = 6,
    FILTER_NONE = 0,
    FILTER_UP = 2,
    COLOUR_PALETTE = 3,
    COLOUR_RGBA = 6,
    HEAD_BYTES = 8 + 25 + (12 + 3 * 256) + (12 + 256), /* signature, IHDR, PLTE, tRNS */
    AROUND_BYTES = HEAD_BYTES + 12 + 12,               /* and IDAT, IEND */
};

struct tile_png {
    unsigned side_max;
    struct libdeflate_compressor *compressor;
    struct tile_palette palette;
    uint16_t *numbers; /* a pixel each */
    uint8_t *indices;
    uint8_t *rows; /* as they are compressed */
    uint8_t *out;
    size_t room;
    /* The last tile of one colour. */
    uint32_t plain_colour;
    unsigned plain_side;
    size_t plain_len;
    uint8_t plain[4096];
};

struct tile_png *tile_png_create(unsigned side_max)
{
    struct tile_png *png = calloc(1, sizeof *png);
    if (!png || side_max == 0 || side_max > TILE_PNG_SIDE_MAX) {
        free(png);
        return NULL;
    }
    size_t pixels = (size_t)side_max * side_max, rows = (4 * (size_t)side_max + 1) * side_max;
    png->side_max = side_max;
    png->compressor = libdeflate_alloc_compressor(LEVEL);
    png->numbers = malloc(pixels * sizeof *png->numbers);
    png->indices = malloc(pixels);
    png->rows = malloc(rows);
    png->room = libdeflate_zlib_compress_bound(png->compressor, rows) + AROUND_BYTES;
    png->out = malloc(png->room);
    if (png->compressor && png->numbers && png->indices && png->rows && png->out)
        return png;
    tile_png_destroy(png);
    return NULL;
}

void tile_png_destroy(struct tile_png *png)
{
    if (!png)
        return;
    libdeflate_free_compressor(png->compressor);
    free(png->numbers);
    free(png->indices);
    free(png->rows);
    free(png->out);
    free(png);
}

/* ---- the file ---- */

static void store_be32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Put length, type and checksum around the len bytes that stand at chunk + 8. Returns its end. */
static uint8_t *end_chunk(uint8_t *chunk, const char type[4], size_t len)
{
    store_be32(chunk, (uint32_t)len);
    memcpy(chunk + 4, type, 4);
    store_be32(chunk + 8 + len, libdeflate_crc32(0, chunk + 4, len + 4));
    return chunk + 12 + len;
}

static uint8_t *write_head(uint8_t *out, unsigned side, unsigned depth, unsigned colour_type)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    memcpy(out, signature, sizeof signature);
    out += sizeof signature;
    store_be32(out + 8, side);
    store_be32(out + 12, side);
    memset(out + 16, 0, 5); /* compression, filter, no interlacing */
    out[16] = (uint8_t)depth;
    out[17] = (uint8_t)colour_type;
    return end_chunk(out, "IHDR", 13);
}

/* A colour that is not multiplied by its alpha. */
static void demultiply(uint8_t to[4], uint32_t colour)
{
    unsigned alpha = colour >> 24;
    for (int i = 0; i < 3; i++) {
        unsigned channel = colour >> 8 * i & 0xff;
        if (alpha > 0 && alpha < 255)
            channel = (channel * 255 + alpha / 2) / alpha;
        to[i] = (uint8_t)(alpha == 0 ? 0 : channel > 255 ? 255 : channel);
    }
    to[3] = (uint8_t)alpha;
}

static uint8_t *write_palette(uint8_t *out, const uint32_t *colours, unsigned count)
{
    uint8_t alphas[TILE_PALETTE_COLOURS];
    unsigned n_alphas = 0; /* those behind are opaque */
    for (unsigned i = 0; i < count; i++) {
        uint8_t colour[4];
        demultiply(colour, colours[i]);
        memcpy(out + 8 + 3 * i, colour, 3);
        alphas[i] = colour[3];
        if (colour[3] < 255)
            n_alphas = i + 1;
    }
    out = end_chunk(out, "PLTE", 3 * count);
    if (n_alphas == 0)
        return out;
    memcpy(out + 8, alphas, n_alphas);
    return end_chunk(out, "tRNS", n_alphas);
}

/* Compress the rows behind what is at `out`, and end the file. */
static const uint8_t *finish(struct tile_png *png, uint8_t *out, size_t rows_len, size_t *len)
{
    size_t room = png->room - (size_t)(out - png->out) - 24;
    size_t packed = libdeflate_zlib_compress(png->compressor, png->rows, rows_len, out + 8, room);
    out = end_chunk(out, "IDAT", packed);
    out = end_chunk(out, "IEND", 0);
    *len = (size_t)(out - png->out);
    return png->out;
}

/* ---- its pixels ---- */

static const uint8_t *encode_palette(struct tile_png *png, const uint8_t *indices,
                                     const uint32_t *colours, unsigned count, unsigned side,
                                     size_t *len)
{
    unsigned depth = count <= 2 ? 1 : count <= 4 ? 2 : count <= 16 ? 4 : 8;
    unsigned in_byte = 8 / depth;
    uint8_t *row = png->rows;
    for (unsigned y = 0; y < side; y++, indices += side) {
        *row++ = FILTER_NONE;
        if (depth == 8) {
            memcpy(row, indices, side);
            row += side;
            continue;
        }
        for (unsigned x = 0; x < side; x += in_byte) {
            unsigned byte = 0;
            for (unsigned i = 0; i < in_byte; i++)
                byte = byte << depth | (x + i < side ? indices[x + i] : 0);
            *row++ = (uint8_t)byte;
        }
    }
    uint8_t *out = write_head(png->out, side, depth, COLOUR_PALETTE);
    out = write_palette(out, colours, count);
    return finish(png, out, (size_t)(row - png->rows), len);
}

/* Of too many colours for a palette. */
static const uint8_t *encode_rgba(struct tile_png *png, const uint32_t *pixels, size_t stride,
                                  unsigned side, size_t *len)
{
    uint8_t *row = png->rows;
    for (unsigned y = 0; y < side; y++, pixels += stride) {
        *row++ = FILTER_UP;
        for (unsigned x = 0; x < side; x++, row += 4) {
            uint8_t above[4] = {0};
            demultiply(row, pixels[x]);
            if (y > 0)
                demultiply(above, (pixels - stride)[x]);
            for (int i = 0; i < 4; i++)
                row[i] = (uint8_t)(row[i] - above[i]);
        }
    }
    uint8_t *out = write_head(png->out, side, 8, COLOUR_RGBA);
    return finish(png, out, (size_t)(row - png->rows), len);
}

static bool has_one_colour(const uint32_t *pixels, size_t stride, unsigned side)
{
    size_t row = side * sizeof *pixels;
    if (memcmp(pixels, pixels + 1, row - sizeof *pixels) != 0)
        return false;
    for (unsigned y = 1; y < side; y++)
        if (memcmp(pixels, pixels + y * stride, row) != 0)
            return false;
    return true;
}

static const uint8_t *encode_plain(struct tile_png *png, uint32_t colour, unsigned side,
                                   size_t *len)
{
    if (png->plain_side != side || png->plain_colour != colour) {
        memset(png->indices, 0, (size_t)side * side);
        const uint8_t *bytes = encode_palette(png, png->indices, &colour, 1, side, len);
        if (*len > sizeof png->plain)
            return bytes;
        memcpy(png->plain, bytes, *len);
        png->plain_len = *len;
        png->plain_colour = colour;
        png->plain_side = side;
    }
    *len = png->plain_len;
    return png->plain;
}

const uint8_t *tile_png_encode(struct tile_png *png, const uint32_t *pixels, size_t stride,
                               unsigned side, size_t *len)
{
    struct tile_palette *palette = &png->palette;
    if (has_one_colour(pixels, stride, side))
        return encode_plain(png, pixels[0], side, len);
    if (tile_palette_find(palette, pixels, stride, side, png->numbers, png->indices))
        return encode_palette(png, png->indices, palette->colours, palette->count, side, len);
    return encode_rgba(png, pixels, stride, side, len);
}
