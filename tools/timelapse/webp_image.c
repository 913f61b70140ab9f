/* SPDX-License-Identifier: ISC */
/* webp_image: see webp_image.h. */
#include "webp_image.h"

#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>

#include "core/bytes.h"
#include "core/palette.h"
#include "patch.h"

/* Measured by bench/measure-timelapse on frames of 4,000 edits: method 0 takes half the time, and
 * makes files more than twice as large; quality below 25 takes little more, for a third more bytes;
 * higher methods and qualities take up to a third longer and save half a per cent. */
enum { METHOD = 1, QUALITY = 25 };

/* A file of one lossless image is RIFF, length, WEBP, and the chunk. */
enum { FILE_HEADER = 12, CHUNK_HEADER = 8 };

static int fill(const struct image *image, WebPPicture *picture)
{
    uint32_t argb[PATCH_KEEP + 1];
    for (int i = 0; i < CANVAS_COLOURS; i++)
        argb[i] = UINT32_C(0xff) << 24 | (uint32_t)palette[i].red << 16 |
                  (uint32_t)palette[i].green << 8 | palette[i].blue;
    argb[PATCH_KEEP] = 0;
    picture->use_argb = 1;
    picture->width = (int)(image->width * image->zoom);
    picture->height = (int)(image->height * image->zoom);
    if (!WebPPictureAlloc(picture))
        return -1;
    size_t stride = (size_t)picture->argb_stride;
    for (uint32_t y = 0; y < image->height; y++) {
        const uint8_t *colours = image->colours + (size_t)y * image->width;
        uint32_t *row = picture->argb + stride * y * image->zoom;
        for (uint32_t x = 0; x < (uint32_t)picture->width; x++)
            row[x] = argb[colours[x / image->zoom]];
        for (uint32_t i = 1; i < image->zoom; i++)
            memcpy(row + stride * i, row, (size_t)picture->width * sizeof *row);
    }
    return 0;
}

/* The chunk out of the file that libwebp makes. */
static int take_chunk(const uint8_t *file, size_t len, struct encoded *encoded)
{
    if (len < FILE_HEADER + CHUNK_HEADER || memcmp(file, "RIFF", 4) != 0 ||
        memcmp(file + 8, "WEBPVP8L", 8) != 0)
        return -1;
    size_t chunk = CHUNK_HEADER + (size_t)load_u32(file + FILE_HEADER + 4);
    chunk += chunk % 2;
    if (chunk != len - FILE_HEADER)
        return -1;
    encoded->bytes = malloc(chunk);
    if (!encoded->bytes)
        return -1;
    memcpy(encoded->bytes, file + FILE_HEADER, chunk);
    encoded->len = chunk;
    return 0;
}

int webp_image_encode(const struct image *image, struct encoded *encoded)
{
    WebPConfig config;
    WebPPicture picture;
    WebPMemoryWriter writer;
    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        return -1; /* another version of libwebp than the one it was built with */
    config.lossless = 1;
    config.exact = 1;
    config.method = METHOD;
    config.quality = QUALITY;
    WebPMemoryWriterInit(&writer);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    int result = fill(image, &picture);
    if (result == 0)
        result = WebPEncode(&config, &picture) ? 0 : -1;
    if (result == 0)
        result = take_chunk(writer.mem, writer.size, encoded);
    WebPMemoryWriterClear(&writer);
    WebPPictureFree(&picture);
    return result;
}
