/* SPDX-License-Identifier: ISC */
/* utf8: see utf8.h. */
#include "core/utf8.h"

bool utf8_valid(const uint8_t *bytes, size_t len)
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

size_t utf8_cut(const char *text, size_t len, size_t most)
{
    if (len <= most)
        return len;
    while (most > 0 && ((uint8_t)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}
