/* SPDX-License-Identifier: ISC */
/* route: see route.h. A handful of rows: they are looked through from the first one on. */
#include "http/route.h"

#include <string.h>

#include "core/decimal.h"

bool route_fits(const char *pattern, const char *path, int64_t numbers[ROUTE_NUMBERS])
{
    size_t n = 0;
    memset(numbers, 0, ROUTE_NUMBERS * sizeof *numbers);
    for (; *pattern; pattern++) {
        if (*pattern != '#') {
            if (*path++ != *pattern)
                return false;
            continue;
        }
        size_t len = *path == '-';
        len += strspn(path + len, "0123456789");
        if (n == ROUTE_NUMBERS ||
            !decimal_parse_canonical(path, len, INT32_MIN, INT32_MAX, &numbers[n++]))
            return false;
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
