/* SPDX-License-Identifier: ISC */
/*
 * enlarge: the centre of pixel 4c + p lies (2p - 3) / 8 of an old pixel beside the centre of c. So
 * a new pixel is c with a part of its neighbour before (p is 0 or 1) or behind (p is 2 or 3), in
 * eighths, first in one direction, then in the other.
 */
#include "render/image/enlarge.h"

#include <stdint.h>
#include <string.h>

enum { ROUND = 32, SHIFT = 6 }; /* eighths of eighths */

/* Columns first - 1 to first + count of the small picture between two of its rows, in eighths. */
static void blend_rows(VipsImage *small, int y, int first, int count, uint16_t *restrict line)
{
    static const struct {
        int upper, one, other; /* the upper row, beside c; its eighths, and those of the lower */
    } phases[ENLARGE_FACTOR] = {{-1, 3, 5}, {-1, 1, 7}, {0, 7, 1}, {0, 5, 3}};
    const int phase = y % ENLARGE_FACTOR, bands = small->Bands, last = small->Xsize - 1;
    const int one = phases[phase].one, other = phases[phase].other;
    const int upper = y / ENLARGE_FACTOR + phases[phase].upper;
    const VipsPel *a = VIPS_IMAGE_ADDR(small, 0, VIPS_CLIP(0, upper, small->Ysize - 1));
    const VipsPel *b = VIPS_IMAGE_ADDR(small, 0, VIPS_CLIP(0, upper + 1, small->Ysize - 1));
    const int from = MAX(first - 1, 0), to = MIN(first + count, last); /* both are there */
    uint16_t *at = line + (from - (first - 1)) * bands;
    for (int i = from * bands; i < (to + 1) * bands; i++)
        *at++ = (uint16_t)(one * a[i] + other * b[i]);
    for (int x = to + 1; x <= first + count; x++, at += bands) /* the edge goes on */
        memcpy(at, at - bands, (size_t)bands * sizeof *line);
    if (from > first - 1)
        memcpy(line, line + bands, (size_t)bands * sizeof *line);
}

/* count pixels of line, behind the first one, to four each. */
static inline void widen(const uint16_t *restrict line, int count, int bands, VipsPel *restrict out)
{
    for (int i = 0; i < count; i++, line += bands, out += ENLARGE_FACTOR * bands)
        for (int c = 0; c < bands; c++) {
            const int before = line[c], here = line[bands + c], behind = line[2 * bands + c];
            out[c] = (VipsPel)((3 * before + 5 * here + ROUND) >> SHIFT);
            out[bands + c] = (VipsPel)((before + 7 * here + ROUND) >> SHIFT);
            out[2 * bands + c] = (VipsPel)((7 * here + behind + ROUND) >> SHIFT);
            out[3 * bands + c] = (VipsPel)((5 * here + 3 * behind + ROUND) >> SHIFT);
        }
}

struct lines {
    uint16_t *line;
    VipsPel *wide;
};

static void *start(VipsImage *out, void *a, void *b)
{
    VipsImage *small = a;
    const size_t cells = (size_t)(out->Xsize + ENLARGE_FACTOR - 1) / ENLARGE_FACTOR;
    struct lines *lines = g_new(struct lines, 1);
    lines->line = g_new(uint16_t, (cells + 2) * (size_t)small->Bands);
    lines->wide = g_new(VipsPel, cells * ENLARGE_FACTOR * (size_t)small->Bands);
    return lines;
}

static int stop(void *sequence, void *a, void *b)
{
    struct lines *lines = sequence;
    g_free(lines->line);
    g_free(lines->wide);
    g_free(lines);
    return 0;
}

static int generate(VipsRegion *region, void *sequence, void *a, void *b, gboolean *ends)
{
    VipsImage *small = a;
    struct lines *lines = sequence;
    const VipsRect *r = &region->valid;
    const int bands = small->Bands;
    const int first = r->left / ENLARGE_FACTOR;
    const int count = (r->left + r->width - 1) / ENLARGE_FACTOR + 1 - first;
    for (int y = r->top; y < r->top + r->height; y++) {
        blend_rows(small, y, first, count, lines->line);
        /* Constant numbers of samples, for which the compiler makes good code. */
        if (bands == 3)
            widen(lines->line, count, 3, lines->wide);
        else if (bands == 4)
            widen(lines->line, count, 4, lines->wide);
        else
            widen(lines->line, count, bands, lines->wide);
        memcpy(VIPS_REGION_ADDR(region, r->left, y),
               lines->wide + (size_t)(r->left - first * ENLARGE_FACTOR) * (size_t)bands,
               (size_t)r->width * (size_t)bands);
    }
    return 0;
}

VipsImage *enlarge(VipsImage *small, int width, int height)
{
    VipsImage *out = vips_image_new();
    VipsImage *in[] = {small, NULL};
    if (small->BandFmt != VIPS_FORMAT_UCHAR || vips_image_wio_input(small) < 0 ||
        vips_image_pipeline_array(out, VIPS_DEMAND_STYLE_THINSTRIP, in) < 0)
        goto failed;
    out->Xsize = width;
    out->Ysize = height;
    /* The sequence's state keeps small alive as long as out. */
    g_object_ref(small);
    vips_object_local(out, small);
    if (vips_image_generate(out, start, generate, stop, small, NULL) == 0)
        return out;
failed:
    g_object_unref(out);
    return NULL;
}
