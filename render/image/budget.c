/* SPDX-License-Identifier: ISC */
/* budget: see budget.h. */
#include "render/image/budget.h"

#include <inttypes.h>
#include <stdio.h>

#define MEGA UINT64_C(1000000)

enum {
    BASE_MB = 190,   /* the program, its libraries, threads, rows under way, the result */
    KEPT_BYTES = 4,  /* a pixel that rotate90 keeps */
    WEBP_BYTES = 14, /* a pixel of a WebP: decoder, kept, encoder */
};

uint64_t budget_memory(const struct header *header)
{
    const uint64_t pixels = (uint64_t)header->width * header->height;
    const uint64_t decoder = header->whole ? header->samples : 0;
    const uint64_t bytes = header->type == HEADER_WEBP ? WEBP_BYTES : decoder + KEPT_BYTES;
    return BASE_MB * MEGA + pixels * bytes;
}

bool budget_allows(const struct budget *budget, const struct header *header,
                   char why[BUDGET_WHY_BYTES])
{
    const uint64_t pixels = (uint64_t)header->width * header->height;
    if (pixels > budget->pixels) {
        snprintf(why, BUDGET_WHY_BYTES,
                 "the picture has %" PRIu32 " x %" PRIu32 " = %" PRIu64 " pixels, at most %" PRIu64
                 " are taken",
                 header->width, header->height, pixels, budget->pixels);
        return false;
    }
    if (header->width > BUDGET_SIDE_MAX || header->height > BUDGET_SIDE_MAX) {
        snprintf(why, BUDGET_WHY_BYTES,
                 "a side of the picture (%" PRIu32 " x %" PRIu32 ") is longer than %d pixels",
                 header->width, header->height, BUDGET_SIDE_MAX);
        return false;
    }
    if (budget->memory != 0 && budget_memory(header) > budget->memory) {
        snprintf(why, BUDGET_WHY_BYTES,
                 "a picture of this kind and size (%" PRIu32 " x %" PRIu32 ") takes %" PRIu64
                 " MB to work on, %" PRIu64 " MB are allowed",
                 header->width, header->height, budget_memory(header) / MEGA,
                 budget->memory / MEGA);
        return false;
    }
    return true;
}
