/* SPDX-License-Identifier: ISC */
/* engine: a function an operation, each of which makes a pipeline that runs when it is encoded. */
#include "render/image/engine.h"

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#include "render/image/enlarge.h"
#include "render/image/input.h"
#include "render/image/output.h"
#include "render/image/stencil.h"
#include "render/wire/wire.h"

/* ---- starting ---- */

static void be_silent(const gchar *domain, GLogLevelFlags level, const gchar *message,
                      gpointer data)
{
}

int engine_start(char error[ENGINE_ERROR_BYTES])
{
    /* A heap of its own for each thread would take 64 MB of address space each time. */
    mallopt(M_ARENA_MAX, 1);
    /* Modules (ImageMagick, PDF, HEIF) are looked for below this folder, so that none is loaded. */
    setenv("VIPSHOME", "/nonexistent", 1);
    g_log_set_default_handler(be_silent, NULL); /* warnings about every odd picture */
    if (VIPS_INIT("placed-render-image") != 0) {
        snprintf(error, ENGINE_ERROR_BYTES, "cannot start libvips: %.150s", vips_error_buffer());
        return -1;
    }
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_cache_set_max_mem(0);
    vips_cache_set_max_files(0);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    vips_operation_block_set("VipsForeignLoadJpeg", FALSE);
    vips_operation_block_set("VipsForeignLoadPng", FALSE);
    vips_operation_block_set("VipsForeignLoadWebp", FALSE);
    return 0;
}

/* ---- the operations ---- */

static VipsImage *thumbnail(int input, const struct header *header)
{
    return input_scaled(input, header, ENGINE_THUMBNAIL_SIDE, ENGINE_THUMBNAIL_SIDE, false);
}

static VipsImage *grayscale(int input, const struct header *header)
{
    VipsImage *image = input_upright(input, header, false), *made = NULL;
    if (!image)
        return NULL;
    if (vips_colourspace(image, &made, VIPS_INTERPRETATION_B_W, NULL) < 0)
        made = NULL;
    g_object_unref(image);
    return made;
}

/* A Gaussian of sigma 8 leaves nothing that a quarter of the pixels a side could not show, and
 * costs a tenth there. Taking the mean of 4 x 4 pixels and drawing lines between them blur, too:
 * their variances are 15/12 and 16/6, so the Gaussian has to add what remains to 64. */
static double sigma_of(const struct coarse *coarse)
{
    const double wanted = ENGINE_BLUR_SIGMA * ENGINE_BLUR_SIGMA;
    return coarse->factor == 1 ? ENGINE_BLUR_SIGMA
                               : sqrt(wanted - 15.0 / 12 - 16.0 / 6) / coarse->factor;
}

/* From colours weighted with their alpha to plain ones. */
static int unweigh(VipsObject *scope, VipsImage *image, VipsImage **made)
{
    VipsImage **step = (VipsImage **)vips_object_local_array(scope, 1);
    if (!vips_image_hasalpha(image))
        return vips_copy(image, made, NULL);
    return vips_unpremultiply(image, &step[0], NULL) < 0 ? -1
                                                         : vips_cast_uchar(step[0], made, NULL);
}

static VipsImage *blur(int input, const struct header *header)
{
    struct coarse coarse;
    VipsImage *image = input_coarse(input, header, &coarse), *made = NULL;
    if (!image)
        return NULL;
    VipsObject *scope = VIPS_OBJECT(vips_image_new());
    VipsImage **step = (VipsImage **)vips_object_local_array(scope, 3);
    if (vips_gaussblur(image, &step[0], sigma_of(&coarse), "min_ampl", 0.02, NULL) < 0 ||
        !(step[1] = vips_image_copy_memory(step[0])))
        goto end;
    if (coarse.factor > 1)
        step[2] = enlarge(step[1], coarse.width, coarse.height);
    if ((coarse.factor > 1 && !step[2]) ||
        unweigh(scope, coarse.factor > 1 ? step[2] : step[1], &made) < 0)
        made = NULL;
end:
    g_object_unref(scope);
    g_object_unref(image);
    return made;
}

static VipsImage *rotate90(int input, const struct header *header)
{
    VipsImage *image = input_upright(input, header, true), *made = NULL;
    if (!image)
        return NULL;
    if (vips_rot90(image, &made, NULL) < 0)
        made = NULL;
    g_object_unref(image);
    return made;
}

/* ---- stencils ---- */

static VipsImage *stencil_scaled(const struct picture *variant, int input,
                                 const struct header *header)
{
    if (variant->width == 0)
        return input_scaled(input, header, STENCIL_SIDE, STENCIL_SIDE, false);
    VipsImage *image = input_open(input, header), *made = NULL;
    if (!image)
        return NULL;
    const bool lies = vips_image_get_orientation_swap(image);
    const int width = lies ? image->Ysize : image->Xsize,
              height = lies ? image->Xsize : image->Ysize;
    g_object_unref(image);
    if ((double)height * variant->width / width > STENCIL_HEIGHT_MAX) {
        vips_error("stencil", "%u pixels wide it would be more than %d pixels high", variant->width,
                   STENCIL_HEIGHT_MAX);
        return NULL;
    }
    if ((int)variant->width <= width)
        return input_scaled(input, header, (int)variant->width, VIPS_MAX_COORD, true);
    /* Enlarged pixels stay pixels: who enlarges wants to see them. */
    image = input_upright(input, header, false);
    if (!image)
        return NULL;
    if (vips_resize(image, &made, (double)variant->width / width, "kernel", VIPS_KERNEL_NEAREST,
                    NULL) < 0)
        made = NULL;
    g_object_unref(image);
    return made;
}

/* The pixels, 4 bytes each, for g_free(). */
static uint8_t *rgba_of(VipsImage *image)
{
    VipsImage *scope = vips_image_new();
    VipsImage **step = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 2);
    uint8_t *rgba = NULL;
    size_t len;
    if (vips_colourspace(image, &step[0], VIPS_INTERPRETATION_sRGB, NULL) == 0 &&
        (step[0]->Bands == 4 ? vips_copy(step[0], &step[1], NULL)
                             : vips_addalpha(step[0], &step[1], NULL)) == 0 &&
        step[1]->Bands == 4)
        rgba = vips_image_write_to_memory(step[1], &len);
    g_object_unref(scope);
    return rgba;
}

static int render_stencil(const struct picture *variant, int input, const struct header *header,
                          struct engine_result *result)
{
    VipsImage *image = stencil_scaled(variant, input, header);
    if (!image)
        return -1;
    const uint32_t width = (uint32_t)image->Xsize, height = (uint32_t)image->Ysize;
    uint8_t *rgba = rgba_of(image), *colours = malloc((size_t)width * height);
    g_object_unref(image);
    if (rgba && colours && stencil_map(rgba, width, height, variant->dither, colours) == 0)
        result->bytes = stencil_png(colours, width, height, &result->len);
    g_free(rgba);
    free(colours);
    return result->bytes ? 0 : -1;
}

/* ---- all of them ---- */

static int render(const struct picture *variant, int input, const struct header *header,
                  struct engine_result *result)
{
    static VipsImage *(*const operations[PICTURE_OP_COUNT])(int, const struct header *) = {
        [PICTURE_OP_thumbnail] = thumbnail,
        [PICTURE_OP_grayscale] = grayscale,
        [PICTURE_OP_blur] = blur,
        [PICTURE_OP_rotate90] = rotate90,
    };
    if (variant->op == PICTURE_OP_stencil)
        return render_stencil(variant, input, header, result);
    VipsImage *image = operations[variant->op](input, header);
    if (!image)
        return -1;
    const int code = output_encode(image, header, WIRE_PICTURE_MAX, &result->bytes, &result->len);
    g_object_unref(image);
    return code;
}

/* libvips reports line by line, the cause first; the rest says who was told. */
static void explain(char error[ENGINE_ERROR_BYTES])
{
    const char *why = vips_error_buffer();
    why += strspn(why, "\n ");
    const size_t len = strcspn(why, "\n");
    if (len == 0)
        snprintf(error, ENGINE_ERROR_BYTES,
                 "the picture is damaged, or there is not enough memory");
    else
        snprintf(error, ENGINE_ERROR_BYTES, "%.*s", (int)(len < 150 ? len : 150), why);
    vips_error_clear();
}

int engine_render(const struct picture *variant, int input, const struct budget *budget,
                  struct engine_result *result, char error[ENGINE_ERROR_BYTES])
{
    struct header header;
    *result = (struct engine_result){NULL, 0};
    vips_error_clear();
    if (input_check(input, budget, &header, error) < 0)
        return -1;
    if (render(variant, input, &header, result) == 0)
        return 0;
    explain(error);
    return -1;
}
