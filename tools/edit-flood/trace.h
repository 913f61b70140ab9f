/* SPDX-License-Identifier: ISC */
/*
 * trace: Reddit's published r/place files (2017, 2022, 2023; plain or gzipped CSV) as edits with
 * times. The columns are known by the header. Rows that are no single pixel of the part that is
 * taken are skipped and counted.
 */
#ifndef PLACED_EDIT_FLOOD_TRACE_H
#define PLACED_EDIT_FLOOD_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_edit {
    uint32_t ms; /* since the first */
    uint32_t word;
};

struct trace {
    struct trace_edit *edits; /* in order of time; rows of one time in the order of the files */
    size_t n, room;
    int64_t origin_ms; /* since 1970, of ms 0 */
    uint64_t rows, empty, outside, areas, malformed;
};

/* All files, in order of time. 0, or -1 with a message on standard error. */
int trace_load(struct trace *trace, const char *const *files, size_t n_files, int at_x, int at_y);
void trace_finish(struct trace *trace);

/* How many edits are at or before ms; `from` is an answer to an earlier ms, or 0. */
size_t trace_until(const struct trace *trace, size_t from, uint64_t ms);

#endif
