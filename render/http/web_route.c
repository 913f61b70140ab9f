/* SPDX-License-Identifier: ISC */
/* web_route: see web_route.h. */
#include "render/http/web_route.h"

#include <string.h>

bool web_route_fits(const char *pattern, const char *path, size_t len)
{
    const char *end = path + len;
    for (; *pattern; pattern++) {
        if (*pattern != '*') {
            if (path == end || *path != *pattern)
                return false;
            path++;
            continue;
        }
        if (path == end)
            return false;
        if (pattern[1] == '\0')
            return true;
        const char *slash = memchr(path, '/', (size_t)(end - path));
        if (!slash || slash == path)
            return false;
        path = slash;
    }
    return path == end;
}

const struct web_route *web_route_find(const struct web_routes *routes, enum web_method method,
                                       const char *path, size_t len, bool admin,
                                       const struct web_route **other)
{
    *other = NULL;
    for (size_t i = 0; i < routes->n; i++) {
        const struct web_route *route = &routes->table[i];
        if ((route->admin && !admin) || !web_route_fits(route->path, path, len))
            continue;
        if (route->method == method)
            return route;
        /* The pages' row fits everything, which does not mean that there is such a page. */
        if (!*other && strcmp(route->path, "/*") != 0)
            *other = route;
    }
    return NULL;
}
