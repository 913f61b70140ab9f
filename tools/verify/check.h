/* SPDX-License-Identifier: ISC */
/* check: one side in itself, or two against each other, up to where both go. */
#ifndef PLACED_VERIFY_CHECK_H
#define PLACED_VERIFY_CHECK_H

#include "common/progress.h"
#include "side.h"
#include "verdict.h"

/* b is NULL for one side alone. The first difference ends it. */
void check_sides(const struct side *a, const struct side *b, struct verdict *verdict,
                 struct progress *progress);

#endif
