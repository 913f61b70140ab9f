/* SPDX-License-Identifier: ISC */
/* setting: see setting.h. */
#include "config/setting.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"

enum { SIZE_NUMBER_MAX = 999999999 };

#define SIZE_BYTES_MAX (UINT64_C(1) << 46) /* half of what a process can address */

/* ---- names ---- */

const struct setting *setting_find(const char *name, const struct setting *table, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

/* Levenshtein's distance, one row at a time; names longer than any key are far from all. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 32 };
    size_t row[LONGEST + 1], n = strlen(b);
    if (n > LONGEST || strlen(a) > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

const char *setting_suggest(const char *name, const struct setting *table, size_t n)
{
    const char *nearest = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(name, table[i].name);
        if (d < least) {
            least = d;
            nearest = table[i].name;
        }
    }
    /* One slip in a short name, up to three in a long one; more is another word. */
    return least <= (strlen(name) + 2) / 4 && least <= 3 ? nearest : NULL;
}

void setting_expected(const struct setting *setting, char text[SETTING_EXPECTED_BYTES])
{
    if (setting->expected)
        snprintf(text, SETTING_EXPECTED_BYTES, "%s", setting->expected);
    else
        snprintf(text, SETTING_EXPECTED_BYTES, "a number from %lu to %lu", setting->min,
                 setting->max);
}

/* ---- values ---- */

static void *member(void *values, const struct setting *setting)
{
    return (char *)values + setting->offset;
}

int setting_parse_number(const char *text, size_t len, unsigned long min, unsigned long max,
                         unsigned long *number)
{
    uint64_t value;
    if (!decimal_parse(text, len, max, &value) || value < min)
        return -1;
    *number = value;
    return 0;
}

enum setting_result setting_number(void *values, const struct setting *setting, const char *value)
{
    unsigned long number;
    if (setting_parse_number(value, strlen(value), setting->min, setting->max, &number) < 0)
        return SETTING_BAD;
    *(unsigned *)member(values, setting) = (unsigned)number;
    return SETTING_SET;
}

enum setting_result setting_size(void *values, const struct setting *setting, const char *value)
{
    static const char units[] = "KMGT";
    size_t len = strlen(value);
    const char *unit = len > 1 ? strchr(units, toupper((unsigned char)value[len - 1])) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    unsigned long number;
    if (setting_parse_number(value, unit ? len - 1 : len, 0, SIZE_NUMBER_MAX, &number) < 0 ||
        (uint64_t)number << shift > SIZE_BYTES_MAX)
        return SETTING_BAD;
    *(uint64_t *)member(values, setting) = (uint64_t)number << shift;
    return SETTING_SET;
}

enum setting_result setting_path(void *values, const struct setting *setting, const char *value)
{
    if (*value == '\0' || *value == '"' || *value == '\'')
        return SETTING_BAD;
    return setting_replace(member(values, setting), value, strlen(value));
}

enum setting_result setting_flag(void *values, const struct setting *setting, const char *value)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(value, words[i]) == 0) {
            *(bool *)member(values, setting) = i % 2 == 1;
            return SETTING_SET;
        }
    }
    return SETTING_BAD;
}

enum setting_result setting_replace(char **slot, const char *value, size_t len)
{
    char *copy = strndup(value, len);
    if (!copy)
        return SETTING_NO_MEMORY;
    free(*slot);
    *slot = copy;
    return SETTING_SET;
}

enum setting_result setting_each(void *values, const char *value,
                                 enum setting_result (*add)(void *values, const char *item,
                                                            size_t len))
{
    for (;;) {
        value += strspn(value, " \t");
        size_t span = strcspn(value, ","), len = span;
        while (len > 0 && isspace((unsigned char)value[len - 1]))
            len--;
        enum setting_result result = add(values, value, len);
        if (result != SETTING_SET || value[span] == '\0')
            return result;
        value += span + 1;
    }
}
