/* SPDX-License-Identifier: ISC */
/* tally: what became of the rows: taken, or rejected and why; and into which colours. */
#ifndef PLACED_IMPORT_TALLY_H
#define PLACED_IMPORT_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/edit.h"

/* reason: its name in the report, and what it means. */
#define REJECTIONS(X)                                                                              \
    X(empty, "a field is empty")                                                                   \
    X(outside, "x or y is outside of the part that is taken")                                      \
    X(beyond, "x or y is beyond the plane")                                                        \
    X(rectangle, "a moderator's rectangle")                                                        \
    X(circle, "a moderator's circle")                                                              \
    X(bad_time, "the time is none")                                                                \
    X(bad_coordinate, "x or y is no number")                                                       \
    X(bad_colour, "the colour is none")                                                            \
    X(cut, "columns are missing")                                                                  \
    X(too_long, "the line is too long")

#define X(name, text) REJECTED_##name,
enum rejection { REJECTIONS(X) REJECTION_COUNT };
#undef X

const char *rejection_name(enum rejection reason);
const char *rejection_text(enum rejection reason);

enum { TALLY_COLOURS = 256 /* of others than ours, that are counted one by one */ };

/* A colour of a larger palette, and where it went. */
struct mapped_colour {
    uint32_t rgb;
    uint8_t colour; /* the nearest of ours */
    uint64_t rows;
};

struct tally {
    uint64_t rows, taken, rejected[REJECTION_COUNT];
    uint64_t nearest; /* taken, in a colour that is not exactly one of ours */
    uint64_t blank;   /* pixels of a picture that are white or transparent, and left out */
    struct mapped_colour colours[TALLY_COLOURS];
    size_t n_colours; /* the first that came; the rest is in nearest only */
};

/* The colour of ours for 0xRRGGBB, counted when it is not the same one. */
uint8_t tally_colour(struct tally *tally, uint32_t rgb);

uint64_t tally_rejected(const struct tally *tally); /* in all */

#endif
