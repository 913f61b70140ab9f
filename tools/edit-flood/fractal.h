/* SPDX-License-Identifier: ISC */
/*
 * fractal: the Mandelbrot set in 16 colours, in several views, each deeper than the one before;
 * painted tile by tile from the middle outwards. Threads compute the tiles in the order in which
 * they are wanted.
 */
#ifndef PLACED_EDIT_FLOOD_FRACTAL_H
#define PLACED_EDIT_FLOOD_FRACTAL_H

#include <stddef.h>
#include <stdint.h>

enum {
    FRACTAL_VIEWS = 8,
    FRACTAL_TILE = 50, /* pixels, square */
};

struct fractal;

/* NULL when out of memory. No thread runs yet, so that the process may still fork. */
struct fractal *fractal_create(unsigned threads);
void fractal_destroy(struct fractal *fractal); /* NULL is fine; ends the threads */

/* The k-th edit as a word; starts the threads at the first call, and waits when its tile is not
 * done yet. One thread. */
uint32_t fractal_word(struct fractal *fractal, uint64_t k);

/* The colour of one pixel of a view, computed for itself. */
uint8_t fractal_colour(unsigned view, uint32_t x, uint32_t y);

#endif
