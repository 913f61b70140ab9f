/* SPDX-License-Identifier: ISC */
/*
 * header: a machine that gathers as many bytes as its next step wants, takes the step, and lets as
 * many bytes go by as the step says.
 */
#include "render/image/header.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "core/bytes.h"

enum {
    PNG_HEAD_BYTES = 8 + 8 + 13 + 4, /* signature; length and type; IHDR; its CRC */
    RIFF_HEAD_BYTES = 12,
    RIFF_CHUNK_BYTES = 8,
    VP8_HEAD_BYTES = 10,
    VP8L_HEAD_BYTES = 5,
    VP8X_BYTES = 10,
    JPEG_COMPONENTS_MAX = 4,
    WEBP_CHUNKS_MAX = 16, /* between VP8X and the picture: ICCP, ALPH, and what is unknown */
};

static uint32_t big_u32(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint32_t big_u16(const uint8_t *b)
{
    return (uint32_t)b[0] << 8 | b[1];
}

static enum header_result fail(struct header_scan *scan, enum header_result result, const char *why)
{
    snprintf(scan->why, sizeof scan->why, "%s", why);
    return result;
}

static enum header_result broken(struct header_scan *scan, const char *why)
{
    return fail(scan, HEADER_BROKEN, why);
}

/* Let skip bytes go by, then take this step with so many. */
static enum header_result go_on(struct header_scan *scan, uint64_t skip, size_t want,
                                enum header_result (*step)(struct header_scan *))
{
    scan->skip = skip;
    scan->have = 0;
    scan->want = want;
    scan->step = step;
    return HEADER_MORE;
}

/* Take this step with the bytes that are there and more behind them. */
static enum header_result go_on_with(struct header_scan *scan, size_t want,
                                     enum header_result (*step)(struct header_scan *))
{
    scan->want = want;
    scan->step = step;
    return HEADER_MORE;
}

static enum header_result found(struct header_scan *scan, uint32_t width, uint32_t height)
{
    if (width == 0 || height == 0)
        return broken(scan, "the picture has no pixels");
    scan->header.width = width;
    scan->header.height = height;
    return HEADER_FOUND;
}

/* ---- PNG ---- */

static enum header_result png_header(struct header_scan *scan)
{
    static const uint8_t start[] = {0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    static const uint8_t channels[] = {1, 0, 3, 1, 2, 0, 4};
    static const uint8_t depths[] = {
        1 | 2 | 4 | 8 | 16, 0, 8 | 16, 1 | 2 | 4 | 8, 8 | 16, 0, 8 | 16};
    const uint8_t *chunk = scan->buffer + 8, *ihdr = chunk + 8;
    if (memcmp(chunk, start, sizeof start) != 0)
        return broken(scan, "a PNG begins with IHDR of 13 bytes, this one does not");
    if (crc32(0, chunk + 4, 4 + 13) != big_u32(ihdr + 13))
        return broken(scan, "the checksum of the PNG's IHDR is wrong");
    const unsigned depth = ihdr[8], colour = ihdr[9];
    if (colour >= sizeof channels || !(depths[colour] & depth) || (depth & (depth - 1)))
        return broken(scan, "the PNG has a depth and a colour type that do not go together");
    if (ihdr[10] != 0 || ihdr[11] != 0 || ihdr[12] > 1)
        return broken(scan, "the PNG has an unknown compression, filter or interlace");
    const uint32_t width = big_u32(ihdr), height = big_u32(ihdr + 4);
    if (width > INT32_MAX || height > INT32_MAX)
        return broken(scan, "a side of the PNG is longer than 2147483647");
    scan->header.type = HEADER_PNG;
    /* A palette becomes red, green, blue and alpha; grey and RGB may get alpha from tRNS. */
    scan->header.samples =
        (colour == 3 ? 4 : channels[colour] + (colour < 4)) * (depth == 16 ? 2 : 1);
    scan->header.whole = ihdr[12] == 1;
    return found(scan, width, height);
}

/* ---- JPEG ---- */

static enum header_result jpeg_marker(struct header_scan *scan);

static enum header_result jpeg_components(struct header_scan *scan)
{
    const uint8_t *frame = scan->buffer + 4; /* behind marker and length */
    const unsigned count = frame[5];
    unsigned samples = 0, most_across = 1, most_down = 1;
    for (unsigned i = 0; i < count; i++) {
        const unsigned across = frame[6 + 3 * i + 1] >> 4, down = frame[6 + 3 * i + 1] & 15;
        if (across < 1 || across > 4 || down < 1 || down > 4)
            return broken(scan, "the JPEG samples a component by other than 1 to 4");
        samples += across * down;
        most_across = across > most_across ? across : most_across;
        most_down = down > most_down ? down : most_down;
    }
    /* A decoder that keeps all coefficients keeps two bytes a sample. */
    const unsigned cell = most_across * most_down;
    scan->header.samples = (2 * samples + cell - 1) / cell;
    return found(scan, big_u16(frame + 3), big_u16(frame + 1));
}

static enum header_result jpeg_frame(struct header_scan *scan)
{
    const uint8_t *frame = scan->buffer + 4;
    const unsigned count = frame[5];
    if (frame[0] != 8)
        return broken(scan, "the JPEG has other than 8 bits a sample");
    if (count != 1 && count != 3 && count != JPEG_COMPONENTS_MAX)
        return broken(scan, "the JPEG has other than 1, 3 or 4 components");
    if (big_u16(scan->buffer + 2) != 8 + 3 * count)
        return broken(scan, "the JPEG's frame header has a wrong length");
    return go_on_with(scan, 4 + 6 + 3 * count, jpeg_components);
}

static enum header_result jpeg_segment(struct header_scan *scan)
{
    const uint8_t marker = scan->buffer[1];
    const uint32_t len = big_u16(scan->buffer + 2);
    if (len < 2)
        return broken(scan, "a segment of the JPEG is shorter than its length");
    if (marker == 0xc0 || marker == 0xc1 || marker == 0xc2) { /* baseline, extended, progressive */
        scan->header.type = HEADER_JPEG;
        scan->header.whole = marker == 0xc2;
        return go_on_with(scan, 4 + 6, jpeg_frame);
    }
    /* Tables (DQT, DHT, DAC, DRI), applications' data and comments go by. */
    if (marker == 0xdb || marker == 0xc4 || marker == 0xcc || marker == 0xdd ||
        (marker >= 0xe0 && marker <= 0xef) || marker == 0xfe)
        return go_on(scan, len - 2, 2, jpeg_marker);
    if (marker > 0xc0 && marker <= 0xcf)
        return broken(scan,
                      "the JPEG is of a kind that no browser shows (lossless, hierarchical "
                      "or arithmetic coding)");
    return broken(scan, "the JPEG has no size before its pixels");
}

static enum header_result jpeg_marker(struct header_scan *scan)
{
    if (scan->buffer[0] != 0xff)
        return broken(scan, "the JPEG has something else where a marker should be");
    if (scan->buffer[1] == 0xff) { /* any number of these may stand before a marker */
        scan->have = 1;
        return HEADER_MORE;
    }
    if (scan->buffer[1] == 0 || scan->buffer[1] == 1 ||
        (scan->buffer[1] >= 0xd0 && scan->buffer[1] <= 0xd9))
        return broken(scan, "the JPEG has no size before its end");
    return go_on_with(scan, 4, jpeg_segment);
}

/* ---- WebP ---- */

static enum header_result webp_chunk(struct header_scan *scan);

/* The picture itself. One that stands behind VP8X has to be as large as VP8X says. */
static enum header_result webp_size(struct header_scan *scan, uint32_t width, uint32_t height)
{
    if (scan->header.width != 0 && (scan->header.width != width || scan->header.height != height))
        return broken(scan, "the WebP says two different sizes");
    return found(scan, width, height);
}

static enum header_result webp_vp8(struct header_scan *scan)
{
    const uint8_t *frame = scan->buffer + RIFF_CHUNK_BYTES;
    if ((frame[0] & 1) || frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a)
        return broken(scan, "the WebP does not begin with a key frame");
    return webp_size(scan, load_u16(frame + 6) & 0x3fff, load_u16(frame + 8) & 0x3fff);
}

static enum header_result webp_vp8l(struct header_scan *scan)
{
    const uint8_t *frame = scan->buffer + RIFF_CHUNK_BYTES;
    const uint32_t bits = load_u32(frame + 1);
    if (frame[0] != 0x2f || bits >> 29 != 0)
        return broken(scan, "the WebP has an unknown kind of lossless picture");
    scan->header.alpha |= bits >> 28 & 1;
    scan->header.lossless = true;
    return webp_size(scan, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
}

static enum header_result webp_vp8x(struct header_scan *scan)
{
    const uint8_t *fields = scan->buffer + RIFF_CHUNK_BYTES;
    const uint64_t width = (load_u32(fields + 4) & 0xffffff) + 1;
    const uint64_t height = (load_u32(fields + 6) >> 8) + 1;
    if (width * height > UINT32_MAX)
        return broken(scan, "the WebP has more than 4294967295 pixels");
    scan->header.alpha = fields[0] & 0x10;
    scan->header.animated = fields[0] & 2;
    if (scan->header.animated)
        return found(scan, (uint32_t)width, (uint32_t)height);
    scan->header.width = (uint32_t)width;
    scan->header.height = (uint32_t)height;
    return go_on(scan, 0, RIFF_CHUNK_BYTES, webp_chunk);
}

static enum header_result webp_chunk(struct header_scan *scan)
{
    const uint32_t len = load_u32(scan->buffer + 4);
    const bool extended = scan->header.width != 0;
    if (memcmp(scan->buffer, "VP8 ", 4) == 0 && len >= VP8_HEAD_BYTES)
        return go_on_with(scan, RIFF_CHUNK_BYTES + VP8_HEAD_BYTES, webp_vp8);
    if (memcmp(scan->buffer, "VP8L", 4) == 0 && len >= VP8L_HEAD_BYTES)
        return go_on_with(scan, RIFF_CHUNK_BYTES + VP8L_HEAD_BYTES, webp_vp8l);
    if (memcmp(scan->buffer, "VP8X", 4) == 0 && len == VP8X_BYTES && !extended)
        return go_on_with(scan, RIFF_CHUNK_BYTES + VP8X_BYTES, webp_vp8x);
    if (!extended || memcmp(scan->buffer, "VP8", 3) == 0)
        return broken(scan, "the WebP begins with no picture");
    if (scan->chunks++ == WEBP_CHUNKS_MAX)
        return broken(scan, "the WebP has too much before its picture");
    return go_on(scan, (uint64_t)len + len % 2, RIFF_CHUNK_BYTES, webp_chunk);
}

/* ---- which of them ---- */

static enum header_result webp_start(struct header_scan *scan)
{
    if (memcmp(scan->buffer + 8, "WEBP", 4) != 0)
        return fail(scan, HEADER_OTHER, "not a JPEG, PNG or WebP picture");
    scan->header.type = HEADER_WEBP;
    scan->header.whole = true;
    scan->header.samples = 4;
    return go_on(scan, 0, RIFF_CHUNK_BYTES, webp_chunk);
}

static enum header_result png_start(struct header_scan *scan)
{
    if (memcmp(scan->buffer, "\x89PNG\r\n\x1a\n", 8) != 0)
        return fail(scan, HEADER_OTHER, "not a JPEG, PNG or WebP picture");
    return go_on_with(scan, PNG_HEAD_BYTES, png_header);
}

static enum header_result start(struct header_scan *scan)
{
    if (memcmp(scan->buffer, "\x89PNG", 4) == 0)
        return go_on_with(scan, 8, png_start);
    if (memcmp(scan->buffer, "RIFF", 4) == 0)
        return go_on_with(scan, RIFF_HEAD_BYTES, webp_start);
    if (memcmp(scan->buffer, "\xff\xd8\xff", 3) == 0) {
        scan->buffer[0] = scan->buffer[2];
        scan->buffer[1] = scan->buffer[3];
        go_on(scan, 0, 2, jpeg_marker);
        scan->have = 2;
        return jpeg_marker(scan);
    }
    return fail(scan, HEADER_OTHER, "not a JPEG, PNG or WebP picture");
}

void header_begin(struct header_scan *scan)
{
    memset(scan, 0, sizeof *scan);
    scan->want = 4;
    scan->step = start;
}

enum header_result header_feed(struct header_scan *scan, const uint8_t *bytes, size_t len)
{
    while (len > 0 && scan->result == HEADER_MORE) {
        if (scan->skip > 0) {
            size_t n = scan->skip < len ? (size_t)scan->skip : len;
            scan->skip -= n;
            bytes += n;
            len -= n;
            continue;
        }
        size_t n = scan->want - scan->have < len ? scan->want - scan->have : len;
        memcpy(scan->buffer + scan->have, bytes, n);
        scan->have += n;
        bytes += n;
        len -= n;
        if (scan->have == scan->want)
            scan->result = scan->step(scan);
    }
    return scan->result;
}

enum header_result header_end(struct header_scan *scan)
{
    if (scan->result == HEADER_MORE)
        scan->result = scan->step == start
                           ? fail(scan, HEADER_OTHER, "not a JPEG, PNG or WebP picture")
                           : broken(scan, "the file ends before its size is known");
    return scan->result;
}

const char *header_media_type(enum header_type type)
{
    static const char *const types[HEADER_TYPES] = {"image/jpeg", "image/png", "image/webp"};
    return types[type];
}

const char *header_extension(enum header_type type)
{
    static const char *const extensions[HEADER_TYPES] = {"jpg", "png", "webp"};
    return extensions[type];
}
