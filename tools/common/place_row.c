/* SPDX-License-Identifier: ISC */
/* place_row: see place_row.h. A published file has 160 million rows, so nothing here is copied. */
#include "place_row.h"

#include <string.h>

#include "core/edit.h"

enum { FIELDS_MAX = 16 };

static const uint64_t MS_MAX = 99999999999999; /* the year 5138: no time, but a long number */

struct field {
    const char *text;
    size_t len;
};

/* Split at commas outside of quotes, which are taken off. The number of fields; -1: a quote has no
 * end. Fields after FIELDS_MAX are not looked at. */
static int split(const char *line, size_t len, struct field fields[FIELDS_MAX])
{
    const char *end = line + len;
    for (int n = 0;;) {
        const char *stop;
        if (line < end && *line == '"') {
            line++;
            stop = memchr(line, '"', (size_t)(end - line));
            if (!stop)
                return -1;
            fields[n++] = (struct field){line, (size_t)(stop - line)};
            stop++;
            if (stop < end && *stop != ',') /* a quote inside of a field: none of ours */
                return -1;
        } else {
            stop = line < end ? memchr(line, ',', (size_t)(end - line)) : NULL;
            stop = stop ? stop : end;
            fields[n++] = (struct field){line, (size_t)(stop - line)};
        }
        if (stop >= end || n == FIELDS_MAX)
            return n;
        line = stop + 1;
    }
}

static bool is(struct field field, const char *name)
{
    return field.len == strlen(name) && memcmp(field.text, name, field.len) == 0;
}

static enum place_column column_of(struct field field)
{
    static const struct {
        const char *name;
        enum place_column column;
    } names[] = {
        {"ts", PLACE_TIME},
        {"timestamp", PLACE_TIME},
        {"x_coordinate", PLACE_X},
        {"y_coordinate", PLACE_Y},
        {"x", PLACE_X},
        {"y", PLACE_Y},
        {"color", PLACE_COLOUR},
        {"pixel_color", PLACE_COLOUR},
        {"coordinate", PLACE_COORDINATE},
        {"user", PLACE_USER},
        {"user_hash", PLACE_USER},
        {"user_id", PLACE_USER},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (is(field, names[i].name))
            return names[i].column;
    }
    return PLACE_COLUMNS;
}

bool place_header(const char *line, size_t len, struct place_layout *layout)
{
    struct field fields[FIELDS_MAX];
    if (len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3;
        len -= 3;
    }
    int n = split(line, len, fields);
    for (int i = 0; i < PLACE_COLUMNS; i++)
        layout->column[i] = -1;
    for (int i = 0; i < n; i++) {
        enum place_column column = column_of(fields[i]);
        if (column != PLACE_COLUMNS)
            layout->column[column] = i;
    }
    const int *column = layout->column;
    if (column[PLACE_TIME] < 0 || column[PLACE_COLOUR] < 0)
        return false;
    if (column[PLACE_COORDINATE] < 0) {
        layout->format = PLACE_2017;
        return column[PLACE_X] >= 0 && column[PLACE_Y] >= 0;
    }
    /* Both have the same columns; in 2022 the colour stands before the place. */
    layout->format = column[PLACE_COLOUR] < column[PLACE_COORDINATE] ? PLACE_2022 : PLACE_2023;
    return true;
}

struct place_layout place_layout_of(enum place_format format)
{
    static const char *const headers[] = {
        [PLACE_2017] = "ts,user,x_coordinate,y_coordinate,color",
        [PLACE_2022] = "timestamp,user_id,pixel_color,coordinate",
        [PLACE_2023] = "timestamp,user,coordinate,pixel_color",
    };
    struct place_layout layout = {0};
    place_header(headers[format], strlen(headers[format]), &layout);
    return layout;
}

const char *place_format_name(enum place_format format)
{
    static const char *const names[] = {
        [PLACE_2017] = "2017", [PLACE_2022] = "2022", [PLACE_2023] = "2023"};
    return names[format];
}

/* ---- the values */

struct text {
    const char *at, *end;
};

/* 1 to max digits, as many as there are. */
static bool take_digits(struct text *text, unsigned min, unsigned max, uint64_t *value)
{
    unsigned n = 0;
    *value = 0;
    for (; text->at < text->end && *text->at >= '0' && *text->at <= '9'; text->at++) {
        if (++n > max)
            return false;
        *value = *value * 10 + (uint64_t)(*text->at - '0');
    }
    return n >= min;
}

static bool take_char(struct text *text, char wanted)
{
    if (text->at >= text->end || *text->at != wanted)
        return false;
    text->at++;
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

static uint64_t days_in(uint64_t year, uint64_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

/* "YYYY-MM-DD hh:mm:ss[.f...] UTC" */
static bool date_of(struct text text, int64_t *ms)
{
    uint64_t year, month, day, hour, minute, second, fraction = 0;
    if (!take_digits(&text, 4, 4, &year) || !take_char(&text, '-') ||
        !take_digits(&text, 2, 2, &month) || !take_char(&text, '-') ||
        !take_digits(&text, 2, 2, &day) || !take_char(&text, ' ') ||
        !take_digits(&text, 2, 2, &hour) || !take_char(&text, ':') ||
        !take_digits(&text, 2, 2, &minute) || !take_char(&text, ':') ||
        !take_digits(&text, 2, 2, &second))
        return false;
    if (take_char(&text, '.')) {
        const char *begin = text.at;
        if (!take_digits(&text, 1, 9, &fraction))
            return false;
        for (long digits = text.at - begin; digits != 3; digits += digits < 3 ? 1 : -1)
            fraction = digits < 3 ? fraction * 10 : fraction / 10;
    }
    if (text.end - text.at != 4 || memcmp(text.at, " UTC", 4) != 0)
        return false;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in(year, month) ||
        hour > 23 || minute > 59 || second > 60) /* a leap second is one */
        return false;
    *ms = ((days_of((int64_t)year, (int64_t)month, (int64_t)day) * 24 + (int64_t)hour) * 60 +
           (int64_t)minute) *
              60000 +
          (int64_t)(second * 1000 + fraction);
    return true;
}

/* Milliseconds since 1970, or a date. */
static bool time_of(struct field field, int64_t *ms)
{
    struct text text = {field.text, field.text + field.len};
    uint64_t number;
    if (take_digits(&text, 1, 14, &number) && text.at == text.end) {
        *ms = (int64_t)number;
        return number > 0 && number <= MS_MAX;
    }
    return date_of((struct text){field.text, field.text + field.len}, ms);
}

static bool take_number(struct text *text, int32_t *value)
{
    bool minus = take_char(text, '-');
    uint64_t number;
    if (!take_digits(text, 1, 8, &number) || number > PLACE_FAR)
        return false;
    *value = minus ? -(int32_t)number : (int32_t)number;
    return true;
}

static bool number_of(struct field field, int32_t *value)
{
    struct text text = {field.text, field.text + field.len};
    return take_number(&text, value) && text.at == text.end;
}

/* "x,y"; four numbers are a rectangle, braces a circle. */
static enum place_verdict coordinate_of(struct field field, struct place_row *row)
{
    struct text text = {field.text, field.text + field.len};
    int32_t more;
    if (*text.at == '{')
        return PLACE_CIRCLE;
    if (!take_number(&text, &row->x) || !take_char(&text, ',') || !take_number(&text, &row->y))
        return PLACE_BAD_COORDINATE;
    if (text.at == text.end)
        return PLACE_PIXEL;
    for (int i = 0; i < 2; i++) {
        if (!take_char(&text, ',') || !take_number(&text, &more))
            return PLACE_BAD_COORDINATE;
    }
    return text.at == text.end ? PLACE_RECTANGLE : PLACE_BAD_COORDINATE;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "#RRGGBB", or an index. */
static bool colour_of(struct field field, struct place_row *row)
{
    struct text text = {field.text, field.text + field.len};
    row->is_rgb = take_char(&text, '#');
    row->colour = 0;
    if (!row->is_rgb) {
        uint64_t index;
        if (!take_digits(&text, 1, 2, &index) || text.at != text.end || index >= CANVAS_COLOURS)
            return false;
        row->colour = (uint32_t)index;
        return true;
    }
    if (text.end - text.at != 6)
        return false;
    for (; text.at < text.end; text.at++) {
        int digit = hex_digit(*text.at);
        if (digit < 0)
            return false;
        row->colour = row->colour << 4 | (uint32_t)digit;
    }
    return true;
}

enum place_verdict place_row(const char *line, size_t len, const struct place_layout *layout,
                             struct place_row *row)
{
    struct field fields[FIELDS_MAX], wanted[PLACE_COLUMNS] = {{0}};
    int n = split(line, len, fields);
    for (int i = 0; i < PLACE_COLUMNS; i++) {
        int at = layout->column[i];
        if (at < 0)
            continue;
        if (at >= n)
            return PLACE_CUT;
        wanted[i] = fields[at];
        if (wanted[i].len == 0 && i != PLACE_USER)
            return PLACE_EMPTY;
    }
    if (layout->column[PLACE_COORDINATE] >= 0) {
        enum place_verdict what = coordinate_of(wanted[PLACE_COORDINATE], row);
        if (what != PLACE_PIXEL)
            return what;
    } else if (!number_of(wanted[PLACE_X], &row->x) || !number_of(wanted[PLACE_Y], &row->y)) {
        return PLACE_BAD_COORDINATE;
    }
    if (!time_of(wanted[PLACE_TIME], &row->time_ms))
        return PLACE_BAD_TIME;
    if (!colour_of(wanted[PLACE_COLOUR], row))
        return PLACE_BAD_COLOUR;
    row->user = wanted[PLACE_USER].text;
    row->user_len = wanted[PLACE_USER].len;
    return PLACE_PIXEL;
}
