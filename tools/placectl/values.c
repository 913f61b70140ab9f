/* SPDX-License-Identifier: ISC */
/* values: see values.h. */
#include "values.h"

#include <ctype.h>
#include <string.h>

#include "common/moment.h"
#include "core/decimal.h"
#include "core/palette.h"

enum {
    SECONDS_MAX = 315360000, /* ten years */
    COLOUR_BYTES = 24,
};

bool value_duration(const char *text, int64_t *seconds)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    int64_t sum = 0;
    if (!*text)
        return false;
    while (*text) {
        size_t digits = strspn(text, "0123456789"), unit = 0;
        uint64_t number;
        if (!decimal_parse(text, digits, SECONDS_MAX, &number))
            return false;
        while (unit < sizeof units / sizeof *units && units[unit].letter != text[digits])
            unit++;
        if (unit == sizeof units / sizeof *units)
            return false;
        sum += (int64_t)number * units[unit].seconds;
        if (sum > SECONDS_MAX)
            return false;
        text += digits + 1;
    }
    if (sum == 0)
        return false;
    *seconds = sum;
    return true;
}

bool value_time(const char *text, int64_t now_ms, int64_t *ms)
{
    struct moment moment;
    int64_t seconds;
    if (strcmp(text, "now") == 0) {
        *ms = now_ms;
        return true;
    }
    if (*text == '+' || *text == '-') {
        if (!value_duration(text + 1, &seconds))
            return false;
        *ms = now_ms + (*text == '+' ? seconds : -seconds) * 1000;
        return true;
    }
    if (!moment_parse(text, &moment) || !moment.is_time)
        return false;
    *ms = moment.time_ms;
    return true;
}

bool value_number(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
    uint64_t value;
    if (!decimal_parse(text, strlen(text), max, &value) || value < min)
        return false;
    *number = value;
    return true;
}

bool value_hundredths(const char *text, uint64_t max, uint64_t *hundredths)
{
    size_t whole = strcspn(text, "."), behind = text[whole] ? strlen(text + whole + 1) : 0;
    uint64_t units, rest = 0;
    if (!decimal_parse(text, whole, max / 100, &units) || (text[whole] && behind == 0) ||
        behind > 2)
        return false;
    if (behind > 0 && !decimal_parse(text + whole + 1, behind, 99, &rest))
        return false;
    if (behind == 1)
        rest *= 10;
    if (units * 100 + rest > max)
        return false;
    *hundredths = units * 100 + rest;
    return true;
}

bool value_pair(const char *text, int64_t min, int64_t max, int64_t *a, int64_t *b)
{
    const char *comma = strchr(text, ',');
    int64_t first, second;
    if (!comma || !decimal_parse_canonical(text, (size_t)(comma - text), min, max, &first) ||
        !decimal_parse_canonical(comma + 1, strlen(comma + 1), min, max, &second))
        return false;
    *a = first;
    *b = second;
    return true;
}

/* Letters alone, small ones. False when there are too many. */
static bool squeeze(const char *text, size_t len, char letters[COLOUR_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (strchr(" -_", text[i]))
            continue;
        if (n == COLOUR_BYTES - 1)
            return false;
        letters[n++] = (char)tolower((unsigned char)text[i]);
    }
    letters[n] = '\0';
    return true;
}

static bool take_colour(const char *text, size_t len, unsigned *colour)
{
    char asked[COLOUR_BYTES], name[COLOUR_BYTES];
    uint64_t number;
    if (decimal_parse(text, len, CANVAS_COLOURS - 1, &number)) {
        *colour = (unsigned)number;
        return true;
    }
    if (!squeeze(text, len, asked))
        return false;
    for (unsigned i = 0; i < CANVAS_COLOURS; i++) {
        if (squeeze(palette[i].name, strlen(palette[i].name), name) && strcmp(name, asked) == 0) {
            *colour = i;
            return true;
        }
    }
    return false;
}

bool value_colour(const char *text, unsigned *colour)
{
    return take_colour(text, strlen(text), colour);
}

bool value_colours(const char *text, uint16_t *colours)
{
    uint16_t bits = 0;
    for (;;) {
        size_t len = strcspn(text, ",");
        unsigned colour;
        if (!take_colour(text, len, &colour))
            return false;
        bits = (uint16_t)(bits | 1U << colour);
        text += len;
        if (!*text++)
            break;
    }
    *colours = bits;
    return true;
}
