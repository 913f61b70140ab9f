/* SPDX-License-Identifier: ISC */
/*
 * costs: header `e` of a record: what the edits of each run of its header `a` cost, in milliseconds
 * of refill. One byte 1, then a u32 a run. Pure. See PROTOCOL.md.
 */
#ifndef PLACED_CORE_COSTS_H
#define PLACED_CORE_COSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/record.h"

enum {
    COSTS_VERSION = 1, /* the first byte */
    COSTS_RUN_BYTES = 4,
};

/* Bytes of the header for so many runs. */
static inline size_t costs_bytes(size_t runs)
{
    return 1 + runs * COSTS_RUN_BYTES;
}

/* Write the cost of run i into a header of costs_bytes(runs) bytes. */
void costs_store_run(uint8_t *bytes, size_t i, uint32_t cost);

/* Does this header say what the edits of so many runs cost? Else it counts as absent. */
bool costs_good(struct span header, size_t runs);

/* Of a good header. */
uint32_t costs_of(struct span header, size_t run);

#endif
