/* SPDX-License-Identifier: ISC */
/*
 * input: the loader is chosen by our own header, so that libvips guesses nothing. A colour profile
 * that makes no sense is left out: the picture is shown as if it had none, as browsers do.
 */
#include "render/image/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROFILE "srgb" /* built into libvips */

int input_check(int file, const struct budget *budget, struct header *header,
                char error[INPUT_ERROR_BYTES])
{
    struct header_scan scan;
    uint8_t bytes[16 * 1024];
    off_t at = 0;
    ssize_t n;
    header_begin(&scan);
    while ((n = pread(file, bytes, sizeof bytes, at)) > 0) {
        at += n;
        if (header_feed(&scan, bytes, (size_t)n) != HEADER_MORE)
            break;
    }
    if (n < 0) {
        snprintf(error, INPUT_ERROR_BYTES, "cannot read the picture: %s", strerror(errno));
        return -1;
    }
    if (header_end(&scan) != HEADER_FOUND) {
        snprintf(error, INPUT_ERROR_BYTES, "%s", scan.why);
        return -1;
    }
    *header = scan.header;
    return budget_allows(budget, header, error) ? 0 : -1;
}

static VipsSource *source_of(int file)
{
    return lseek(file, 0, SEEK_SET) == 0 ? vips_source_new_from_descriptor(file) : NULL;
}

VipsImage *input_open(int file, const struct header *header)
{
    VipsSource *source = source_of(file);
    VipsImage *image = NULL;
    if (!source)
        return NULL;
    int result;
    switch (header->type) {
    case HEADER_JPEG:
        result = vips_jpegload_source(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                      VIPS_FAIL_ON_TRUNCATED, NULL);
        break;
    case HEADER_PNG:
        result = vips_pngload_source(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                     VIPS_FAIL_ON_TRUNCATED, NULL);
        break;
    default:
        result = vips_webpload_source(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                      VIPS_FAIL_ON_TRUNCATED, NULL);
    }
    g_object_unref(source);
    if (result < 0)
        return NULL;
    if ((uint32_t)image->Xsize == header->width && (uint32_t)image->Ysize == header->height)
        return image;
    vips_error("input", "the decoder finds another size than the header says");
    g_object_unref(image);
    return NULL;
}

/* Put what an operation has made in the place of what it was made from. */
static int replace(VipsImage **image, int result, VipsImage **made)
{
    if (result < 0)
        return -1;
    g_object_unref(*image);
    *image = *made;
    return 0;
}

static int convert_profile(VipsImage **image)
{
    VipsImage *made = NULL;
    const bool has_profile = vips_image_get_typeof(*image, VIPS_META_ICC_NAME) != 0;
    if (!has_profile && (*image)->Type != VIPS_INTERPRETATION_CMYK)
        return 0;
    const int result = vips_icc_transform(
        *image, &made, PROFILE, "embedded", TRUE, "input_profile",
        (*image)->Type == VIPS_INTERPRETATION_CMYK ? "cmyk" : PROFILE, "depth", 8, NULL);
    if (result < 0 && (*image)->Type != VIPS_INTERPRETATION_CMYK) {
        vips_error_clear();
        return 0;
    }
    return replace(image, result, &made);
}

/* Whatever the file has, to sRGB or grey of 8 bits. */
static int to_srgb(VipsImage **image)
{
    VipsImage *made = NULL;
    if (convert_profile(image) < 0)
        return -1;
    const bool grey = (*image)->Bands < 3;
    const VipsInterpretation wanted = grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
    if ((*image)->Type != wanted &&
        replace(image, vips_colourspace(*image, &made, wanted, NULL), &made) < 0)
        return -1;
    if ((*image)->BandFmt == VIPS_FORMAT_UCHAR)
        return 0;
    return replace(image, vips_cast_uchar(*image, &made, NULL), &made);
}

/* All its pixels, so that they can be read in any order. */
static int keep(VipsImage *image, VipsImage **made)
{
    *made = vips_image_copy_memory(image);
    return *made ? 0 : -1;
}

VipsImage *input_upright(int file, const struct header *header, bool in_memory)
{
    VipsImage *image = input_open(file, header), *made = NULL;
    if (!image)
        return NULL;
    const bool turned = vips_image_get_orientation(image) > 1;
    if (to_srgb(&image) < 0)
        goto failed;
    if ((turned || in_memory) && replace(&image, keep(image, &made), &made) < 0)
        goto failed;
    if (turned && replace(&image, vips_autorot(image, &made, NULL), &made) < 0)
        goto failed;
    return image;
failed:
    g_object_unref(image);
    return NULL;
}

static int scale(int file, int width, int height, bool larger, const char *profile,
                 VipsImage **image)
{
    VipsSource *source = source_of(file);
    if (!source)
        return -1;
    int result = vips_thumbnail_source(
        source, image, width, "height", height, "size", larger ? VIPS_SIZE_BOTH : VIPS_SIZE_DOWN,
        "fail_on", VIPS_FAIL_ON_TRUNCATED, profile ? "export_profile" : NULL, profile, NULL);
    g_object_unref(source);
    return result;
}

VipsImage *input_scaled(int file, const struct header *header, int width, int height, bool larger)
{
    VipsImage *image = NULL;
    if (scale(file, width, height, larger, PROFILE, &image) < 0) {
        vips_error_clear();
        if (scale(file, width, height, larger, NULL, &image) < 0)
            return NULL;
    }
    if (to_srgb(&image) < 0) {
        g_object_unref(image);
        return NULL;
    }
    return image;
}
