/* SPDX-License-Identifier: ISC */
/*
 * jpeg_means: a baseline JPEG as the means of its blocks: planes of an eighth of its size, or less
 * where colours are stored coarser than brightness. libjpeg reads the header, jpeg_scan the rest.
 */
#ifndef PLACED_RENDER_IMAGE_JPEG_MEANS_H
#define PLACED_RENDER_IMAGE_JPEG_MEANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JPEG_MEANS_PLANES_MAX = 3 };

struct jpeg_means_plane {
    uint8_t *samples;
    size_t stride;
    double across, down; /* of the picture: what is less than a whole block is not to be used */
};

struct jpeg_means {
    unsigned planes; /* 1: grey; 3: YCbCr */
    struct jpeg_means_plane plane[JPEG_MEANS_PLANES_MAX];
    uint8_t *room; /* all samples */
};

/* Of this file, whose header has been seen to say width x height. Behind its bytes, which are
 * changed, are JPEG_SCAN_SLACK more. False: the file is of another kind, or not sound, or there is
 * no memory; then nothing is there to be ended. */
bool jpeg_means_read(uint8_t *bytes, size_t len, uint32_t width, uint32_t height,
                     struct jpeg_means *means);
void jpeg_means_end(struct jpeg_means *means);

#endif
