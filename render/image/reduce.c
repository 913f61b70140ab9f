/* SPDX-License-Identifier: ISC */
/*
 * reduce: first each column, which is work on whole rows, then each row of what that makes. Weights
 * are whole numbers, so that a processor's vectors hold many.
 */
#include "render/image/reduce.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOBES = 3,
    ONE_SHIFT = 14, /* weights add up to 2^14 */
    ONE = 1 << ONE_SHIFT,
    FINE_SHIFT = 6, /* between the two, a sample is so much finer */
    GROUP = 8,      /* weights of a sample are a multiple of it, so that they fill vectors */
};

#define PI 3.14159265358979323846

/* What each of the new samples is made of: weights of `count` old ones from `first` on. */
struct filter {
    uint32_t count;
    uint32_t *first;
    int16_t *weights; /* count for each; those behind the last old sample are 0 */
};

/* sin(a) sin(a / 3) / (a * a / 3) with a = pi x, by one sine: sin(3 b) = 3 sin b - 4 sin^3 b. */
static double lanczos(double x)
{
    const double b = PI * x / LOBES, s = sin(b);
    return x == 0 ? 1 : fabs(x) >= LOBES ? 0 : (3 - 4 * s * s) * s * s / (LOBES * b * b);
}

/* As whole numbers that add up to ONE. */
static void round_weights(const double *exact, double sum, uint32_t count, int16_t *weights)
{
    double wanted = 0;
    int so_far = 0;
    for (uint32_t i = 0; i < count; i++) { /* what one is rounded by, the next ones get */
        wanted += exact[i] / sum * ONE;
        weights[i] = (int16_t)(lrint(wanted) - so_far);
        so_far += weights[i];
    }
}

static void fill(struct filter *filter, double *exact, double extent, uint32_t samples, uint32_t to)
{
    const double scale = extent / to, wide = scale > 1 ? scale : 1;
    for (uint32_t i = 0; i < to; i++) {
        const double centre = (i + 0.5) * scale - 0.5;
        const int from = (int)ceil(centre - LOBES * wide),
                  until = (int)floor(centre + LOBES * wide);
        const int last = (int)samples - 1;
        const int first = from < 0 ? 0 : from < last ? from : last;
        double sum = 0;
        memset(exact, 0, filter->count * sizeof *exact);
        for (int at = from; at <= until; at++) { /* beyond the edges the last sample goes on */
            const int there = at < 0 ? 0 : at < last ? at : last;
            const double weight = lanczos((at - centre) / wide);
            exact[there - first] += weight;
            sum += weight;
        }
        filter->first[i] = (uint32_t)first;
        round_weights(exact, sum, filter->count, filter->weights + (size_t)i * filter->count);
    }
}

static void filter_end(struct filter *filter)
{
    free(filter->first);
    free(filter->weights);
}

/* 0, or -1: no memory. Then nothing is there to be ended. */
static int filter_begin(struct filter *filter, double extent, uint32_t samples, uint32_t to)
{
    const double wide = extent > to ? extent / to : 1;
    filter->count = ((uint32_t)(2 * LOBES * wide) + 1 + GROUP - 1) / GROUP * GROUP;
    filter->first = malloc(to * sizeof *filter->first);
    filter->weights = malloc((size_t)to * filter->count * sizeof *filter->weights);
    double *exact = malloc(filter->count * sizeof *exact);
    const int result = filter->first && filter->weights && exact ? 0 : -1;
    if (result == 0)
        fill(filter, exact, extent, samples, to);
    else
        filter_end(filter);
    free(exact);
    return result;
}

/* One row between rows. */
static void blend_rows(const uint8_t *rows, size_t stride, uint32_t width, const int16_t *weights,
                       uint32_t count, int32_t *restrict sums, int16_t *restrict line)
{
    memset(sums, 0, width * sizeof *sums);
    for (uint32_t k = 0; k < count; k++) {
        const uint8_t *restrict row = rows + k * stride;
        const int16_t weight = weights[k];
        if (weight != 0) /* others may lie beyond the plane */
            for (uint32_t x = 0; x < width; x++)
                sums[x] += row[x] * weight;
    }
    for (uint32_t x = 0; x < width; x++)
        line[x] =
            (int16_t)((sums[x] + (1 << (ONE_SHIFT - FINE_SHIFT - 1))) >> (ONE_SHIFT - FINE_SHIFT));
}

static void narrow(const int16_t *restrict line, const struct filter *filter, uint32_t width,
                   uint8_t *restrict result)
{
    const int16_t *weights = filter->weights;
    const uint32_t groups = filter->count / GROUP;
    for (uint32_t i = 0; i < width; i++) {
        const int16_t *from = line + filter->first[i];
        int32_t sum = 1 << (ONE_SHIFT + FINE_SHIFT - 1);
        for (uint32_t group = 0; group < groups; group++, from += GROUP, weights += GROUP)
            for (int k = 0; k < GROUP; k++)
                sum += from[k] * weights[k];
        sum >>= ONE_SHIFT + FINE_SHIFT;
        result[i] = (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
    }
}

int reduce(const struct reduce_plane *plane, uint32_t width, uint32_t height, uint8_t *result)
{
    const uint32_t columns = (uint32_t)plane->across, rows = (uint32_t)plane->down;
    struct filter across, down;
    if (filter_begin(&across, plane->across, columns, width) < 0)
        return -1;
    if (filter_begin(&down, plane->down, rows, height) < 0) {
        filter_end(&across);
        return -1;
    }
    int32_t *sums = malloc(columns * sizeof *sums);
    int16_t *line = calloc(columns + across.count, sizeof *line); /* zeros behind */
    const int code = sums && line ? 0 : -1;
    for (uint32_t y = 0; code == 0 && y < height; y++) {
        blend_rows(plane->samples + down.first[y] * plane->stride, plane->stride, columns,
                   down.weights + (size_t)y * down.count, down.count, sums, line);
        narrow(line, &across, width, result + (size_t)y * width);
    }
    free(sums);
    free(line);
    filter_end(&across);
    filter_end(&down);
    return code;
}
