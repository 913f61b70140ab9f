/* SPDX-License-Identifier: ISC */
/*
 * energy: with a curve, what somebody has is read as pixels: pixel 1 was gained when it reached the
 * curve's first number, pixel 2 with the second one more, and so on. An edit takes away the pixel
 * that was gained last; the progress towards the next one is kept, but never makes a pixel by
 * itself.
 */
#include "rules/energy.h"

static uint64_t least_of(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void energy_add(const struct policy *policy, struct price *price, bool blank, uint64_t percent)
{
    /* Less than 2^32 percent are two factors of a moderator's each. No sum overflows then. */
    uint64_t base = blank ? policy->blank : policy->painted, most = UINT64_C(1) << 32;
    price->n++;
    price->ms += percent == 100 ? base : (base * least_of(percent, most) + 99) / 100;
    price->percents += least_of(percent, most);
}

/* ---- with a curve */

/* How many pixels of the curve are there, and what is over. */
static uint32_t pixels_of(const struct policy *policy, int64_t *energy)
{
    uint32_t n = 0;
    while (n < policy->n_curve && *energy >= policy->curve[n])
        *energy -= policy->curve[n++];
    return n;
}

/* What is taken away by one edit more. */
static int64_t take_pixel(const struct policy *policy, int64_t available)
{
    int64_t over = available;
    uint32_t n = pixels_of(policy, &over);
    if (n == 0)
        return policy->curve[0];
    int64_t kept = over < policy->curve[n - 1] ? over : (int64_t)policy->curve[n - 1] - 1;
    return policy->curve[n - 1] + over - kept;
}

/* Those that are there first, then as many as are more, at the price of the first one. */
static uint64_t take_pixels(const struct policy *policy, uint64_t percents, int64_t available)
{
    uint64_t cost = 0;
    if (available > policy->capacity)
        available = policy->capacity;
    for (uint32_t i = 0; i < policy->n_curve && percents >= 100; i++, percents -= 100) {
        int64_t taken = take_pixel(policy, available);
        cost += (uint64_t)taken;
        available -= taken;
    }
    if (percents == 0)
        return cost;
    uint64_t pixel = percents < 100 ? (uint64_t)take_pixel(policy, available) : policy->curve[0];
    return cost + (pixel * percents + 99) / 100;
}

static uint64_t need_of_pixels(const struct policy *policy, const struct price *price)
{
    uint64_t pixels = (price->percents + 99) / 100, need = 0;
    if (pixels > policy->n_curve)
        return UINT64_MAX;
    for (uint64_t i = 0; i < pixels; i++)
        need += policy->curve[i];
    return need;
}

/* ---- */

bool energy_take(const struct policy *policy, const struct price *price, int64_t available,
                 uint32_t *cost, uint64_t *retry_ms)
{
    bool curve = policy->n_curve > 0;
    uint64_t need = curve ? need_of_pixels(policy, price) : price->ms;
    *retry_ms = 0;
    *cost = 0;
    if (need > policy->capacity && price->n > 1)
        return false;
    need = least_of(need, policy->capacity);
    if (need > 0 && available < (int64_t)need) {
        *retry_ms = (uint64_t)((int64_t)need - available);
        return false;
    }
    uint64_t taken = curve ? take_pixels(policy, price->percents, available) : price->ms;
    *cost = (uint32_t)least_of(taken, (uint64_t)policy->capacity * (ENERGY_DEBT_MAX - 1));
    return true;
}
