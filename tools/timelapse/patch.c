/* SPDX-License-Identifier: ISC */
/* patch: see patch.h. */
#include "patch.h"

#include <stddef.h>
#include <string.h>

struct rect patch_rect(const uint8_t *before, const uint8_t *now, uint32_t width,
                       struct rect within)
{
    uint32_t left = within.x + within.width, right = within.x, top = 0, bottom = 0;
    for (uint32_t y = within.y; y < within.y + within.height; y++) {
        const uint8_t *old = before + (size_t)y * width, *new = now + (size_t)y *width;
        if (memcmp(old + within.x, new + within.x, within.width) == 0)
            continue;
        top = bottom == 0 ? y : top;
        bottom = y + 1;
        /* Only what lies beside the columns that are known to differ can widen them. */
        for (uint32_t x = within.x; x < left; x++) {
            if (old[x] != new[x])
                left = x;
        }
        for (uint32_t x = within.x + within.width; x > right; x--) {
            if (old[x - 1] != new[x - 1])
                right = x;
        }
    }
    if (bottom == 0)
        return (struct rect){0};
    left &= ~UINT32_C(1);
    top &= ~UINT32_C(1);
    return (struct rect){left, top, right - left, bottom - top};
}

/* How often the colour changes along the rows. Each change is about one symbol of the compressed
 * data, so that the smaller number is the smaller file. */
static uint64_t count_runs(const uint8_t *colours, uint32_t stride, uint32_t width, uint32_t height)
{
    uint64_t runs = 0;
    for (uint32_t y = 0; y < height; y++) {
        const uint8_t *row = colours + (size_t)y * stride;
        uint32_t changes = 0;
        for (uint32_t x = 1; x < width; x++)
            changes += row[x] != row[x - 1];
        runs += changes;
    }
    return runs;
}

bool patch_fill(const uint8_t *before, const uint8_t *now, uint32_t width, struct rect rect,
                uint8_t *patch)
{
    size_t corner = (size_t)rect.y * width + rect.x, kept = 0;
    for (uint32_t y = 0; y < rect.height; y++) {
        const uint8_t *old = before + corner + (size_t)y * width;
        const uint8_t *new = now + corner + (size_t)y *width;
        uint8_t *out = patch + (size_t)y * rect.width;
        uint32_t same = 0;
        for (uint32_t x = 0; x < rect.width; x++) {
            same += old[x] == new[x];
            out[x] = old[x] == new[x] ? PATCH_KEEP : new[x];
        }
        kept += same;
    }
    if (kept == 0)
        return false;
    if (count_runs(patch, rect.width, rect.width, rect.height) <=
        count_runs(now + corner, width, rect.width, rect.height))
        return true;
    for (uint32_t y = 0; y < rect.height; y++)
        memcpy(patch + (size_t)y * rect.width, now + corner + (size_t)y * width, rect.width);
    return false;
}
