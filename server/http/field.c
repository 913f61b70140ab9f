/* SPDX-License-Identifier: ISC */
/* field: see field.h. No allocation, no state; every loop ends at the text's end. */
#include "http/field.h"

#include <string.h>
#include <strings.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* The next element of a comma-separated list, without the blanks around it; empty ones are passed
 * over. False at the end. */
static bool next_element(const char **list, const char **element, size_t *len)
{
    const char *at = *list;
    while (*at == ',' || is_space(*at))
        at++;
    if (!*at)
        return false;
    const char *end = at + strcspn(at, ",");
    *list = end;
    while (end > at && is_space(end[-1]))
        end--;
    *element = at;
    *len = (size_t)(end - at);
    return true;
}

bool field_list_has(const char *list, const char *token)
{
    const char *element;
    size_t len;
    while (next_element(&list, &element, &len)) {
        if (len == strlen(token) && strncasecmp(element, token, len) == 0)
            return true;
    }
    return false;
}

bool field_none_match(const char *if_none_match, const char *etag)
{
    /* Our tags have no commas and no backslashes, so a list may be cut at its commas. */
    const char *element;
    size_t len;
    while (next_element(&if_none_match, &element, &len)) {
        if (len == 1 && *element == '*')
            return true;
        if (len > 2 && element[0] == 'W' && element[1] == '/') {
            element += 2;
            len -= 2;
        }
        if (len == strlen(etag) && memcmp(element, etag, len) == 0)
            return true;
    }
    return false;
}

/* The quality of "gzip;q=0.5" is not zero. */
static bool wanted(const char *element, size_t len)
{
    const char *semicolon = memchr(element, ';', len);
    if (!semicolon)
        return true;
    const char *end = element + len;
    const char *at = semicolon + 1;
    while (at < end && is_space(*at))
        at++;
    if (end - at < 3 || (at[0] != 'q' && at[0] != 'Q') || at[1] != '=')
        return true;
    for (at += 2; at < end; at++) {
        if (*at >= '1' && *at <= '9')
            return true;
    }
    return false;
}

bool field_accepts_gzip(const char *accept_encoding)
{
    const char *element;
    size_t len;
    bool any = false;
    while (next_element(&accept_encoding, &element, &len)) {
        size_t name = 0;
        while (name < len && element[name] != ';' && !is_space(element[name]))
            name++;
        if (name == 4 && strncasecmp(element, "gzip", 4) == 0)
            return wanted(element, len); /* named: decides, whatever * says */
        if (name == 1 && *element == '*')
            any = wanted(element, len);
    }
    return any;
}

bool field_is_type(const char *content_type, const char *type)
{
    size_t len = strlen(type);
    if (strncasecmp(content_type, type, len) != 0)
        return false;
    char next = content_type[len];
    return next == '\0' || next == ';' || is_space(next);
}
