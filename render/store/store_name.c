/* SPDX-License-Identifier: ISC */
/* store_name: see store_name.h. */
#include "render/store/store_name.h"

#include <stddef.h>
#include <string.h>

#include "render/name/picture.h"

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ',' ||
           c == '.' || c == '@' || c == '-' || c == '_';
}

bool store_name_good(const char *name)
{
    size_t len = name ? strnlen(name, PICTURE_NAME_BYTES) : 0, parts = 0;
    if (len == 0 || len == PICTURE_NAME_BYTES || name[0] != '/')
        return false;
    for (size_t i = 0; i < len; i++) {
        if (name[i] == '/') { /* a part begins: it is not empty and not hidden */
            if (++parts > STORE_NAME_PARTS || !is_plain(name[i + 1]) || name[i + 1] == '.')
                return false;
        } else if (!is_plain(name[i])) {
            return false;
        }
    }
    return parts >= 2;
}
