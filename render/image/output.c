/* SPDX-License-Identifier: ISC */
/*
 * output: libvips writes to a target of ours, which grows as it must and no further. Every saver
 * strips metadata.
 */
#include "render/image/output.h"

#include <stdlib.h>
#include <string.h>

#include "render/image/budget.h"
#include "render/image/riff.h"

enum {
    ROOM_FIRST = 64 * 1024,
    /* Above so many pixels, what takes least time: ten seconds are all that a task has. */
    LARGE_PIXELS = 8 * 1000 * 1000,
};

struct output {
    uint8_t *bytes;
    size_t len, room, limit;
};

/* VipsTargetCustom's write: the number of bytes taken, -1 to stop. */
static gint64 on_write(VipsTargetCustom *target, const void *data, gint64 n, struct output *output)
{
    const size_t more = (size_t)n;
    if (n < 0 || more > output->limit - output->len) {
        vips_error("output", "the result has more than %zu bytes", output->limit);
        return -1;
    }
    if (more > output->room - output->len) {
        size_t room = output->room ? 2 * output->room : ROOM_FIRST;
        while (room < output->len + more)
            room *= 2;
        room = room < output->limit ? room : output->limit;
        uint8_t *bytes = realloc(output->bytes, room);
        if (!bytes) {
            vips_error("output", "no memory for a result of %zu bytes", room);
            return -1;
        }
        output->bytes = bytes;
        output->room = room;
    }
    memcpy(output->bytes + output->len, data, more);
    output->len += more;
    return n;
}

static int save_webp(VipsImage *image, bool lossless, bool best, VipsTarget *target)
{
    const int effort = !best ? 0 : lossless ? 2 : 4;
    return vips_webpsave_target(image, target, "Q", OUTPUT_QUALITY, "lossless", lossless && best,
                                "effort", effort, "strip", TRUE, NULL);
}

static int save(VipsImage *image, const struct header *like, VipsTarget *target)
{
    const uint64_t pixels = (uint64_t)image->Xsize * (uint64_t)image->Ysize;
    const bool large = pixels > LARGE_PIXELS;
    switch (like->type) {
    case HEADER_JPEG:
        return vips_jpegsave_target(image, target, "Q", OUTPUT_QUALITY, "strip", TRUE, NULL);
    case HEADER_PNG:
        return vips_pngsave_target(image, target, "compression", large ? 1 : 3, "filter",
                                   VIPS_FOREIGN_PNG_FILTER_UP, "strip", TRUE, NULL);
    default:
        return save_webp(image, like->lossless, pixels <= BUDGET_WEBP_PIXELS, target);
    }
}

/* Without what savers would write beside pixels. They are asked to strip it, too, but that of WebP
 * does not in all versions. NULL: no memory. */
static VipsImage *bare(VipsImage *image)
{
    VipsImage *copy = NULL;
    if (vips_copy(image, &copy, NULL) < 0)
        return NULL;
    gchar **fields = vips_image_get_fields(copy);
    for (size_t i = 0; fields && fields[i]; i++)
        vips_image_remove(copy, fields[i]); /* those of the pixels stay by themselves */
    g_strfreev(fields);
    return copy;
}

int output_encode(VipsImage *image, const struct header *like, size_t limit, uint8_t **bytes,
                  size_t *len)
{
    struct output output = {.limit = limit};
    VipsTargetCustom *target = vips_target_custom_new();
    if (!target)
        return -1;
    g_signal_connect(target, "write", G_CALLBACK(on_write), &output);
    VipsImage *pixels = bare(image);
    const int result = pixels ? save(pixels, like, VIPS_TARGET(target)) : -1;
    VIPS_UNREF(pixels);
    g_object_unref(target);
    if (result < 0 || output.len == 0) {
        free(output.bytes);
        return -1;
    }
    *bytes = output.bytes;
    *len = riff_strip(output.bytes, output.len);
    return 0;
}
