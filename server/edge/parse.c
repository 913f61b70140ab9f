/* SPDX-License-Identifier: ISC */
/* parse: see parse.h. No allocation, no state; every loop ends at the text's end. */
#include "edge/parse.h"

#include <string.h>
#include <strings.h>

bool parse_decimal(const char *text, size_t len, uint64_t max, uint64_t *value)
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

bool parse_list_has(const char *list, const char *token)
{
    const char *element;
    size_t len;
    while (next_element(&list, &element, &len)) {
        if (len == strlen(token) && strncasecmp(element, token, len) == 0)
            return true;
    }
    return false;
}

bool parse_none_match(const char *if_none_match, const char *etag)
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

bool parse_accepts_gzip(const char *accept_encoding)
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

bool parse_origin_is_host(const char *origin, const char *host)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(schemes[i]);
        if (strncasecmp(origin, schemes[i], len) == 0)
            return *host && strcasecmp(origin + len, host) == 0;
    }
    return false;
}

bool parse_is_utf8(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint8_t first = bytes[i++];
        if (first < 0x80)
            continue;
        unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        if (first < 0xc2 || first > 0xf4 || len - i < more)
            return false;
        /* Overlong forms, surrogates and what is past U+10FFFF show in the second byte. */
        uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (bytes[i] < low || bytes[i] > high)
            return false;
        for (unsigned k = 1; k < more; k++) {
            if ((bytes[i + k] & 0xc0) != 0x80)
                return false;
        }
        i += more;
    }
    return true;
}

/* Do the bytes before end look like the header of such a frame, with this mask bit? */
static bool header_before(const uint8_t *end, uint64_t frame_len, unsigned opcode, unsigned mask)
{
    const uint8_t *short_form = end - 2, *middle = end - 4, *long_form = end - 10;
    if (frame_len < 126 && (short_form[0] & 0x7f) == opcode &&
        short_form[1] == (mask | (unsigned)frame_len))
        return true;
    if (frame_len <= 0xffff && (middle[0] & 0x7f) == opcode && middle[1] == (mask | 126) &&
        (uint64_t)(middle[2] << 8 | middle[3]) == frame_len)
        return true;
    if ((long_form[0] & 0x7f) != opcode || long_form[1] != (mask | 127))
        return false;
    uint64_t len = 0;
    for (int i = 2; i < 10; i++)
        len = len << 8 | long_form[i];
    return len == frame_len;
}

bool parse_frame_unmasked(const uint8_t *payload, uint64_t frame_len, unsigned opcode)
{
    return !header_before(payload - 4, frame_len, opcode, 0x80) &&
           header_before(payload, frame_len, opcode, 0);
}
