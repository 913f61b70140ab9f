/* SPDX-License-Identifier: ISC */
/*
 * enlarge: the centre of pixel 4c + p lies (2p - 3) / 8 of an old pixel beside the centre of c. So
 * a new pixel is c with a part of its neighbour before (p is 0 or 1) or behind (p is 2 or 3), in
 * eighths, first in one direction, then in the other.
 */
#include "render/image/enlarge.h"

#include <stdint.h>
#include <string.h>

static const struct {
    int first;           /* 0: c and the one before; 1: c and the one behind */
    uint16_t one, other; /* eighths of the left or upper one, and of the other */
} phases[ENLARGE_FACTOR] = {{0, 3, 5}, {0, 1, 7}, {1, 7, 1}, {1, 5, 3}};

static int clamp(int value, int limit)
{
    return value < 0 ? 0 : value < limit ? value : limit - 1;
}

/* Row y of the result, in eighths, before it becomes wider: columns from -1 on, so that each has
 * neighbours. line: room for count + 2 pixels. */
static void blend_rows(VipsImage *small, int y, int count, uint16_t *line)
{
    const int phase = y % ENLARGE_FACTOR, bands = small->Bands;
    const int upper = y / ENLARGE_FACTOR - 1 + phases[phase].first;
    const uint16_t one = phases[phase].one, other = phases[phase].other;
    const VipsPel *a = VIPS_IMAGE_ADDR(small, 0, clamp(upper, small->Ysize));
    const VipsPel *b = VIPS_IMAGE_ADDR(small, 0, clamp(upper + 1, small->Ysize));
    const int there = count < small->Xsize ? count : small->Xsize;
    uint16_t *at = line + bands;
    for (int i = 0; i < there * bands; i++)
        at[i] = (uint16_t)(one * a[i] + other * b[i]);
    memcpy(line, at, (size_t)bands * sizeof *line);
    for (int i = there; i <= count; i++) /* the edge goes on */
        memcpy(at + i * bands, at + (there - 1) * bands, (size_t)bands * sizeof *line);
}

/* All four of each old pixel, at [0, count) of line behind its margin. */
static inline void widen(const uint16_t *line, int count, int bands, VipsPel *out)
{
    const int round = 32, shift = 6; /* eighths of eighths */
    for (int i = 0; i < count; i++, line += bands, out += ENLARGE_FACTOR * bands)
        for (int p = 0; p < ENLARGE_FACTOR; p++)
            for (int c = 0; c < bands; c++) {
                const uint16_t *from = line + phases[p].first * bands + c;
                out[p * bands + c] =
                    (VipsPel)((phases[p].one * from[0] + phases[p].other * from[bands] + round) >>
                              shift);
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
    const int count = (r->left + r->width + ENLARGE_FACTOR - 1) / ENLARGE_FACTOR;
    for (int y = r->top; y < r->top + r->height; y++) {
        blend_rows(small, y, count, lines->line);
        /* Constant numbers of samples, for which the compiler makes good code. */
        if (bands == 3)
            widen(lines->line, count, 3, lines->wide);
        else if (bands == 4)
            widen(lines->line, count, 4, lines->wide);
        else
            widen(lines->line, count, bands, lines->wide);
        memcpy(VIPS_REGION_ADDR(region, r->left, y), lines->wide + (size_t)r->left * bands,
               (size_t)r->width * bands);
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
