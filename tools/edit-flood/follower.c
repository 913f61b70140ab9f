/* SPDX-License-Identifier: ISC */
/* follower: see follower.h. */
#include "follower.h"

#include <string.h>

#include "core/edit.h"

enum {
    SEARCH_BYTES = 3 << 19, /* how far around its place a stray frame is looked for */
};

enum anchor {
    ANCHORED,
    ANCHOR_WAIT,
    ANCHOR_LOST, /* nowhere: judged already */
};

static void set_cursor(struct follower *f, const struct reference *ref, uint64_t cursor)
{
    f->cursor = cursor;
    f->mark = reference_by_position(ref, cursor);
    if (f->mark == REFERENCE_NONE)
        f->mark = ref->first;
    f->anchored = true;
}

void follower_start(struct follower *f, const struct reference *ref, uint64_t version)
{
    f->big = false;
    if (f->anchored && f->exact && f->version == version && f->epoch == ref->epoch)
        return; /* goes on where it was */
    *f = (struct follower){.version = version, .epoch = ref->epoch, .exact = true};
    uint64_t place;
    if (ref->epoch != 0 && reference_end_of(ref, version, &place))
        set_cursor(f, ref, place);
}

bool follower_exact(const struct follower *f, uint64_t version, size_t n)
{
    return n == 0 || (n < CUT_EDITS && !f->big && version > f->version);
}

static uint64_t gap(uint64_t from, uint64_t to)
{
    return (to - from) / EDIT_BYTES;
}

/* How many of n edits at position are not kept any more. */
static size_t lost_at(const struct reference *ref, uint64_t position, size_t n)
{
    uint64_t tail = reference_tail(ref);
    if (position >= tail)
        return 0;
    return gap(position, tail) < n ? (size_t)gap(position, tail) : n;
}

/* Compare as much of the frame as is kept. */
static bool equal_at(const struct reference *ref, uint64_t position, const uint8_t *edits, size_t n)
{
    size_t off = EDIT_BYTES * lost_at(ref, position, n);
    return reference_equal(ref, position + off, edits + off, EDIT_BYTES * n - off);
}

static size_t differ_at(const struct reference *ref, uint64_t position, const uint8_t *edits,
                        size_t n)
{
    size_t lost = lost_at(ref, position, n), off = EDIT_BYTES * lost;
    return reference_differ(ref, position + off, edits + off, n - lost);
}

/* Are these the edits that came just before? */
static bool again(const struct follower *f, const struct reference *ref, const uint8_t *edits,
                  size_t n)
{
    size_t len = EDIT_BYTES * n;
    return f->cursor >= reference_tail(ref) + len &&
           reference_equal(ref, f->cursor - len, edits, len);
}

/* The frame ends at position `end`. */
static void accept(struct follower *f, const struct reference *ref, uint64_t end, uint64_t version,
                   size_t n, struct verdict *verdict)
{
    bool exact = follower_exact(f, version, n);
    if (f->mark < ref->first) {
        set_cursor(f, ref, end);
    } else {
        verdict->seen = (struct stamp_walk){.from = f->cursor, .to = end, .mark = f->mark + 1};
        f->cursor = end;
        while (f->mark + 1 < ref->n_marks && reference_mark(ref, f->mark + 1)->end <= end)
            f->mark++;
    }
    f->version = version;
    f->exact = exact;
    f->big = n >= CUT_EDITS;
    /* A version below the one that the reference has here may only be that of a record without
     * edits behind the last that has some. */
    const struct mark *mark = reference_mark(ref, f->mark);
    if (exact && mark->exact && mark->end == end && version < mark->version &&
        f->mark > ref->first) {
        const struct mark *before = reference_mark(ref, f->mark - 1);
        if (before->exact && before->end < end && version <= before->version)
            verdict->misnumbered = true;
    }
}

/* It is not known where this frame belongs: the next one has to find the place again. */
static void lose(struct follower *f, const struct reference *ref, uint64_t version, size_t n)
{
    bool exact = follower_exact(f, version, n);
    *f = (struct follower){
        .version = version, .epoch = ref->epoch, .exact = exact, .big = n >= CUT_EDITS};
}

/* Between which positions does a version that we know only the order of end? False: it is older
 * than all that is kept. */
static bool bounds_of(const struct reference *ref, uint64_t version, uint64_t *low, uint64_t *high)
{
    *low = ref->base;
    *high = ref->head;
    uint64_t at = reference_by_version(ref, version);
    if (at == REFERENCE_NONE)
        return false;
    if (at + 1 < ref->n_marks)
        *high = reference_mark(ref, at + 1)->end;
    while (at > ref->first && !reference_mark(ref, at)->exact)
        at--;
    *low = reference_mark(ref, at)->end;
    return true;
}

/* Find out where the first frame belongs: its beginning or its end is at a version whose place is
 * known, or its edits are found between the versions around. */
static enum anchor anchor(struct follower *f, const struct reference *ref, uint64_t version,
                          const uint8_t *edits, size_t n, struct verdict *verdict)
{
    uint64_t start, end, low, high;
    if (f->exact && reference_end_of(ref, f->version, &start)) {
        set_cursor(f, ref, start);
        return ANCHORED;
    }
    if (version > reference_version(ref))
        return ANCHOR_WAIT;
    size_t len = EDIT_BYTES * n;
    bool known = bounds_of(ref, f->version, &low, &high);
    bool by_end = follower_exact(f, version, n) && reference_end_of(ref, version, &end);
    if (by_end && equal_at(ref, end - len, edits, n)) {
        start = end - len;
        if (known && start > high)
            verdict->missing += gap(high, start);
        else if (known && start < low)
            verdict->repeated += gap(start, low);
        set_cursor(f, ref, start);
        return ANCHORED;
    }
    start = reference_search(ref, low, high, edits, len);
    if (start != REFERENCE_NONE) {
        set_cursor(f, ref, start);
        return ANCHORED;
    }
    if (known && version == reference_version(ref) && !by_end)
        return ANCHOR_WAIT; /* it may end behind the head, inside a record */
    if (!known || low < reference_tail(ref))
        verdict->unchecked += n;
    else
        verdict->wrong += n;
    lose(f, ref, version, n);
    return ANCHOR_LOST;
}

/* The frame is found at `start`, not at the cursor. */
static void accept_stray(struct follower *f, const struct reference *ref, uint64_t start,
                         uint64_t version, size_t n, struct verdict *verdict)
{
    uint64_t end = start + EDIT_BYTES * n;
    if (start > f->cursor)
        verdict->missing += gap(f->cursor, start);
    else
        verdict->repeated += end < f->cursor ? n : gap(start, f->cursor);
    accept(f, ref, end > f->cursor ? end : f->cursor, version, n, verdict);
}

/* The frame is not what comes next. What is it? */
static void diagnose(struct follower *f, const struct reference *ref, uint64_t version,
                     const uint8_t *edits, size_t n, struct verdict *verdict)
{
    size_t len = EDIT_BYTES * n;
    uint64_t end, start;
    bool by_end = follower_exact(f, version, n) && reference_end_of(ref, version, &end);
    if (by_end && equal_at(ref, end - len, edits, n)) {
        accept_stray(f, ref, end - len, version, n, verdict);
        return;
    }
    if (by_end && end == f->cursor + len) {
        verdict->wrong += differ_at(ref, f->cursor, edits, n);
        accept(f, ref, end, version, n, verdict);
        return;
    }
    start = reference_search(ref, f->cursor, f->cursor + SEARCH_BYTES, edits, len);
    if (start == REFERENCE_NONE && f->cursor > SEARCH_BYTES)
        start = reference_search(ref, f->cursor - SEARCH_BYTES, f->cursor, edits, len);
    if (start != REFERENCE_NONE) {
        accept_stray(f, ref, start, version, n, verdict);
        return;
    }
    if (by_end && end > f->cursor) {
        /* Its end is known, and so is its beginning: longer or shorter than it should be. */
        size_t should = (size_t)gap(f->cursor, end);
        if (should > n)
            verdict->missing += should - n;
        size_t both = should < n ? should : n;
        verdict->wrong += differ_at(ref, f->cursor, edits, both) + (n - both);
        accept(f, ref, end, version, n, verdict);
        return;
    }
    if (f->cursor + len <= ref->head) {
        size_t differ = differ_at(ref, f->cursor, edits, n);
        if (differ <= n / 2) {
            verdict->wrong += differ;
            accept(f, ref, f->cursor + len, version, n, verdict);
            return;
        }
    }
    verdict->wrong += n; /* the reference never got anything like it */
    lose(f, ref, version, n);
}

enum follow follower_frame(struct follower *f, const struct reference *ref, uint64_t version,
                           const uint8_t *edits, size_t n, struct verdict *verdict)
{
    memset(verdict, 0, sizeof *verdict);
    if (f->epoch != ref->epoch)
        *f = (struct follower){.version = f->version, .epoch = ref->epoch, .exact = f->exact};
    if (version < f->version) {
        verdict->backwards = true;
        verdict->repeated += n;
        return FOLLOW_DONE;
    }
    if (n == 0) {
        f->exact = f->exact || version > f->version;
        f->version = version;
        f->big = false;
        return FOLLOW_DONE;
    }
    if (!f->anchored) {
        enum anchor anchored = anchor(f, ref, version, edits, n, verdict);
        if (anchored != ANCHORED)
            return anchored == ANCHOR_WAIT ? FOLLOW_WAIT : FOLLOW_DONE;
    }
    if (version == f->version && again(f, ref, edits, n)) {
        verdict->repeated += n;
        return FOLLOW_DONE;
    }
    bool follows = f->cursor + EDIT_BYTES * n <= ref->head && equal_at(ref, f->cursor, edits, n);
    uint64_t newest = reference_version(ref);
    /* What is wrong with a frame that does not follow is known only when the reference is past its
     * end. */
    if (!follows && (version > newest || (version == newest && !follower_exact(f, version, n))))
        return FOLLOW_WAIT;
    if (f->exact && f->mark >= ref->first && f->mark + 1 < ref->n_marks) {
        const struct mark *next = reference_mark(ref, f->mark + 1);
        if (next->exact && next->end > f->cursor && next->version <= f->version)
            verdict->misnumbered = true;
    }
    if (!follows) {
        diagnose(f, ref, version, edits, n, verdict);
        return FOLLOW_DONE;
    }
    verdict->unchecked += lost_at(ref, f->cursor, n);
    accept(f, ref, f->cursor + EDIT_BYTES * n, version, n, verdict);
    return FOLLOW_DONE;
}

size_t follower_news(const struct follower *f, const struct reference *ref, uint64_t version,
                     const uint8_t *edits, size_t n)
{
    if (!f->anchored || f->epoch != ref->epoch || f->cursor > ref->head || n == 0 ||
        version < f->version || f->cursor + EDIT_BYTES * n <= ref->head)
        return 0;
    uint64_t newest = reference_version(ref);
    if (version < newest || (version == newest && follower_exact(f, version, n)))
        return 0;
    if (version == f->version && again(f, ref, edits, n))
        return 0;
    size_t known = (size_t)gap(f->cursor, ref->head);
    return equal_at(ref, f->cursor, edits, known) ? n - known : 0;
}

bool follower_new_version(const struct follower *f, const struct reference *ref, uint64_t version)
{
    return f->anchored && f->epoch == ref->epoch && f->cursor == ref->head &&
           version > reference_version(ref);
}
