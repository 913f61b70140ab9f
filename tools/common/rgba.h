/* SPDX-License-Identifier: ISC */
/* rgba: the pixels of a PNG file. */
#ifndef PLACED_TOOLS_RGBA_H
#define PLACED_TOOLS_RGBA_H

#include <stdint.h>

enum {
    RGBA_SIDE_MAX = 32768,              /* pixels */
    RGBA_PIXELS_MAX = 32 * 1024 * 1024, /* 128 MiB: no picture bomb */
    RGBA_ERROR_BYTES = 256,
};

struct rgba {
    uint32_t width, height;
    uint8_t *pixels; /* 4 bytes each, row by row */
};

/* Size first, then the pixels. 0; -1 with a reason, without the file's name, in error. */
int rgba_load(const char *path, struct rgba *rgba, char error[RGBA_ERROR_BYTES]);
void rgba_finish(struct rgba *rgba);

#endif
