/* SPDX-License-Identifier: ISC */
/* reference: two circular arrays and a picture. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

#include "core/canvas.h"
#include "core/checksum.h"
#include "core/edit.h"

/* Between epochs, so that no position of one is mistaken for one of another. A multiple of 3. */
static const uint64_t EPOCH_GAP = (uint64_t)3 << 40;

int reference_init(struct reference *ref)
{
    memset(ref, 0, sizeof *ref);
    ref->marks = calloc(REFERENCE_MARKS, sizeof *ref->marks);
    ref->bytes = malloc(REFERENCE_BYTES);
    ref->pixels = calloc(CANVAS_PIXELS, 1);
    if (ref->marks && ref->bytes && ref->pixels)
        return 0;
    reference_finish(ref);
    return -1;
}

void reference_finish(struct reference *ref)
{
    free(ref->marks);
    free(ref->bytes);
    free(ref->pixels);
    memset(ref, 0, sizeof *ref);
}

static void push_mark(struct reference *ref, struct mark mark)
{
    ref->marks[ref->n_marks % REFERENCE_MARKS] = mark;
    ref->n_marks++;
    if (ref->n_marks - ref->first > REFERENCE_MARKS)
        ref->first = ref->n_marks - REFERENCE_MARKS;
}

void reference_begin(struct reference *ref, uint64_t version, const uint8_t *pixels)
{
    ref->epoch++;
    ref->base = ref->head = ref->head + EPOCH_GAP;
    ref->first = ref->n_marks;
    memcpy(ref->pixels, pixels, CANVAS_PIXELS);
    ref->checksum = canvas_checksum(pixels);
    push_mark(ref,
              (struct mark){
                  .version = version, .end = ref->base, .checksum = ref->checksum, .exact = true});
}

uint64_t pixels_fold(uint8_t *pixels, uint64_t checksum, const uint8_t *edits, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t word = edit_load(edits + EDIT_BYTES * i);
        if (!edit_in_range(word))
            continue; /* never sent by an honest server; it shows as a difference in the picture */
        uint32_t pixel = edit_y(word) * CANVAS_WIDTH + edit_x(word);
        checksum ^= checksum_pixel(pixel, pixels[pixel]);
        pixels[pixel] = (uint8_t)edit_colour(word);
        checksum ^= checksum_pixel(pixel, pixels[pixel]);
    }
    return checksum;
}

void reference_extend(struct reference *ref, uint64_t version, bool exact, const uint8_t *edits,
                      size_t n, const struct stamp *stamps, size_t n_stamps)
{
    size_t len = n * EDIT_BYTES;
    if (len > 0) {
        size_t at = (size_t)(ref->head % REFERENCE_BYTES);
        size_t first = len < REFERENCE_BYTES - at ? len : REFERENCE_BYTES - at;
        memcpy(ref->bytes + at, edits, first);
        memcpy(ref->bytes, edits + first, len - first);
        ref->checksum = pixels_fold(ref->pixels, ref->checksum, edits, n);
        ref->head += len;
    }
    struct mark mark = {.version = version,
                        .end = ref->head,
                        .checksum = ref->checksum,
                        .exact = exact,
                        .n_stamps = (uint8_t)n_stamps};
    if (n_stamps > 0)
        memcpy(mark.stamps, stamps, n_stamps * sizeof *stamps);
    push_mark(ref, mark);
}

const struct stamp *reference_stamp(const struct reference *ref, struct stamp_walk *walk)
{
    while (walk->mark < ref->n_marks) {
        const struct mark *mark = reference_mark(ref, walk->mark);
        while (walk->next < mark->n_stamps) {
            const struct stamp *stamp = &mark->stamps[walk->next++];
            uint64_t at = mark->end - stamp->before;
            if (at > walk->from && at <= walk->to)
                return stamp;
        }
        if (mark->end >= walk->to)
            return NULL;
        walk->mark++;
        walk->next = 0;
    }
    return NULL;
}

uint64_t reference_version(const struct reference *ref)
{
    return reference_mark(ref, ref->n_marks - 1)->version;
}

uint64_t reference_tail(const struct reference *ref)
{
    return ref->head - ref->base > REFERENCE_BYTES ? ref->head - REFERENCE_BYTES : ref->base;
}

static uint64_t last_mark(const struct reference *ref, bool by_version, uint64_t value)
{
    uint64_t low = ref->first, high = ref->n_marks; /* the answer + 1 is in [low, high] */
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct mark *mark = reference_mark(ref, middle);
        if ((by_version ? mark->version : mark->end) <= value)
            low = middle + 1;
        else
            high = middle;
    }
    return low == ref->first ? REFERENCE_NONE : low - 1;
}

uint64_t reference_by_version(const struct reference *ref, uint64_t version)
{
    return last_mark(ref, true, version);
}

uint64_t reference_by_position(const struct reference *ref, uint64_t position)
{
    return last_mark(ref, false, position);
}

bool reference_end_of(const struct reference *ref, uint64_t version, uint64_t *end)
{
    uint64_t number = reference_by_version(ref, version);
    while (number != REFERENCE_NONE && reference_mark(ref, number)->version == version) {
        if (reference_mark(ref, number)->exact) {
            *end = reference_mark(ref, number)->end;
            return true;
        }
        number = number == ref->first ? REFERENCE_NONE : number - 1;
    }
    return false;
}

bool reference_equal(const struct reference *ref, uint64_t position, const uint8_t *bytes,
                     size_t len)
{
    size_t at = (size_t)(position % REFERENCE_BYTES);
    size_t first = len < REFERENCE_BYTES - at ? len : REFERENCE_BYTES - at;
    return memcmp(ref->bytes + at, bytes, first) == 0 &&
           (first == len || memcmp(ref->bytes, bytes + first, len - first) == 0);
}

size_t reference_differ(const struct reference *ref, uint64_t position, const uint8_t *edits,
                        size_t n)
{
    size_t differ = 0;
    for (size_t i = 0; i < n; i++)
        differ +=
            !reference_equal(ref, position + EDIT_BYTES * i, edits + EDIT_BYTES * i, EDIT_BYTES);
    return differ;
}

uint64_t reference_search(const struct reference *ref, uint64_t from, uint64_t to,
                          const uint8_t *bytes, size_t len)
{
    uint64_t tail = reference_tail(ref);
    if (from < tail)
        from = tail;
    if (ref->head - tail < len)
        return REFERENCE_NONE;
    if (to > ref->head - len)
        to = ref->head - len;
    for (uint64_t position = from; position <= to; position += EDIT_BYTES) {
        if (reference_equal(ref, position, bytes, len))
            return position;
    }
    return REFERENCE_NONE;
}
