/* SPDX-License-Identifier: ISC */
/*
 * place_row: one line of Reddit's published r/place files (2017, 2022, 2023), told apart by the
 * names of their columns. Pure; never past the line's end, whatever is in it.
 */
#ifndef PLACED_TOOLS_PLACE_ROW_H
#define PLACED_TOOLS_PLACE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the columns of a file are. */
enum place_column {
    PLACE_TIME,
    PLACE_X,
    PLACE_Y,
    PLACE_COORDINATE, /* x and y in one */
    PLACE_COLOUR,
    PLACE_USER,
    PLACE_COLUMNS,
};

enum place_format {
    PLACE_2017,
    PLACE_2022,
    PLACE_2023,
    PLACE_FORMATS,
};

struct place_layout {
    enum place_format format;
    int column[PLACE_COLUMNS]; /* its number from 0, or -1 */
};

enum place_verdict {
    PLACE_PIXEL,
    PLACE_EMPTY, /* a field is empty */
    PLACE_RECTANGLE,
    PLACE_CIRCLE, /* both a moderator's */
    PLACE_BAD_TIME,
    PLACE_BAD_COORDINATE,
    PLACE_BAD_COLOUR,
    PLACE_CUT, /* columns are missing, or a quote has no end */
    PLACE_VERDICTS,
};

/* One pixel, in the data's own coordinates. */
struct place_row {
    int64_t time_ms; /* since 1970 */
    int32_t x, y;    /* at most PLACE_FAR away from 0 */
    bool is_rgb;
    uint32_t colour; /* 0xRRGGBB; else an index below 16 */
    const char *user;
    size_t user_len; /* 0 when there is no such column */
};

enum { PLACE_FAR = 10 * 1000 * 1000 };

/* Is the line a header? Then *layout is filled in. A byte order mark before it is skipped. */
bool place_header(const char *line, size_t len, struct place_layout *layout);

/* The columns as the published files have them, for a file without a header. */
struct place_layout place_layout_of(enum place_format format);

const char *place_format_name(enum place_format format);

/* One row, without its line end. row is filled in for PLACE_PIXEL only; user points into line. */
enum place_verdict place_row(const char *line, size_t len, const struct place_layout *layout,
                             struct place_row *row);

#endif
