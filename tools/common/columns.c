/* SPDX-License-Identifier: ISC */
/* columns: see columns.h. */
#include "columns.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/palette.h"
#include "text.h"

enum { GAP = 2 };

_Static_assert((int)COLUMNS_CELL == (int)TEXT_BYTES, "a cell is a text");

#define EXACT 9007199254740992.0 /* up to here a double is every whole number */

static const cJSON *member(const cJSON *row, const char *name)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(row, name);
    return cJSON_IsNull(found) ? NULL : found;
}

static bool whole(const cJSON *json, int64_t *number)
{
    if (!cJSON_IsNumber(json) || !(fabs(json->valuedouble) <= EXACT))
        return false;
    *number = (int64_t)json->valuedouble;
    return true;
}

static void put(char cell[COLUMNS_CELL], const char *text)
{
    size_t len = strlen(cell);
    text_clean(cell + len, COLUMNS_CELL - len, text);
}

static void put_value(char cell[COLUMNS_CELL], const cJSON *json)
{
    char number[32];
    const cJSON *item;
    if (cJSON_IsString(json)) {
        put(cell, json->valuestring);
    } else if (cJSON_IsNumber(json)) {
        snprintf(number, sizeof number, "%.15g", json->valuedouble);
        put(cell, number);
    } else if (cJSON_IsBool(json)) {
        put(cell, cJSON_IsTrue(json) ? "yes" : "no");
    } else if (cJSON_IsArray(json)) {
        cJSON_ArrayForEach(item, json)
        {
            put(cell, item == json->child ? "" : ",");
            if (!cJSON_IsArray(item) && !cJSON_IsObject(item))
                put_value(cell, item);
            else
                put(cell, "...");
        }
    }
}

static void put_colour(char cell[COLUMNS_CELL], const cJSON *json)
{
    const cJSON *item;
    int64_t index;
    if (cJSON_IsArray(json)) {
        cJSON_ArrayForEach(item, json)
        {
            put(cell, item == json->child ? "" : ", ");
            if (!cJSON_IsArray(item))
                put_colour(cell, item);
        }
    } else if (whole(json, &index) && index >= 0 && index < CANVAS_COLOURS) {
        put(cell, palette[index].name);
    }
}

static void put_network(char cell[COLUMNS_CELL], const cJSON *json)
{
    const cJSON *item;
    if (cJSON_IsString(json)) {
        put(cell, strncmp(json->valuestring, "net:", 4) == 0 ? "" : "net:");
        put(cell, json->valuestring);
    }
    for (item = cJSON_IsArray(json) ? json->child : NULL; item; item = item->next) {
        put(cell, item == json->child ? "" : ",");
        if (cJSON_IsString(item))
            put_network(cell, item);
    }
}

static void put_numbers(char cell[COLUMNS_CELL], const cJSON *row, const char *const *names,
                        size_t n)
{
    for (size_t i = 0; i < n && member(row, names[i]); i++) {
        put(cell, i == 0 ? "" : ",");
        if (cJSON_IsNumber(member(row, names[i])))
            put_value(cell, member(row, names[i]));
    }
}

static void put_time(char cell[COLUMNS_CELL], const cJSON *json, int64_t now_ms,
                     const char *otherwise)
{
    int64_t ms;
    if (whole(json, &ms) && ms > 0)
        text_time(cell, ms, now_ms);
    else
        put(cell, otherwise);
}

/* What every record has, and what stands in other columns of the audit. */
static bool is_bookkeeping(const char *name)
{
    static const char *const names[] = {"v",  "t",      "name", "rid",  "by",     "role", "why",
                                        "at", "action", "hash", "must", "digest", NULL};
    for (size_t i = 0; names[i]; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

static void put_details(char cell[COLUMNS_CELL], const cJSON *row)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, row)
    {
        if (!item->string || is_bookkeeping(item->string) || cJSON_IsNull(item))
            continue;
        put(cell, cell[0] ? " " : "");
        put(cell, item->string);
        if (cJSON_IsTrue(item))
            continue;
        put(cell, "=");
        if (cJSON_IsObject(item))
            put(cell, "{...}");
        else
            put_value(cell, item);
    }
}

void columns_cell(char cell[COLUMNS_CELL], const struct cJSON *row, const struct column *column,
                  int64_t now_ms)
{
    static const char *const rectangle[] = {"x", "y", "w", "h"};
    const cJSON *json = column->member ? member(row, column->member) : NULL;
    int64_t number;
    char percent[32];
    cell[0] = '\0';
    switch (column->kind) {
    case COLUMN_TEXT:
        put_value(cell, json);
        break;
    case COLUMN_COUNT:
        if (whole(json, &number) && number >= 0)
            text_count(cell, (uint64_t)number);
        else
            put_value(cell, json);
        break;
    case COLUMN_TIME:
        put_time(cell, json, now_ms, "");
        break;
    case COLUMN_UNTIL:
        put_time(cell, json, now_ms, "for ever");
        break;
    case COLUMN_COLOUR:
        put_colour(cell, json);
        break;
    case COLUMN_NETWORK:
        put_network(cell, json);
        break;
    case COLUMN_RECT:
        put_numbers(cell, row, rectangle, 4);
        break;
    case COLUMN_PLACE:
        put_numbers(cell, row, rectangle, 2);
        break;
    case COLUMN_PERCENT:
        if (cJSON_IsNumber(json) && fabs(json->valuedouble) <= EXACT) {
            snprintf(percent, sizeof percent, "%.0f %%", json->valuedouble * 100);
            put(cell, percent);
        }
        break;
    case COLUMN_DETAILS:
        put_details(cell, row);
        break;
    }
}

static bool is_right(const struct column *column)
{
    return column->kind == COLUMN_COUNT || column->kind == COLUMN_PERCENT;
}

/* Blanks between two cells are written when the second one is not empty, so that no line ends with
 * any. */
static void print_line(FILE *out, const char (*cells)[COLUMNS_CELL], const size_t *widths,
                       const struct column *columns, size_t n)
{
    size_t blanks = 0;
    for (size_t i = 0; i < n; i++) {
        if (widths[i] == 0)
            continue;
        size_t fill = widths[i] - text_width(cells[i]);
        bool right = is_right(&columns[i]);
        if (cells[i][0]) {
            fprintf(out, "%*s%s", (int)(blanks + (right ? fill : 0)), "", cells[i]);
            blanks = right ? GAP : fill + GAP;
        } else {
            blanks += fill + GAP;
        }
    }
    fputc('\n', out);
}

/* How wide each column is: as its widest cell, or its head; 0 when all of its cells are empty. */
static void measure(const char (*cells)[COLUMNS_CELL], size_t n_rows, size_t n,
                    size_t widths[COLUMNS_MAX])
{
    for (size_t i = 0; i < n; i++) {
        size_t widest = 0;
        for (size_t r = 1; r <= n_rows; r++) {
            size_t width = text_width(cells[r * n + i]);
            widest = width > widest ? width : widest;
        }
        size_t head = text_width(cells[i]);
        widths[i] = widest == 0 ? 0 : head > widest ? head : widest;
    }
}

int columns_print(FILE *out, const struct cJSON *rows, const struct column *columns, size_t n,
                  int64_t now_ms, const char *nothing)
{
    size_t widths[COLUMNS_MAX], n_rows = 0;
    char(*cells)[COLUMNS_CELL] = calloc(((size_t)cJSON_GetArraySize(rows) + 1) * n, sizeof *cells);
    const cJSON *row;
    if (!cells)
        return -1;
    for (size_t i = 0; i < n; i++)
        put(cells[i], columns[i].head);
    cJSON_ArrayForEach(row, rows)
    {
        if (!cJSON_IsObject(row))
            continue;
        n_rows++;
        for (size_t i = 0; i < n; i++)
            columns_cell(cells[n_rows * n + i], row, &columns[i], now_ms);
    }
    measure((const char(*)[COLUMNS_CELL])cells, n_rows, n, widths);
    if (n_rows == 0)
        fprintf(out, "%s\n", nothing);
    for (size_t r = 0; n_rows > 0 && r <= n_rows; r++)
        print_line(out, (const char(*)[COLUMNS_CELL])cells + r * n, widths, columns, n);
    free(cells);
    return 0;
}
