/* SPDX-License-Identifier: ISC */
/*
 * speed: how fast this machine is, in percent of a standard one, from how long a small computation
 * takes: the mean of some of the last times, in steps of ten, which change only when the mean has
 * left the step for good. Pure, but for speed_compute's use of a processor.
 */
#ifndef PLACED_RENDER_HTTP_SPEED_H
#define PLACED_RENDER_HTTP_SPEED_H

#include <stdint.h>

enum {
    SPEED_STANDARD_US = 3000, /* speed_compute on a standard machine */
    SPEED_PERCENT_MAX = 200,
    SPEED_PERCENT_MIN = 10,
};

struct speed {
    double mean_us;   /* 0: nothing is known yet */
    unsigned percent; /* a multiple of ten; 100 while nothing is known */
};

void speed_init(struct speed *speed);

/* The computation has taken so long. */
void speed_took(struct speed *speed, uint64_t us);

/* When to compute again, so that it takes less than 0.5 % of a processor. */
uint64_t speed_pause_ms(uint64_t took_us);

/* The standard computation: a tile of the Mandelbrot set of 96 by 96 pixels. The sum of its steps.
 */
uint64_t speed_compute(void);

#endif
