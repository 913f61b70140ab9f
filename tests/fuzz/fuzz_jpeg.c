/* SPDX-License-Identifier: ISC */
/*
 * fuzz_jpeg: an uploaded JPEG of which the means of its blocks are read. No byte beside it and its
 * slack is touched, and each sample of what is found can be read.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "render/image/header.h"
#include "render/image/jpeg_means.h"
#include "render/image/jpeg_scan.h"

static unsigned sum_of(const struct jpeg_means_plane *plane)
{
    unsigned sum = 0;
    for (size_t y = 0; y < (size_t)plane->down; y++)
        for (size_t x = 0; x < (size_t)plane->across; x++)
            sum += plane->samples[y * plane->stride + x];
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    enum { PIXELS = 1000000 };
    struct header_scan scan;
    struct jpeg_means means;
    header_begin(&scan);
    if (header_feed(&scan, data, len) != HEADER_FOUND || scan.header.type != HEADER_JPEG ||
        (uint64_t)scan.header.width * scan.header.height > PIXELS)
        return 0;
    uint8_t *bytes = malloc(len + JPEG_SCAN_SLACK);
    if (!bytes)
        abort();
    memcpy(bytes, data, len);
    memset(bytes + len, 0xff, JPEG_SCAN_SLACK);
    if (jpeg_means_read(bytes, len, scan.header.width, scan.header.height, &means)) {
        unsigned sum = 0;
        for (unsigned c = 0; c < means.planes; c++)
            sum += sum_of(&means.plane[c]);
        if (sum > 255u * PIXELS)
            abort();
        jpeg_means_end(&means);
    }
    free(bytes);
    return 0;
}
