/* SPDX-License-Identifier: ISC */
/*
 * escape: how soon points leave under z -> z^2 + c, as a step of a gradient. This is nearly all of
 * the time that a fractal takes, so it is written with vectors, and there are clones of it for
 * several kinds of processors. All clones and machines come to the same steps: nothing is used but
 * additions, multiplications, divisions and square roots of doubles, each rounded as IEEE 754 says,
 * in one order (the compiler is told not to fuse them).
 *
 * The arithmetic, for who wants to come to the same:
 *
 *     Mandelbrot: z = 0, c the point. Julia: z the point, c the picture's.
 *     each iteration: (re, im) := (re * re - im * im + c_re, (re * im + re * im) + c_im)
 *     after every ESCAPE_BLOCK iterations: m = re * re + im * im; m >= ESCAPE_LIMIT: it has escaped
 *     nu = iterations + 4 - log2(log2(m) / 2), which goes smoothly from point to point
 *     step = floor(ESCAPE_STEPS_PER_ROOT * sqrt(nu)); 0: it has not escaped
 *
 * log2 is approximated, see escape_clone.h. Looking only now and then saves a third of the time; nu
 * is nearly the same whenever one looks, since log2 |z| doubles with each iteration.
 *
 * Pure; any thread.
 */
#ifndef PLACED_RENDER_FRACTAL_ESCAPE_H
#define PLACED_RENDER_FRACTAL_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    ESCAPE_WIDTH = 256, /* points of a row */
    ESCAPE_ROWS = 4,    /* worked on at a time: neighbours take similarly long */
    ESCAPE_BLOCK = 4,   /* |z| < 2^8 becomes at most about 2^128 in a block: m is finite */
    ESCAPE_CYCLE = 32,  /* iterations between two looks for points that go round for ever */
    ESCAPE_LIMIT = 65536,
    ESCAPE_ITERATIONS_MAX = 4096,
    ESCAPE_STEPS_PER_ROOT = 128,
    ESCAPE_STEPS = ESCAPE_STEPS_PER_ROOT * 65, /* steps are less: nu < 65 * 65 */
};

struct escape_band {
    double re[ESCAPE_WIDTH], im[ESCAPE_ROWS]; /* the points; each part at most 4 */
    bool julia;
    double c_re, c_im;   /* Julia */
    unsigned iterations; /* a multiple of ESCAPE_BLOCK, at most ESCAPE_ITERATIONS_MAX */
};

enum escape_clone {
    ESCAPE_PLAIN, /* what the compiler has for every processor of this kind */
    ESCAPE_AVX2,
    ESCAPE_AVX512,
    ESCAPE_CLONES,
};

/* Can this machine run it? */
bool escape_can(enum escape_clone clone);

/* The fastest that this machine can run. */
enum escape_clone escape_best(void);

/* The steps of the points, row by row. escape_can(clone) must be true. */
void escape_band(enum escape_clone clone, const struct escape_band *band,
                 uint16_t steps[ESCAPE_ROWS * ESCAPE_WIDTH]);

#endif
