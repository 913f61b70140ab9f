/* SPDX-License-Identifier: ISC */
/* trace_row: see trace_row.h. */
#include "trace_row.h"

#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"
#include "core/edit.h"
#include "common/nearest.h"

enum { FIELDS_MAX = 12 };

static const uint64_t MS_MAX = 999999999999999; /* no time, but a long number */

/* Split at commas outside of quotes, which are taken off. The number of fields. */
static int split(char *line, char *fields[FIELDS_MAX])
{
    int n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    while (n < FIELDS_MAX) {
        char *end;
        if (*line == '"') {
            fields[n++] = ++line;
            end = strchr(line, '"');
            if (!end)
                return n;
            *end++ = '\0';
            end += strcspn(end, ",");
        } else {
            fields[n++] = line;
            end = line + strcspn(line, ",");
        }
        if (*end == '\0')
            return n;
        *end = '\0';
        line = end + 1;
    }
    return n;
}

static enum trace_column column_of(const char *name)
{
    static const struct {
        const char *name;
        enum trace_column column;
    } names[] = {
        {"ts", TRACE_TIME},
        {"timestamp", TRACE_TIME},
        {"x_coordinate", TRACE_X},
        {"y_coordinate", TRACE_Y},
        {"x", TRACE_X},
        {"y", TRACE_Y},
        {"color", TRACE_COLOUR},
        {"pixel_color", TRACE_COLOUR},
        {"coordinate", TRACE_COORDINATE},
        {"user", TRACE_USER},
        {"user_hash", TRACE_USER},
        {"user_id", TRACE_USER},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i].name) == 0)
            return names[i].column;
    }
    return TRACE_COLUMNS;
}

bool trace_header(char *line, struct trace_layout *layout)
{
    char *fields[FIELDS_MAX];
    if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
        line += 3;
    int n = split(line, fields);
    for (int i = 0; i < TRACE_COLUMNS; i++)
        layout->column[i] = -1;
    for (int i = 0; i < n; i++) {
        enum trace_column column = column_of(fields[i]);
        if (column != TRACE_COLUMNS)
            layout->column[column] = i;
    }
    return layout->column[TRACE_TIME] >= 0 && layout->column[TRACE_COLOUR] >= 0 &&
           (layout->column[TRACE_COORDINATE] >= 0 ||
            (layout->column[TRACE_X] >= 0 && layout->column[TRACE_Y] >= 0));
}

/* Exactly n digits. */
static bool digits(const char **text, size_t n, int64_t *value)
{
    uint64_t number;
    if (strnlen(*text, n) < n || !decimal_parse(*text, n, INT64_MAX, &number))
        return false;
    *value = (int64_t)number;
    *text += n;
    return true;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Milliseconds since 1970, or "YYYY-MM-DD hh:mm:ss[.f[f[f]]] UTC". */
static bool time_of(const char *text, int64_t *ms)
{
    uint64_t number;
    if (decimal_parse(text, strlen(text), MS_MAX, &number)) {
        *ms = (int64_t)number;
        return true;
    }
    int64_t year, month, day, hour, minute, second, fraction = 0;
    if (!digits(&text, 4, &year) || *text++ != '-' || !digits(&text, 2, &month) || *text++ != '-' ||
        !digits(&text, 2, &day) || *text++ != ' ' || !digits(&text, 2, &hour) || *text++ != ':' ||
        !digits(&text, 2, &minute) || *text++ != ':' || !digits(&text, 2, &second))
        return false;
    if (*text == '.') {
        text++;
        int64_t weight = 100;
        for (; *text >= '0' && *text <= '9'; text++, weight /= 10)
            fraction += weight * (*text - '0');
    }
    if (strcmp(text, " UTC") != 0 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *ms =
        ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60000 + second * 1000 + fraction;
    return true;
}

/* A whole number; *end becomes what follows. */
static bool number(const char *text, const char **end, long *value)
{
    char *stop;
    *value = strtol(text, &stop, 10);
    *end = stop;
    return stop != text && *value > -100000 && *value < 100000;
}

static bool colour_of(const char *text, uint32_t *colour)
{
    if (*text == '#') {
        char *end;
        unsigned long rgb = strtoul(text + 1, &end, 16);
        if (strlen(text) != 7 || *end != '\0')
            return false;
        *colour = nearest_colour((uint8_t)(rgb >> 16), (uint8_t)(rgb >> 8), (uint8_t)rgb);
        return true;
    }
    uint64_t index;
    if (!decimal_parse(text, strlen(text), CANVAS_COLOURS - 1, &index))
        return false;
    *colour = (uint32_t)index;
    return true;
}

/* "x,y"; four numbers are a rectangle, braces a circle. */
static enum trace_row coordinate_of(const char *text, long *x, long *y)
{
    if (*text == '{')
        return TRACE_AREA;
    if (!number(text, &text, x) || *text++ != ',' || !number(text, &text, y))
        return TRACE_MALFORMED;
    return *text == '\0' ? TRACE_TAKEN : *text == ',' ? TRACE_AREA : TRACE_MALFORMED;
}

static const char *field(char *const fields[FIELDS_MAX], int n, const struct trace_layout *layout,
                         enum trace_column column)
{
    int at = layout->column[column];
    return at >= 0 && at < n ? fields[at] : NULL;
}

enum trace_row trace_row(char *line, const struct trace_layout *layout, int at_x, int at_y,
                         int64_t *ms, uint32_t *word)
{
    char *fields[FIELDS_MAX];
    int n = split(line, fields);
    const char *time = field(fields, n, layout, TRACE_TIME), *end;
    const char *colour_text = field(fields, n, layout, TRACE_COLOUR);
    const char *place = field(fields, n, layout, TRACE_COORDINATE);
    const char *x_text = field(fields, n, layout, TRACE_X);
    const char *y_text = field(fields, n, layout, TRACE_Y);
    if (!time || !colour_text || (!place && (!x_text || !y_text)))
        return TRACE_MALFORMED;
    if (*colour_text == '\0' || (place ? *place == '\0' : *x_text == '\0' || *y_text == '\0'))
        return TRACE_EMPTY;
    long x, y;
    uint32_t colour;
    if (place) {
        enum trace_row what = coordinate_of(place, &x, &y);
        if (what != TRACE_TAKEN)
            return what;
    } else if (!number(x_text, &end, &x) || *end || !number(y_text, &end, &y) || *end) {
        return TRACE_MALFORMED;
    }
    if (!time_of(time, ms) || !colour_of(colour_text, &colour))
        return TRACE_MALFORMED;
    x -= at_x;
    y -= at_y;
    if (x < 0 || y < 0 || x >= CANVAS_WIDTH || y >= CANVAS_HEIGHT)
        return TRACE_OUTSIDE;
    *word = edit_pack((uint32_t)x, (uint32_t)y, colour);
    return TRACE_TAKEN;
}
