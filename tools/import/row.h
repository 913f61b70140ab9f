/* SPDX-License-Identifier: ISC */
/* row: one edit on its way into the log, as it is sorted. */
#ifndef PLACED_IMPORT_ROW_H
#define PLACED_IMPORT_ROW_H

#include <stdint.h>

#include "core/position.h"

struct row {
    int64_t time_ms; /* since 1970; 0: of a picture, which has none */
    uint64_t author; /* 0: the operator */
    struct position position;
    uint32_t word;
};

_Static_assert(sizeof(struct row) == 24, "runs are files of rows as they lie in memory");

#endif
