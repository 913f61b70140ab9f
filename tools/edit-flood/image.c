/* SPDX-License-Identifier: ISC */
/* image: see image.h. */
#include "image.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/edit.h"
#include "common/nearest.h"

enum { SIDE_MAX = 20000 /* pixels: no picture bomb */ };

static int complain(const char *path, const char *what)
{
    fprintf(stderr, "edit-flood: %s: %s\n", path, what);
    return -1;
}

static size_t take(const png_image *png, const uint8_t *rgba, int at_x, int at_y, uint32_t *words)
{
    size_t n = 0;
    for (int64_t y = 0; y < png->height; y++) {
        for (int64_t x = 0; x < png->width; x++, rgba += 4) {
            int64_t to_x = x + at_x, to_y = y + at_y;
            if (rgba[3] < 128 || to_x < 0 || to_y < 0 || to_x >= CANVAS_WIDTH ||
                to_y >= CANVAS_HEIGHT)
                continue;
            words[n++] = edit_pack((uint32_t)to_x, (uint32_t)to_y,
                                   nearest_colour(rgba[0], rgba[1], rgba[2]));
        }
    }
    return n;
}

int image_load(const char *path, int at_x, int at_y, uint32_t **words, size_t *n)
{
    png_image png;
    memset(&png, 0, sizeof png);
    png.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_file(&png, path))
        return complain(path, png.message);
    if (png.width > SIDE_MAX || png.height > SIDE_MAX) {
        png_image_free(&png);
        return complain(path, "too large");
    }
    png.format = PNG_FORMAT_RGBA;
    uint8_t *rgba = malloc(PNG_IMAGE_SIZE(png));
    *words = malloc(CANVAS_WIDTH * CANVAS_HEIGHT * sizeof **words);
    int result = -1;
    if (!rgba || !*words) {
        png_image_free(&png);
        complain(path, "out of memory");
    } else if (!png_image_finish_read(&png, NULL, rgba, 0, NULL)) {
        complain(path, png.message);
    } else if ((*n = take(&png, rgba, at_x, at_y, *words)) == 0) {
        complain(path, "no pixel of it lies on the canvas");
    } else {
        result = 0;
    }
    free(rgba);
    if (result != 0)
        free(*words);
    return result;
}
