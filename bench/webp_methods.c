/* SPDX-License-Identifier: ISC */
/*
 * webp_methods FILE N: the images of the first N frames of a timelapse encoded again, one after the
 * other in one thread, with other methods and qualities of libwebp than those of
 * tools/timelapse/webp_image.c; and the same pictures by libwebpmux's WebPAnimEncoder, which finds
 * the rectangles itself. JSON on standard output.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "core/decimal.h"
#include "sys/descriptors.h"

enum { MEBIBYTE = 1024 * 1024, FRAMES_MAX = 100000 };

struct setting {
    int method, quality;
};

static const struct setting settings[] = {{0, 0},  {0, 75}, {1, 0},  {1, 25},
                                          {1, 75}, {2, 25}, {3, 50}, {4, 75}};

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *what)
{
    fprintf(stderr, "webp_methods: %s\n", what);
    exit(1);
}

static WebPConfig config_of(struct setting setting)
{
    WebPConfig config;
    if (!WebPConfigInit(&config))
        die("another libwebp");
    config.lossless = 1;
    config.exact = 1;
    config.method = setting.method;
    config.quality = (float)setting.quality;
    return config;
}

/* Encode one image; its bytes. The time without making the picture is added to *ms. */
static size_t encode(const WebPConfig *config, const uint8_t *bgra, int width, int height,
                     double *ms)
{
    WebPPicture picture;
    WebPMemoryWriter writer;
    if (!WebPPictureInit(&picture))
        die("another libwebp");
    picture.use_argb = 1;
    picture.width = width;
    picture.height = height;
    if (!WebPPictureImportBGRA(&picture, bgra, 4 * width))
        die("out of memory");
    WebPMemoryWriterInit(&writer);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    double before = cpu_ms();
    if (!WebPEncode(config, &picture))
        die("a frame cannot be encoded");
    *ms += cpu_ms() - before;
    size_t size = writer.size;
    WebPMemoryWriterClear(&writer);
    WebPPictureFree(&picture);
    return size;
}

/* All settings for one image after the other, so that whatever else the machine does meets them
 * alike. */
static void measure_settings(const WebPData *data, unsigned n)
{
    enum { SETTINGS = sizeof settings / sizeof *settings };
    double ms[SETTINGS] = {0};
    size_t bytes[SETTINGS] = {0};
    unsigned frames = 0;
    WebPIterator frame;
    WebPDemuxer *demuxer = WebPDemux(data);
    if (!demuxer || !WebPDemuxGetFrame(demuxer, 1, &frame))
        die("not an animated WebP");
    do {
        int width, height;
        uint8_t *bgra = WebPDecodeBGRA(frame.fragment.bytes, frame.fragment.size, &width, &height);
        if (!bgra)
            die("a frame cannot be decoded");
        for (int i = 0; i < SETTINGS; i++) {
            WebPConfig config = config_of(settings[i]);
            bytes[i] += encode(&config, bgra, width, height, &ms[i]);
        }
        WebPFree(bgra);
        frames++;
    } while (frames < n && WebPDemuxNextFrame(&frame));
    WebPDemuxReleaseIterator(&frame);
    WebPDemuxDelete(demuxer);
    for (int i = 0; i < SETTINGS; i++)
        printf("%s{\"name\": \"method %d, quality %d\", \"bytes\": %.1f, \"ms\": %.3f}",
               i > 0 ? ",\n " : "", settings[i].method, settings[i].quality,
               (double)bytes[i] / frames, ms[i] / frames);
}

/* The whole pictures, to an encoder that compares them itself. */
static void measure_anim(const WebPData *data, unsigned n)
{
    WebPAnimInfo info;
    WebPAnimEncoderOptions options;
    WebPData result;
    WebPConfig config = config_of((struct setting){1, 25});
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(data, NULL);
    if (!decoder || !WebPAnimDecoderGetInfo(decoder, &info) ||
        !WebPAnimEncoderOptionsInit(&options))
        die("not an animated WebP");
    options.kmin = FRAMES_MAX; /* no key frames */
    options.kmax = FRAMES_MAX + 1;
    WebPAnimEncoder *encoder =
        WebPAnimEncoderNew((int)info.canvas_width, (int)info.canvas_height, &options);
    double ms = 0;
    unsigned frames = 0;
    for (; frames < n && WebPAnimDecoderHasMoreFrames(decoder); frames++) {
        uint8_t *rgba;
        int end_ms;
        WebPPicture picture;
        if (!WebPAnimDecoderGetNext(decoder, &rgba, &end_ms) || !WebPPictureInit(&picture))
            die("a frame cannot be decoded");
        picture.use_argb = 1;
        picture.width = (int)info.canvas_width;
        picture.height = (int)info.canvas_height;
        if (!WebPPictureImportRGBA(&picture, rgba, 4 * picture.width))
            die("out of memory");
        double before = cpu_ms();
        if (!WebPAnimEncoderAdd(encoder, &picture, (int)frames * 40, &config))
            die("WebPAnimEncoderAdd");
        ms += cpu_ms() - before;
        WebPPictureFree(&picture);
    }
    double before = cpu_ms();
    if (!WebPAnimEncoderAdd(encoder, NULL, (int)frames * 40, NULL) ||
        !WebPAnimEncoderAssemble(encoder, &result))
        die("WebPAnimEncoderAssemble");
    ms += cpu_ms() - before;
    printf(",\n {\"name\": \"WebPAnimEncoder 1, 25\", \"bytes\": %.1f, \"ms\": %.3f}]\n",
           (double)result.size / frames, ms / frames);
    WebPDataClear(&result);
    WebPAnimEncoderDelete(encoder);
    WebPAnimDecoderDelete(decoder);
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    uint64_t n;
    if (argc != 3 || !decimal_parse(argv[2], strlen(argv[2]), FRAMES_MAX, &n) || n < 1)
        die("usage: webp_methods FILE N");
    mallopt(M_MMAP_THRESHOLD, 32 * MEBIBYTE); /* as tools/timelapse does */
    mallopt(M_TRIM_THRESHOLD, 256 * MEBIBYTE);
    FILE *file = fopen(argv[1], "re");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        die("cannot read the file");
    long size = ftell(file);
    uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1);
    rewind(file);
    if (!bytes || size <= 0 || fread(bytes, 1, (size_t)size, file) != (size_t)size)
        die("cannot read the file");
    fclose(file);
    const WebPData data = {bytes, (size_t)size};
    printf("[");
    measure_settings(&data, (unsigned)n);
    measure_anim(&data, (unsigned)n);
    free(bytes);
    return fflush(stdout) == 0 ? 0 : 1;
}
