/* SPDX-License-Identifier: ISC */
/* skim: each plane is reduced by itself, from what it has to what is wanted. */
#include "render/image/skim.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/image/jpeg_means.h"
#include "render/image/jpeg_scan.h"
#include "render/image/reduce.h"

/* Its bytes, with JPEG_SCAN_SLACK zeros behind them, for free(). NULL: no memory, or it cannot be
 * read. */
static uint8_t *read_all(int file, size_t *len)
{
    struct stat status;
    if (fstat(file, &status) != 0 || status.st_size <= 0)
        return NULL;
    const size_t size = (size_t)status.st_size;
    uint8_t *bytes = malloc(size + JPEG_SCAN_SLACK);
    ssize_t n = 1;
    for (*len = 0; bytes && *len < size && n > 0; *len += (size_t)n)
        n = pread(file, bytes + *len, size - *len, (off_t)*len);
    if (bytes && n <= 0) {
        free(bytes);
        return NULL;
    }
    if (bytes)
        memset(bytes + size, 0, JPEG_SCAN_SLACK);
    return bytes;
}

static uint8_t clip(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* As JFIF says, in units of 2^-16. */
static void to_rgb(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, size_t pixels,
                   VipsPel *rgb)
{
    const int one = 1 << 16, half = one / 2, grey = 128;
    const int red = (int)(1.402 * one + 0.5), blue = (int)(1.772 * one + 0.5);
    const int green_blue = (int)(0.344136286 * one + 0.5),
              green_red = (int)(0.714136286 * one + 0.5);
    for (size_t i = 0; i < pixels; i++, rgb += 3) {
        const int luma = y[i] * one + half, b = cb[i] - grey, r = cr[i] - grey;
        rgb[0] = clip((luma + red * r) >> 16);
        rgb[1] = clip((luma - green_blue * b - green_red * r) >> 16);
        rgb[2] = clip((luma + blue * b) >> 16);
    }
}

static int reduce_all(const struct jpeg_means *means, int width, int height, uint8_t *planes)
{
    const size_t pixels = (size_t)width * (size_t)height;
    for (unsigned c = 0; c < means->planes; c++) {
        const struct jpeg_means_plane *from = &means->plane[c];
        const struct reduce_plane plane = {from->samples, from->stride, from->across, from->down};
        if (reduce(&plane, (uint32_t)width, (uint32_t)height, planes + c * pixels) < 0)
            return -1;
    }
    return 0;
}

static VipsImage *picture_of(const struct jpeg_means *means, int width, int height)
{
    const size_t pixels = (size_t)width * (size_t)height;
    uint8_t *planes = malloc(means->planes * pixels), *rgb = malloc(means->planes * pixels);
    VipsImage *view = NULL, *image = NULL;
    if (planes && rgb && reduce_all(means, width, height, planes) == 0) {
        const bool grey = means->planes == 1;
        if (!grey)
            to_rgb(planes, planes + pixels, planes + 2 * pixels, pixels, rgb);
        view = vips_image_new_from_memory_copy(grey ? planes : rgb, means->planes * pixels, width,
                                               height, (int)means->planes, VIPS_FORMAT_UCHAR);
        if (view)
            vips_copy(view, &image, "interpretation",
                      grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, NULL);
    }
    VIPS_UNREF(view);
    free(planes);
    free(rgb);
    return image;
}

/* What a plane cannot do without: a whole block. */
static bool has_blocks(const struct jpeg_means *means)
{
    for (unsigned c = 0; c < means->planes; c++)
        if (means->plane[c].across < 1 || means->plane[c].down < 1)
            return false;
    return true;
}

VipsImage *skim(int file, const struct header *header, int width, int height)
{
    struct jpeg_means means;
    VipsImage *image = NULL;
    size_t len;
    uint8_t *bytes = read_all(file, &len);
    if (bytes && jpeg_means_read(bytes, len, header->width, header->height, &means)) {
        if (has_blocks(&means))
            image = picture_of(&means, width, height);
        jpeg_means_end(&means);
    }
    free(bytes);
    vips_error_clear();
    return image;
}
