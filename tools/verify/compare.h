/* SPDX-License-Identifier: ISC */
/* compare: records of two blocks, or of two logs, one by one. Pure. */
#ifndef PLACED_VERIFY_COMPARE_H
#define PLACED_VERIFY_COMPARE_H

#include "common/difference.h"
#include "common/source.h"
#include "history/block.h"

/* A number of records that came the same in both. */
struct compared {
    uint64_t records, edits;
};

/* Records with offsets below `below` of two blocks of one number; NULL is one without records.
 * False: *difference names the first that is not the same, a is what was expected. */
bool compare_blocks(const struct block *a, const struct block *b, uint64_t number, uint64_t below,
                    struct compared *compared, struct difference *difference);

/* Two records at one place in two logs; one of them NULL: it is not there. number: of the block
 * that a's is in, or b's without it. */
bool compare_records(const struct source_record *a, const struct source_record *b, uint64_t number,
                     struct difference *difference);

#endif
