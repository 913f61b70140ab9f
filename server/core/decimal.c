/* SPDX-License-Identifier: ISC */
/* decimal: digits to numbers. */
#include "core/decimal.h"

bool decimal_parse(const char *text, size_t len, uint64_t max, uint64_t *value)
{
    uint64_t sum = 0;
    if (len == 0)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (digit > max || sum > (max - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

bool decimal_parse_canonical(const char *text, size_t len, int64_t min, int64_t max, int64_t *value)
{
    bool negative = len > 0 && text[0] == '-';
    const char *digits = negative ? text + 1 : text;
    size_t n = negative ? len - 1 : len;
    uint64_t magnitude;
    if (!decimal_parse(digits, n, INT64_MAX, &magnitude) ||
        (digits[0] == '0' && (n > 1 || negative)))
        return false;
    int64_t found = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    if (found < min || found > max)
        return false;
    *value = found;
    return true;
}
