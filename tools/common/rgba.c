/* SPDX-License-Identifier: ISC */
/* rgba: see rgba.h. */
#include "rgba.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>

/* The picture has been begun: its size is known. */
static int finish_read(png_image *png, struct rgba *rgba, char error[RGBA_ERROR_BYTES])
{
    if (png->width > RGBA_SIDE_MAX || png->height > RGBA_SIDE_MAX ||
        (uint64_t)png->width * png->height > RGBA_PIXELS_MAX) {
        snprintf(error, RGBA_ERROR_BYTES,
                 "%u x %u pixels are too many: %d in all, and %d a side, at most", png->width,
                 png->height, RGBA_PIXELS_MAX, RGBA_SIDE_MAX);
        png_image_free(png);
        return -1;
    }
    png->format = PNG_FORMAT_RGBA;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(*png));
    if (!pixels) {
        png_image_free(png);
        snprintf(error, RGBA_ERROR_BYTES, "no memory");
        return -1;
    }
    if (!png_image_finish_read(png, NULL, pixels, 0, NULL)) {
        free(pixels);
        snprintf(error, RGBA_ERROR_BYTES, "%s", png->message);
        return -1;
    }
    *rgba = (struct rgba){png->width, png->height, pixels};
    return 0;
}

int rgba_load(const char *path, struct rgba *rgba, char error[RGBA_ERROR_BYTES])
{
    png_image png = {.version = PNG_IMAGE_VERSION};
    *rgba = (struct rgba){0};
    if (png_image_begin_read_from_file(&png, path))
        return finish_read(&png, rgba, error);
    snprintf(error, RGBA_ERROR_BYTES, "%s", png.message);
    return -1;
}

int rgba_read(const uint8_t *bytes, size_t len, struct rgba *rgba, char error[RGBA_ERROR_BYTES])
{
    png_image png = {.version = PNG_IMAGE_VERSION};
    *rgba = (struct rgba){0};
    if (png_image_begin_read_from_memory(&png, bytes, len))
        return finish_read(&png, rgba, error);
    snprintf(error, RGBA_ERROR_BYTES, "%s", png.message);
    return -1;
}

void rgba_finish(struct rgba *rgba)
{
    free(rgba->pixels);
    rgba->pixels = NULL;
}
