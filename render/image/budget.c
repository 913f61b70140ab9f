/* SPDX-License-Identifier: ISC */
/* budget: see budget.h. */
#include "render/image/budget.h"

#include <inttypes.h>
#include <stdio.h>

#define MEGA UINT64_C(1000000)

enum {
    BASE_MB = 215, /* the program, its libraries, rows under way, a result of 64 MiB */
    /* Bytes a pixel. What rotate90 keeps to read it in another order: */
    KEPT_JPEG = 3,
    KEPT_PNG = 4,
    /* Decoder, what is kept, and encoder, which needs more for transparency than for colours, and
     * more for its best: */
    WEBP_BEST = 40,
    WEBP_ALPHA_BEST = 90,
    WEBP_FAST = 21,
    WEBP_ALPHA_FAST = 50,
};

static uint64_t bytes_a_pixel(const struct header *header, uint64_t pixels)
{
    const uint64_t decoder = header->whole ? header->samples : 0;
    const bool alpha = header->alpha || header->animated || header->lossless;
    switch (header->type) {
    case HEADER_JPEG:
        return decoder + KEPT_JPEG;
    case HEADER_PNG:
        return decoder + KEPT_PNG;
    default:
        return pixels <= BUDGET_WEBP_PIXELS ? (alpha ? WEBP_ALPHA_BEST : WEBP_BEST)
                                            : (alpha ? WEBP_ALPHA_FAST : WEBP_FAST);
    }
}

uint64_t budget_memory(const struct header *header)
{
    const uint64_t pixels = (uint64_t)header->width * header->height;
    return BASE_MB * MEGA + pixels * bytes_a_pixel(header, pixels);
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
