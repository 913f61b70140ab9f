/* SPDX-License-Identifier: ISC */
/* fractal: the threads share out the bands of a tile; colours and the file are one thread's. */
#include "render/fractal/fractal.h"

#include <stdlib.h>

#include "render/fractal/gradient.h"
#include "render/fractal/index_png.h"
#include "render/fractal/parallel.h"
#include "render/fractal/plane.h"

_Static_assert((int)PLANE_TILE == (int)ESCAPE_WIDTH && (int)PLANE_TILE == (int)INDEX_PNG_SIDE,
               "a tile's row is a row of each");

struct fractal {
    struct parallel_work bands; /* first */
    struct parallel *parallel;
    enum escape_clone clone;
    struct gradient gradients[PICTURE_PALETTE_COUNT];
    struct index_png *png;
    struct picture tile; /* being rendered */
    uint16_t steps[PLANE_TILE * PLANE_TILE];
    uint8_t pixels[PLANE_TILE * PLANE_TILE];
};

static void render_band(struct parallel_work *work, unsigned i)
{
    struct fractal *fractal = (struct fractal *)work;
    struct escape_band band;
    plane_band(&fractal->tile, i * ESCAPE_ROWS, &band);
    escape_band(fractal->clone, &band, fractal->steps + (size_t)i * ESCAPE_ROWS * ESCAPE_WIDTH);
}

struct fractal *fractal_create(unsigned threads, enum escape_clone clone)
{
    struct fractal *fractal = calloc(1, sizeof *fractal);
    if (!fractal)
        return NULL;
    fractal->bands = (struct parallel_work){.part = render_band, .parts = PLANE_TILE / ESCAPE_ROWS};
    fractal->clone = clone;
    for (int i = 0; i < PICTURE_PALETTE_COUNT; i++)
        gradient_make(&fractal->gradients[i], (enum picture_palette)i);
    fractal->png = index_png_create();
    fractal->parallel = parallel_create(threads);
    if (!fractal->png || !fractal->parallel) {
        fractal_destroy(fractal);
        return NULL;
    }
    return fractal;
}

void fractal_destroy(struct fractal *fractal)
{
    if (!fractal)
        return;
    parallel_destroy(fractal->parallel);
    index_png_destroy(fractal->png);
    free(fractal);
}

const uint8_t *fractal_render(struct fractal *fractal, const struct picture *tile, size_t *len)
{
    uint8_t rgb[3 * GRADIENT_COLOURS];
    fractal->tile = *tile;
    parallel_run(fractal->parallel, &fractal->bands);
    const unsigned colours = gradient_colour(&fractal->gradients[tile->palette], fractal->steps,
                                             sizeof fractal->pixels, fractal->pixels, rgb);
    return index_png_encode(fractal->png, fractal->pixels, rgb, colours, len);
}
