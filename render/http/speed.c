/* SPDX-License-Identifier: ISC */
/* speed: see speed.h. */
#include "render/http/speed.h"

enum {
    SIDE = 96,
    STEPS_MAX = 200,
    PAUSE_MIN_MS = 1000,
    PAUSE_FACTOR = 250, /* of the time that it took: 0.4 % */
    STEP = 10,          /* percent */
};

/* The part of the last time in the mean: what lasts for some seconds shows, a single delay does
 * not. */
#define NEWEST .2
/* So far beyond the border of its step the mean has to be. */
#define SLACK 2.

void speed_init(struct speed *speed)
{
    *speed = (struct speed){.percent = 100};
}

void speed_took(struct speed *speed, uint64_t us)
{
    double time = us > 0 ? (double)us : 1;
    speed->mean_us = speed->mean_us > 0 ? speed->mean_us + NEWEST * (time - speed->mean_us) : time;
    double percent = 100. * SPEED_STANDARD_US / speed->mean_us;
    double away = percent - speed->percent;
    if (away > -(STEP / 2 + SLACK) && away < STEP / 2 + SLACK)
        return;
    unsigned steps =
        percent > SPEED_PERCENT_MAX ? SPEED_PERCENT_MAX / STEP : (unsigned)(percent / STEP + .5);
    speed->percent = steps * STEP < SPEED_PERCENT_MIN ? SPEED_PERCENT_MIN : steps * STEP;
}

uint64_t speed_pause_ms(uint64_t took_us)
{
    uint64_t ms = took_us * PAUSE_FACTOR / 1000;
    return ms > PAUSE_MIN_MS ? ms : PAUSE_MIN_MS;
}

uint64_t speed_compute(void)
{
    uint64_t sum = 0;
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            double cr = -2.25 + 3. * x / SIDE, ci = -1.5 + 3. * y / SIDE;
            double zr = 0, zi = 0;
            int step = 0;
            for (; step < STEPS_MAX && zr * zr + zi * zi < 4; step++) {
                double next = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci;
                zr = next;
            }
            sum += (uint64_t)step;
        }
    }
    return sum;
}
