/* SPDX-License-Identifier: ISC */
/* rgba: the pixels of a PNG. */
#ifndef PLACED_TOOLS_RGBA_H
#define PLACED_TOOLS_RGBA_H

#include <stddef.h>
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

/* The same of a file's bytes. */
int rgba_read(const uint8_t *bytes, size_t len, struct rgba *rgba, char error[RGBA_ERROR_BYTES]);
void rgba_finish(struct rgba *rgba);

#endif
