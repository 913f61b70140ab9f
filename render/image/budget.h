/* SPDX-License-Identifier: ISC */
/*
 * budget: how much memory the dearest operation on a picture takes, known from its header, so that
 * a picture is either good for all operations or refused before any of them. Pure. The figures are
 * measured, and tests/unit/render-image lets the program work within them.
 */
#ifndef PLACED_RENDER_IMAGE_BUDGET_H
#define PLACED_RENDER_IMAGE_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/image/header.h"

enum {
    BUDGET_PIXELS = 50 * 1000 * 1000, /* unless somebody says otherwise */
    /* Up to so many pixels a WebP gets all the effort, memory and losslessness that is right for
       it. */
    BUDGET_WEBP_PIXELS = 2 * 1000 * 1000,
    BUDGET_SIDE_MAX = 65535, /* what a JPEG can say, and none of the others needs more */
    BUDGET_WHY_BYTES = 200,
};

/* What a worker may take for a picture. */
struct budget {
    uint64_t pixels;
    uint64_t memory; /* bytes of address space; 0: no limit */
};

/* Address space that a worker takes at most for this picture, with all that it takes for itself. */
uint64_t budget_memory(const struct header *header);

/* Does the picture fit? False with a reason for people. */
bool budget_allows(const struct budget *budget, const struct header *header,
                   char why[BUDGET_WHY_BYTES]);

#endif
