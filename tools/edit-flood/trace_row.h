/* SPDX-License-Identifier: ISC */
/* trace_row: one line of an r/place file. Pure. */
#ifndef PLACED_EDIT_FLOOD_TRACE_ROW_H
#define PLACED_EDIT_FLOOD_TRACE_ROW_H

#include <stdbool.h>
#include <stdint.h>

/* What the columns of a file are. */
enum trace_column {
    TRACE_TIME,
    TRACE_X,
    TRACE_Y,
    TRACE_COORDINATE,
    TRACE_COLOUR,
    TRACE_USER,
    TRACE_COLUMNS,
};

struct trace_layout {
    int column[TRACE_COLUMNS]; /* its number from 0, or -1 */
};

enum trace_row {
    TRACE_TAKEN,
    TRACE_EMPTY,     /* without coordinates or colour */
    TRACE_OUTSIDE,   /* beside the part that is taken */
    TRACE_AREA,      /* a moderator's rectangle or circle */
    TRACE_MALFORMED, /* anything else */
};

/* Is the line a header? Then *layout is filled in. line is changed. */
bool trace_header(char *line, struct trace_layout *layout);

/* One row; *ms since 1970. Pixel (at_x, at_y) of the data is our (0, 0). line is changed. */
enum trace_row trace_row(char *line, const struct trace_layout *layout, int at_x, int at_y,
                         int64_t *ms, uint32_t *word);

#endif
