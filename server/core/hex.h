/* SPDX-License-Identifier: ISC */
/* hex: bytes as hexadecimal text. Pure. */
#ifndef PLACED_CORE_HEX_H
#define PLACED_CORE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEX_BYTES(n) (2 * (n) + 1) /* with the NUL */

/* n bytes as 2n small digits and a NUL. */
static inline void hex_encode(char *text, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 0xf];
    }
    text[2 * n] = '\0';
}

enum { HEX_U64_BYTES = 17 }; /* of an id as text, with the NUL */

/* An id as 16 small digits, the highest first, and a NUL. */
static inline void hex_from_u64(char text[HEX_U64_BYTES], uint64_t value)
{
    for (int i = 0; i < 16; i++)
        text[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 0xf];
    text[16] = '\0';
}

/* The id that 16 small digits and the NUL behind them say. False when it is anything else. */
static inline bool hex_to_u64(const char *text, uint64_t *value)
{
    uint64_t read = 0;
    for (int i = 0; i < 16; i++) {
        char c = text[i];
        if (c >= '0' && c <= '9')
            read = read << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            read = read << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    if (text[16] != '\0')
        return false;
    *value = read;
    return true;
}

#endif
