/* SPDX-License-Identifier: ISC */
/* csv: edits as rows of the form in which those of 2017 were published. */
#ifndef PLACED_EXPORT_CSV_H
#define PLACED_EXPORT_CSV_H

#include "common/progress.h"
#include "common/region.h"
#include "common/source.h"
#include "output.h"

enum csv_result {
    CSV_DONE,
    CSV_SOURCE_FAILED, /* see source_error */
    CSV_OUTPUT_FAILED, /* see output->error */
    CSV_STOPPED,       /* the stop that was asked for */
};

struct csv_counts {
    uint64_t edits;
    uint64_t timeless; /* of these, in records whose time is unknown: the column is empty */
};

/* The header, then a row an edit from version `from` to `to`, in the region (NULL: all). */
enum csv_result csv_write(struct source *source, uint64_t from, uint64_t to,
                          const struct region *region, struct output *output,
                          struct progress *progress, struct csv_counts *counts);

/* One row with its line end into text, OUTPUT_ROOM_MAX of room; its length. x and y are those of
 * the plane; author is NULL for nobody. Pure. */
size_t csv_row(char *text, int64_t time_ms, const uint64_t *author, int32_t x, int32_t y,
               uint32_t colour);

#endif
