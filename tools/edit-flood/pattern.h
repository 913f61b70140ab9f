/* SPDX-License-Identifier: ISC */
/*
 * pattern: which edit is the k-th of the flood. A pure function of k, so that what was sent is
 * computed again when its answer comes, and need not be kept.
 */
#ifndef PLACED_EDIT_FLOOD_PATTERN_H
#define PLACED_EDIT_FLOOD_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pattern_kind {
    PATTERN_RANDOM,  /* every word once in 16 million edits, in random order */
    PATTERN_IMAGE,   /* a PNG in the nearest colours, its pixels in random order, again and again */
    PATTERN_FRACTAL, /* the Mandelbrot set, tile by tile, ever deeper */
    PATTERN_RAID,    /* four factions fight over one spot; or one paints a rectangle */
    PATTERN_TRACE,   /* Reddit's r/place, at the times it happened */
};

struct pattern_config {
    enum pattern_kind kind;
    const char *const *files; /* of image (one) and trace */
    size_t n_files;
    int at_x, at_y; /* image, raid: where; trace: the corner of the part that is taken */
    int region_x, region_y, region_w, region_h; /* raid: the rectangle; w 0: none */
    int colour;                                 /* that it gets */
    double speed;                               /* trace: this many times as fast as it was */
    uint64_t seed;
    unsigned threads; /* fractal: that compute */
};

struct pattern;

/* NULL, with a message on standard error. */
struct pattern *pattern_create(const struct pattern_config *config);
void pattern_destroy(struct pattern *pattern); /* NULL is fine */

/* The edits k to k + n - 1, as words. */
void pattern_words(struct pattern *pattern, uint64_t k, size_t n, uint32_t *words);

/* How many different words there are, at least. */
uint64_t pattern_distinct(const struct pattern *pattern);

/* Has it its own times? Then how many edits are due elapsed_us after the start; *over when that is
 * all. */
bool pattern_timed(const struct pattern *pattern);
uint64_t pattern_due(const struct pattern *pattern, uint64_t elapsed_us, bool *over);

/* One line about what it is; NULL when there is nothing to say. */
const char *pattern_note(const struct pattern *pattern);

#endif
