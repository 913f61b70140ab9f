/* SPDX-License-Identifier: ISC */
/*
 * follower: one reader's place in the reference stream, and the judgement of every frame that it
 * gets: is this exactly what comes next? Some 40 bytes a reader, instead of a canvas. Pure.
 */
#ifndef PLACED_EDIT_FLOOD_FOLLOWER_H
#define PLACED_EDIT_FLOOD_FOLLOWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reference.h"

enum {
    /* A frame may end inside a record and then carries the version before it. Only long frames, and
     * what comes right behind one, are cut; any other ends exactly where its version does. */
    CUT_EDITS = 10000,
};

struct follower {
    uint64_t version; /* of the last frame judged, or where it began */
    uint64_t cursor;  /* position after it; of use when anchored */
    uint64_t mark;    /* number of the last mark at or before cursor; of use when anchored */
    uint32_t epoch;   /* of the reference, that these are of */
    bool anchored;    /* its position is known */
    bool exact;       /* cursor is where version ends */
    bool big;         /* the last frame was long enough to be cut */
};

/* What is wrong with a frame: counts of edits. All 0 and false: nothing. */
struct verdict {
    uint64_t missing;       /* never came */
    uint64_t repeated;      /* came again */
    uint64_t wrong;         /* differ from the stream */
    uint64_t unchecked;     /* too old to be compared: no fault */
    bool backwards;         /* its version is below the one before */
    bool misnumbered;       /* its version is not that of this place in the stream */
    struct stamp_walk seen; /* of the edits that came with this frame for the first time */
};

enum follow {
    FOLLOW_DONE, /* judged */
    FOLLOW_WAIT, /* the reference is not there yet: ask again when it has grown */
};

/* The server says that frames continue from this version. */
void follower_start(struct follower *f, const struct reference *ref, uint64_t version);

/* The next frame: n edits, after which the version is `version`. The reference must have begun. */
enum follow follower_frame(struct follower *f, const struct reference *ref, uint64_t version,
                           const uint8_t *edits, size_t n, struct verdict *verdict);

/* For a reader that leads, before follower_frame: how many of the frame's n edits, counted from its
 * end, lie beyond the reference and may extend it. 0: none, or the frame must not be believed. */
size_t follower_news(const struct follower *f, const struct reference *ref, uint64_t version,
                     const uint8_t *edits, size_t n);

/* Is a frame without edits news to the reference? */
bool follower_new_version(const struct follower *f, const struct reference *ref, uint64_t version);

/* Does the next frame end exactly where its version does? */
bool follower_exact(const struct follower *f, uint64_t version, size_t n);

#endif
