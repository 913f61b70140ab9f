/* SPDX-License-Identifier: ISC */
/* report: the verdict, for people and for programs, on standard output. */
#ifndef PLACED_VERIFY_REPORT_H
#define PLACED_VERIFY_REPORT_H

#include "side.h"
#include "verdict.h"

/* b is NULL for one side alone; a may be, too, when it could not be opened. False: it cannot be
 * written. */
bool report_text(const struct side *a, const struct side *b, const struct verdict *verdict);
bool report_json(const struct side *a, const struct side *b, const struct verdict *verdict);

/* "same", "different" or "failed". */
const char *report_result(const struct verdict *verdict);

#endif
