/* SPDX-License-Identifier: ISC */
/* route: see route.h. A handful of rows: they are looked through from the first one on. */
#include "http/route.h"

#include <string.h>

#include "core/decimal.h"

enum { HEX_DIGITS = 16 };

/* The number that the path begins with. The length of its text, 0: there is none. */
static size_t take_decimal(const char *path, int64_t *number)
{
    size_t len = *path == '-';
    len += strspn(path + len, "0123456789");
    return decimal_parse_canonical(path, len, INT64_MIN, INT64_MAX, number) ? len : 0;
}

static size_t take_hex(const char *path, int64_t *number)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < HEX_DIGITS; i++) {
        bool digit = path[i] >= '0' && path[i] <= '9';
        if (!digit && (path[i] < 'a' || path[i] > 'f')) /* a NUL too */
            return 0;
        sum = sum << 4 | (uint64_t)(digit ? path[i] - '0' : path[i] - 'a' + 10);
    }
    *number = (int64_t)sum;
    return HEX_DIGITS;
}

bool route_fits(const char *pattern, const char *path, int64_t numbers[ROUTE_NUMBERS])
{
    size_t n = 0;
    memset(numbers, 0, ROUTE_NUMBERS * sizeof *numbers);
    for (; *pattern; pattern++) {
        if (*pattern == '*')
            return true;
        if (*pattern != '#' && *pattern != '$') {
            if (*path++ != *pattern)
                return false;
            continue;
        }
        size_t len = n == ROUTE_NUMBERS ? 0
                     : *pattern == '#'  ? take_decimal(path, &numbers[n])
                                        : take_hex(path, &numbers[n]);
        if (len == 0)
            return false;
        n++;
        path += len;
    }
    return *path == '\0';
}

const struct route *route_find(const struct routes *routes, const char *path,
                               int64_t numbers[ROUTE_NUMBERS])
{
    for (size_t i = 0; i < routes->n; i++) {
        if (route_fits(routes->table[i].path, path, numbers))
            return &routes->table[i];
    }
    return NULL;
}

const char *route_methods(const struct route *route)
{
    if (route->post)
        return route->get ? "GET, HEAD, POST" : "POST";
    return route->stream ? "GET" : "GET, HEAD";
}
