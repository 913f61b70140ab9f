/* SPDX-License-Identifier: ISC */
/*
 * reduce: a plane of samples in another size, by Lanczos's filter over three lobes, as libvips does
 * it, at a sixth of the cost for what fits into a cache. Pure.
 */
#ifndef PLACED_RENDER_IMAGE_REDUCE_H
#define PLACED_RENDER_IMAGE_REDUCE_H

#include <stddef.h>
#include <stdint.h>

struct reduce_plane {
    const uint8_t *samples;
    size_t stride;
    /* Of its samples: what becomes the result. Behind the last whole one that goes on. At least 1.
     */
    double across, down;
};

/* The result, width x height samples. 0, or -1: no memory. */
int reduce(const struct reduce_plane *plane, uint32_t width, uint32_t height, uint8_t *result);

#endif
