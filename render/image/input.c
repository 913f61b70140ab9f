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

enum { COARSE_FACTOR = 4, COARSE_SIDE_MIN = 64 };

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

/* shrink: 1, 2, 4 or 8, by which a JPEG or WebP is decoded smaller; always 1 of a PNG. */
static int load(VipsSource *source, enum header_type type, int shrink, VipsImage **image)
{
    switch (type) {
    case HEADER_JPEG:
        return vips_jpegload_source(source, image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                    VIPS_FAIL_ON_TRUNCATED, "shrink", shrink, NULL);
    case HEADER_PNG:
        return vips_pngload_source(source, image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                   VIPS_FAIL_ON_TRUNCATED, NULL);
    default:
        return vips_webpload_source(source, image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                    VIPS_FAIL_ON_TRUNCATED, "scale", 1.0 / shrink, NULL);
    }
}

/* libvips leaves out what is less than a whole pixel of the smaller picture, which must not show.
 */
static bool may_shrink(const struct header *header, uint32_t shrink)
{
    const uint32_t enough = 16;
    return header->type != HEADER_PNG && !header->animated && header->width >= enough * shrink &&
           header->height >= enough * shrink;
}

static bool has_side(int found, uint32_t side, int shrink)
{
    const uint32_t by = (uint32_t)shrink;
    return found > 0 && ((uint32_t)found == side / by || (uint32_t)found == (side + by - 1) / by);
}

static VipsImage *open_shrunk(int file, const struct header *header, int shrink)
{
    VipsSource *source = source_of(file);
    VipsImage *image = NULL;
    const int result = source ? load(source, header->type, shrink, &image) : -1;
    VIPS_UNREF(source);
    if (result < 0)
        return NULL;
    if (has_side(image->Xsize, header->width, shrink) &&
        has_side(image->Ysize, header->height, shrink))
        return image;
    vips_error("input", "the decoder finds another size than the header says");
    g_object_unref(image);
    return NULL;
}

VipsImage *input_open(int file, const struct header *header)
{
    return open_shrunk(file, header, 1);
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

/* lies: its sides have changed places. */
static VipsImage *upright(int file, const struct header *header, int shrink, bool in_memory,
                          bool *lies)
{
    VipsImage *image = open_shrunk(file, header, shrink), *made = NULL;
    if (!image)
        return NULL;
    *lies = vips_image_get_orientation_swap(image);
    const bool turned = vips_image_get_orientation(image) > 1;
    if (to_srgb(&image) == 0 &&
        (!(turned || in_memory) || replace(&image, keep(image, &made), &made) == 0) &&
        (!turned || replace(&image, vips_autorot(image, &made, NULL), &made) == 0))
        return image;
    g_object_unref(image);
    return NULL;
}

VipsImage *input_upright(int file, const struct header *header, bool in_memory)
{
    bool lies;
    return upright(file, header, 1, in_memory, &lies);
}

/* Colours weighted with their alpha, so that those of clear pixels do not count. */
static int weigh(VipsImage **image)
{
    VipsImage *made = NULL;
    if (!vips_image_hasalpha(*image))
        return 0;
    return replace(image, vips_premultiply(*image, &made, NULL), &made) < 0 ||
                   replace(image, vips_cast_uchar(*image, &made, NULL), &made) < 0
               ? -1
               : 0;
}

/* The means of factor x factor pixels, those at the edges of as many as there are. */
static int take_means(VipsImage **image, int factor)
{
    VipsImage *made = NULL;
    return factor == 1
               ? 0
               : replace(image, vips_shrink(*image, &made, factor, factor, "ceil", TRUE, NULL),
                         &made);
}

VipsImage *input_coarse(int file, const struct header *header, struct coarse *coarse)
{
    const bool tiny = MIN(header->width, header->height) < COARSE_SIDE_MIN;
    const int by_decoder = !tiny && may_shrink(header, COARSE_FACTOR) ? COARSE_FACTOR : 1;
    bool lies;
    VipsImage *image = upright(file, header, by_decoder, by_decoder > 1, &lies), *made = NULL;
    if (!image)
        return NULL;
    coarse->factor = tiny ? 1 : COARSE_FACTOR;
    coarse->width = (int)(lies ? header->height : header->width);
    coarse->height = (int)(lies ? header->width : header->height);
    if (weigh(&image) == 0 && take_means(&image, coarse->factor / by_decoder) == 0 &&
        replace(&image, keep(image, &made), &made) == 0)
        return image;
    g_object_unref(image);
    return NULL;
}

/* ---- scaled ---- */

/* How much smaller the picture may be decoded: a filter does the rest, which must be enough that
 * the picture looks filtered. Its sides may change places by orientation, so the worse case counts.
 */
static int shrink_of(const struct header *header, double width, double height)
{
    const double across = header->width, down = header->height, rest = 1.4;
    const double factor =
        MIN(MAX(across / width, down / height), MAX(down / width, across / height));
    for (int shrink = 8; shrink > 1; shrink /= 2)
        if (factor >= rest * shrink && may_shrink(header, (uint32_t)shrink))
            return shrink;
    return 1;
}

VipsImage *input_scaled(int file, const struct header *header, int width, int height, bool larger)
{
    bool lies;
    VipsImage *image = upright(file, header, shrink_of(header, width, height), false, &lies);
    VipsImage *made = NULL;
    if (!image)
        return NULL;
    /* Not vips_thumbnail_source, which takes half a PNG for a whole one. */
    const int result =
        vips_thumbnail_image(image, &made, width, "height", height, "size",
                             larger ? VIPS_SIZE_BOTH : VIPS_SIZE_DOWN, "no_rotate", TRUE, NULL);
    g_object_unref(image);
    return result == 0 ? made : NULL;
}
