/* SPDX-License-Identifier: ISC */
/*
 * runs: the edits of a record by who made them: runs of one author each. Where the header does not
 * say, they are the operator's. Pure.
 */
#ifndef PLACED_MODERATION_RUNS_H
#define PLACED_MODERATION_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/authors.h"
#include "core/bytes.h"
#include "core/edit.h"
#include "core/record.h"

/* Edits of one author, one after the other. */
struct run {
    const uint8_t *edits;
    size_t n;
    uint64_t author;
};

/* Those of a record that are still to come. */
struct runs {
    struct span header; /* what is left of it; empty: one run with all edits */
    const uint8_t *edits;
    size_t left;
};

static inline struct runs runs_of(const struct record *record, const struct record_edits *edits)
{
    struct runs runs = {.edits = edits->edits, .left = edits->n};
    if (edits->n > 0 && authors_count(record->authors) == edits->n)
        runs.header = (struct span){record->authors.data + 1, record->authors.len - 1};
    return runs;
}

/* False: there are no more. */
static inline bool runs_next(struct runs *runs, struct run *run)
{
    if (runs->left == 0)
        return false;
    *run = (struct run){.edits = runs->edits, .n = runs->left};
    if (runs->header.len > 0) {
        run->n = load_u16(runs->header.data);
        run->author = load_u64(runs->header.data + 2);
        runs->header.data += AUTHORS_RUN_BYTES;
        runs->header.len -= AUTHORS_RUN_BYTES;
    }
    runs->edits += run->n * EDIT_BYTES;
    runs->left -= run->n;
    return true;
}

#endif
