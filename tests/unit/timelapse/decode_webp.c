/* SPDX-License-Identifier: ISC */
/*
 * decode_webp FILE: the frames of an animated WebP as libwebp's own decoder shows them, for tests.
 * A line "WIDTH HEIGHT FRAMES", then for each frame a line with the time in ms at which it ends,
 * and WIDTH x HEIGHT bytes, each the index of a colour of the palette; anything else than such a
 * colour, opaque, is an error.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <webp/demux.h>

#include "core/palette.h"

static int fail(const char *what)
{
    fprintf(stderr, "decode_webp: %s\n", what);
    return 1;
}

static bool read_file(const char *path, WebPData *data)
{
    FILE *file = fopen(path, "re");
    uint8_t *bytes = NULL;
    size_t len = 0, room = 0;
    while (file && !feof(file) && !ferror(file)) {
        if (len == room) {
            room = 2 * room + 65536;
            bytes = realloc(bytes, room);
            if (!bytes)
                abort();
        }
        len += fread(bytes + len, 1, room - len, file);
    }
    bool whole = file && !ferror(file);
    if (file)
        fclose(file);
    *data = (WebPData){bytes, len};
    return whole;
}

static int index_of(const uint8_t rgba[4])
{
    for (int i = 0; i < CANVAS_COLOURS; i++) {
        if (rgba[0] == palette[i].red && rgba[1] == palette[i].green &&
            rgba[2] == palette[i].blue && rgba[3] == 0xff)
            return i;
    }
    return -1;
}

static int print_frames(WebPAnimDecoder *decoder)
{
    WebPAnimInfo info;
    if (!WebPAnimDecoderGetInfo(decoder, &info))
        return fail("no information");
    size_t n = (size_t)info.canvas_width * info.canvas_height;
    uint8_t *indices = malloc(n);
    printf("%u %u %u\n", info.canvas_width, info.canvas_height, info.frame_count);
    int status = 0;
    while (status == 0 && WebPAnimDecoderHasMoreFrames(decoder)) {
        uint8_t *rgba;
        int end_ms;
        if (!WebPAnimDecoderGetNext(decoder, &rgba, &end_ms)) {
            status = fail("a frame cannot be decoded");
            break;
        }
        for (size_t i = 0; i < n && status == 0; i++) {
            int index = index_of(rgba + 4 * i);
            indices[i] = (uint8_t)index;
            if (index < 0)
                status = fail("a pixel has a colour that is not of the palette");
        }
        printf("%d\n", end_ms);
        fwrite(indices, 1, n, stdout);
    }
    free(indices);
    return fflush(stdout) == 0 ? status : fail("cannot write");
}

int main(int argc, char *argv[])
{
    WebPData data;
    WebPAnimDecoderOptions options;
    if (argc != 2 || !read_file(argv[1], &data))
        return fail("usage: decode_webp FILE, which can be read");
    WebPAnimDecoderOptionsInit(&options);
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, &options);
    int status = decoder ? print_frames(decoder) : fail("not an animated WebP");
    WebPAnimDecoderDelete(decoder);
    WebPDataClear(&data);
    return status;
}
