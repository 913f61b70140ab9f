/* SPDX-License-Identifier: ISC */
/*
 * predicate: which edits a moderator means, as it is written: parts with blanks between them, all
 * of which have to fit. Pure.
 *
 *   u:A[,B...]           made by one of these authors (16 small hex digits each)
 *   net:ID[,ID...]       made by somebody who was seen on one of these networks (16 hex digits
 * each) r:X,Y,W,H            in this rectangle of the plane t:2h or t:FROM-TO    in the last 2
 * hours (s, m, h, d), or between two times, both included: RFC 3339, or ms since 1970. Required,
 * but with a: c:N[,N...]           of one of these colours a:ACTION             made by this action
 * of a moderator
 *   --except u:C[,D...]  and not made by one of these
 */
#ifndef PLACED_MODERATION_PREDICATE_H
#define PLACED_MODERATION_PREDICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"

enum {
    PREDICATE_AUTHORS = 64, /* at most, of each list */
    PREDICATE_NETWORKS = 16,
    PREDICATE_BYTES = 3072, /* of the text with its NUL: the longest one fits */
    PREDICATE_ERROR_BYTES = 160,
    PREDICATE_ALL_COLOURS = 0xffff,
};

struct predicate {
    uint64_t authors[PREDICATE_AUTHORS], networks[PREDICATE_NETWORKS], except[PREDICATE_AUTHORS];
    size_t n_authors, n_networks, n_except; /* 0: anybody, any, nobody */
    bool has_rectangle;
    int32_t x, y, w, h;
    bool has_time; /* else any */
    int64_t from_ms, to_ms;
    uint16_t colours; /* bit by bit */
    uint32_t action;  /* 0: any */
};

/* Read len bytes, written at now_ms. 0, or -1 with what is wrong and where in error. */
int predicate_parse(struct predicate *predicate, const char *text, size_t len, int64_t now_ms,
                    char error[PREDICATE_ERROR_BYTES]);

/* The one way to write it, with times as ms: it means the same whenever it is read. */
void predicate_write(const struct predicate *predicate, char text[PREDICATE_BYTES]);

/* Can an edit of this canvas fit at all? */
bool predicate_touches(const struct predicate *predicate, struct position canvas);

/* Does a record of that time fit? -1, an unknown one, fits only where any does. */
static inline bool predicate_fits_time(const struct predicate *predicate, int64_t time_ms)
{
    return !predicate->has_time ||
           (time_ms >= 0 && time_ms >= predicate->from_ms && time_ms <= predicate->to_ms);
}

/* Does every edit of the canvas fit, as far as place and colour go? Then none needs to be looked
 * at.
 */
bool predicate_takes_whole(const struct predicate *predicate, struct position canvas);

/* Does this edit of the canvas fit, as far as place and colour go? */
bool predicate_fits_edit(const struct predicate *predicate, struct position canvas, uint32_t word);

#endif
