/* SPDX-License-Identifier: ISC */
/*
 * reference: the one stream of edits that every reader must get, as the full readers got it. Frames
 * may be cut differently for every reader, so readers are compared by position in the stream, not
 * by frame. Keeps the last REFERENCE_BYTES of it, a mark where each frame ended, and the picture at
 * its end. Positions count bytes and never restart. Pure.
 */
#ifndef PLACED_EDIT_FLOOD_REFERENCE_H
#define PLACED_EDIT_FLOOD_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REFERENCE_BYTES = 3 << 23, /* 25 MB, over 8 million edits: more than any honest reader lags */
    REFERENCE_MARKS = 1 << 15,
    MARK_STAMPS = 8,
};

/* weight of our edits below a mark were sent at about that time. */
struct stamp {
    uint32_t sent_us;
    uint32_t weight;
    uint32_t before; /* where the first of them ends: so many bytes before the mark */
};

/* Goes over the stamps of the edits that end after position from, up to position to. */
struct stamp_walk {
    uint64_t from, to;
    uint64_t mark; /* begins as the number of the first mark that ends behind from */
    size_t next;   /* begins as 0 */
};

struct mark {
    uint64_t version;
    uint64_t end;      /* position after the last edit of the frame */
    uint64_t checksum; /* of the picture there */
    bool exact;        /* end is where version ends, not somewhere behind it */
    uint8_t n_stamps;
    struct stamp stamps[MARK_STAMPS]; /* a sample of those since the mark before */
};

struct reference {
    uint32_t epoch;     /* counts reference_begin; 0: not begun */
    uint64_t base;      /* where this epoch begins */
    uint64_t head;      /* after the last edit */
    uint64_t first;     /* the oldest mark of this epoch that is kept */
    uint64_t n_marks;   /* ever made: the newest is n_marks - 1 */
    struct mark *marks; /* by number modulo REFERENCE_MARKS */
    uint8_t *bytes;     /* by position modulo REFERENCE_BYTES */
    uint8_t *pixels;    /* a colour a byte, at head */
    uint64_t checksum;  /* of pixels */
};

#define REFERENCE_NONE UINT64_MAX

int reference_init(struct reference *ref); /* 0, or -1 when out of memory */
void reference_finish(struct reference *ref);

/* Begin, or begin anew, with a picture (copied) of that version. What followers know about
 * positions is void then: epoch has grown. */
void reference_begin(struct reference *ref, uint64_t version, const uint8_t *pixels);

/* A frame of n edits at the head (n may be 0; fewer than the reference keeps), after which the
 * version is `version`, exactly or at least. */
void reference_extend(struct reference *ref, uint64_t version, bool exact, const uint8_t *edits,
                      size_t n, const struct stamp *stamps, size_t n_stamps);

/* The next one; NULL: there are no more. */
const struct stamp *reference_stamp(const struct reference *ref, struct stamp_walk *walk);

/* The newest version; the reference must have begun. */
uint64_t reference_version(const struct reference *ref);

/* The oldest position whose edits are kept. */
uint64_t reference_tail(const struct reference *ref);

static inline const struct mark *reference_mark(const struct reference *ref, uint64_t number)
{
    return &ref->marks[number % REFERENCE_MARKS];
}

/* The number of the last mark with version <= v, or end <= position; or REFERENCE_NONE. */
uint64_t reference_by_version(const struct reference *ref, uint64_t version);
uint64_t reference_by_position(const struct reference *ref, uint64_t position);

/* Where exactly this version ends. False when that is not known. */
bool reference_end_of(const struct reference *ref, uint64_t version, uint64_t *end);

/* Are these len bytes what the stream has at position? [position, position + len) must be kept. */
bool reference_equal(const struct reference *ref, uint64_t position, const uint8_t *bytes,
                     size_t len);

/* How many of these n edits differ from what the stream has at position (kept). */
size_t reference_differ(const struct reference *ref, uint64_t position, const uint8_t *edits,
                        size_t n);

/* The first position in [from, to], in steps of an edit, at which the stream has these bytes; or
 * REFERENCE_NONE. */
uint64_t reference_search(const struct reference *ref, uint64_t from, uint64_t to,
                          const uint8_t *bytes, size_t len);

/* Fold n edits into pixels (a colour a byte); the checksum afterwards. */
uint64_t pixels_fold(uint8_t *pixels, uint64_t checksum, const uint8_t *edits, size_t n);

#endif
