/* SPDX-License-Identifier: ISC */
/* columns: an array of JSON objects as a table for people, its columns as wide as they need be. */
#ifndef PLACED_TOOLS_COLUMNS_H
#define PLACED_TOOLS_COLUMNS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct cJSON;

enum column_kind {
    COLUMN_TEXT,    /* a text, a number or a bool as it stands; a list with commas */
    COLUMN_COUNT,   /* a number with commas between its thousands */
    COLUMN_TIME,    /* ms since 1970 */
    COLUMN_UNTIL,   /* the same; "for ever" when there is none */
    COLUMN_COLOUR,  /* an index of the palette, or a list of them */
    COLUMN_NETWORK, /* 16 digits, or a list of them, as net:ID */
    COLUMN_RECT,    /* x, y, w and h of the object itself */
    COLUMN_PLACE,   /* x and y of the object itself */
    COLUMN_PERCENT, /* of a whole that is 1 */
    COLUMN_DETAILS, /* whatever of the object is in no other column and is no bookkeeping */
};

struct column {
    const char *head;
    const char *member; /* of the object; NULL: the kind says which */
    enum column_kind kind;
};

enum { COLUMNS_MAX = 10 };

/* Rows that are no objects are left out, and so are columns that would be empty. nothing: what is
 * printed instead of an empty table. 0, or -1 when out of memory. */
int columns_print(FILE *out, const struct cJSON *rows, const struct column *columns, size_t n,
                  int64_t now_ms, const char *nothing);

/* One cell, clean. */
enum { COLUMNS_CELL = 256 };
void columns_cell(char cell[COLUMNS_CELL], const struct cJSON *row, const struct column *column,
                  int64_t now_ms);

#endif
