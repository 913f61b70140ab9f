/* SPDX-License-Identifier: ISC */
/* values: see values.h. */
#include "values.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"

enum { ZOOM_MAX = 22 };

bool value_number(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
    uint64_t read;
    if (!decimal_parse(text, strlen(text), max, &read) || read < min)
        return false;
    *value = read;
    return true;
}

bool value_zooms(const char *text, unsigned zooms[2])
{
    const char *hyphen = strchr(text, '-');
    size_t len = hyphen ? (size_t)(hyphen - text) : strlen(text);
    uint64_t first, last;
    if (!decimal_parse(text, len, ZOOM_MAX, &first))
        return false;
    last = first;
    if (hyphen && !decimal_parse(hyphen + 1, strlen(hyphen + 1), ZOOM_MAX, &last))
        return false;
    zooms[0] = (unsigned)first;
    zooms[1] = (unsigned)last;
    return first <= last;
}

/* Digits with an optional minus and fraction: strtod would take "inf" and "0x1p3", too. */
static bool is_degrees(const char *text, size_t len)
{
    size_t digits = 0, points = 0, i = len > 0 && text[0] == '-';
    for (; i < len; i++) {
        points += text[i] == '.';
        digits += isdigit((unsigned char)text[i]) != 0;
        if (text[i] != '.' && !isdigit((unsigned char)text[i]))
            return false;
    }
    return digits > 0 && points <= 1 && len < 20;
}

bool value_box(const char *text, double box[4])
{
    for (int i = 0; i < 4; i++) {
        size_t len = strcspn(text, ",");
        if (!is_degrees(text, len) || text[len] != (i < 3 ? ',' : '\0'))
            return false;
        box[i] = strtod(text, NULL);
        text += len + 1;
    }
    return true;
}

void value_bytes(char text[VALUE_TEXT_BYTES], double bytes)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
    unsigned unit = 0;
    while (bytes >= 999.5 && unit < sizeof units / sizeof *units - 1) {
        bytes /= 1000;
        unit++;
    }
    int decimals = unit == 0 || bytes >= 99.95 ? 0 : bytes >= 9.995 ? 1 : 2;
    snprintf(text, VALUE_TEXT_BYTES, "%.*f %s", decimals, bytes, units[unit]);
}

void value_seconds(char text[VALUE_TEXT_BYTES], double seconds)
{
    double minutes = round(seconds / 60), hours = round(seconds / 3600);
    if (seconds < 10)
        snprintf(text, VALUE_TEXT_BYTES, "%.1f s", seconds);
    else if (seconds < 99.5)
        snprintf(text, VALUE_TEXT_BYTES, "%.0f s", seconds);
    else if (minutes < 60)
        snprintf(text, VALUE_TEXT_BYTES, "%.0f min", minutes);
    else if (minutes < 48 * 60)
        snprintf(text, VALUE_TEXT_BYTES, "%.0f h %.0f min", floor(minutes / 60), fmod(minutes, 60));
    else
        snprintf(text, VALUE_TEXT_BYTES, "%.0f d %.0f h", floor(hours / 24), fmod(hours, 24));
}
