/* SPDX-License-Identifier: ISC */
/*
 * suspects: what detectors have found: a network or a cell, how strongly, since when, and who. Of
 * bounded number: the one that was found again longest ago makes room. Not for several threads.
 */
#ifndef PLACED_MODERATION_SUSPECTS_H
#define PLACED_MODERATION_SUSPECTS_H

#include <stddef.h>
#include <stdint.h>

enum {
    SUSPECTS_MAX = 256,
    SUSPECT_AUTHORS = 1024, /* remembered of one */
    SUSPECT_CELL = 64,      /* pixels, both ways */
};

/* One finding goes on as long as it is found again within this time. */
#define SUSPECT_GAP_MS (INT64_C(10) * 60 * 1000)

struct suspect {
    int rule;
    uint64_t network; /* 0: it is a cell */
    int32_t x, y;     /* of the cell's first pixel, in plane coordinates */
    int64_t since_ms, last_ms;
    uint32_t score; /* the highest */
    uint64_t *authors;
    size_t n_authors;
    int64_t due_ms; /* when it is to be written down; 0: unknown. For who does that */
};

struct suspects;

/* NULL when out of memory. */
struct suspects *suspects_create(void);
void suspects_destroy(struct suspects *suspects); /* NULL is fine */

/* Found, now, of this rule: a network, or (0) the cell that begins at x, y; and authors whom it
 * speaks of. */
void suspects_found(struct suspects *suspects, int rule, uint64_t network, int32_t x, int32_t y,
                    uint32_t score, int64_t now_ms, const uint64_t *authors, size_t n_authors);

/* Those of now, or of ever: in the order in which they were first found. The i-th, NULL past the
 * last one. Valid until the next call that is not suspects_at. */
struct suspect *suspects_at(struct suspects *suspects, size_t i);

/* Drop those that were last found before this time. */
void suspects_expire(struct suspects *suspects, int64_t before_ms);

size_t suspects_count(const struct suspects *suspects);

/* Since the start: calls of suspects_found, findings that began, and findings that had to make room
 * for others. */
struct suspects_tally {
    uint64_t calls, findings, dropped;
};

struct suspects_tally suspects_tally(const struct suspects *suspects);

#endif
