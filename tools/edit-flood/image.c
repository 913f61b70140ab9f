/* SPDX-License-Identifier: ISC */
/* image: see image.h. */
#include "image.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/nearest.h"
#include "common/rgba.h"
#include "core/edit.h"

static int complain(const char *path, const char *what)
{
    fprintf(stderr, "edit-flood: %s: %s\n", path, what);
    return -1;
}

static size_t take(const struct rgba *picture, int at_x, int at_y, uint32_t *words)
{
    const uint8_t *rgba = picture->pixels;
    size_t n = 0;
    for (int64_t y = 0; y < picture->height; y++) {
        for (int64_t x = 0; x < picture->width; x++, rgba += 4) {
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
    char error[RGBA_ERROR_BYTES];
    struct rgba rgba;
    if (rgba_load(path, &rgba, error) != 0)
        return complain(path, error);
    int result = -1;
    *words = malloc(CANVAS_WIDTH * CANVAS_HEIGHT * sizeof **words);
    if (!*words)
        complain(path, "out of memory");
    else if ((*n = take(&rgba, at_x, at_y, *words)) == 0)
        complain(path, "no pixel of it lies on the canvas");
    else
        result = 0;
    rgba_finish(&rgba);
    if (result != 0)
        free(*words);
    return result;
}
