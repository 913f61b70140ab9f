/* SPDX-License-Identifier: ISC */
/* form: see form.h. */
#include "http/form.h"

#include <string.h>

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

size_t form_decode(char *text, size_t len, int plus)
{
    size_t to = 0;
    for (size_t at = 0; at < len; at++) {
        char c = text[at];
        if (c == '+' && plus)
            c = ' ';
        if (c == '%' && len - at > 2 && hex(text[at + 1]) >= 0 && hex(text[at + 2]) >= 0) {
            c = (char)(hex(text[at + 1]) << 4 | hex(text[at + 2]));
            at += 2;
        }
        text[to++] = c;
    }
    return to;
}

int form_get(const char *form, size_t len, const char *name, char *value, size_t room)
{
    const char *end = form + len;
    size_t name_len = strlen(name);
    int found = FORM_NONE;
    for (const char *at = form; at < end;) {
        const char *stop = memchr(at, '&', (size_t)(end - at));
        size_t left = (size_t)((stop ? stop : end) - at);
        if (left >= name_len && memcmp(at, name, name_len) == 0 &&
            (left == name_len || at[name_len] == '=')) {
            if (found != FORM_NONE)
                return FORM_TWICE;
            size_t n = left > name_len ? left - name_len - 1 : 0;
            if (n >= room)
                return FORM_LONG;
            memcpy(value, at + left - n, n);
            n = form_decode(value, n, 1);
            value[n] = '\0';
            found = (int)n;
        }
        at += left + 1;
    }
    return found;
}
