/* SPDX-License-Identifier: ISC */
/* intake: the files, row by row, as edits of the plane; what cannot be taken is counted. */
#ifndef PLACED_IMPORT_INTAKE_H
#define PLACED_IMPORT_INTAKE_H

#include "options.h"
#include "row.h"
#include "tally.h"

enum { INTAKE_ERROR_BYTES = 512 };

/* Who is given the rows. -1 with a reason in error: it cannot go on. */
struct rows {
    int (*row)(struct rows *rows, const struct row *row, char error[INTAKE_ERROR_BYTES]);
};

/* One file after the other. Rows of a picture have the time 0 and the author 0. 0; -1 with a reason
 * in error, which is empty when stop_asked() said so. Says on standard error which file ends within
 * a line. */
int intake_read(const struct options *options, struct tally *tally, struct rows *rows,
                char error[INTAKE_ERROR_BYTES]);

#endif
