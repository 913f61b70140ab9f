/* SPDX-License-Identifier: ISC */
/* hex: bytes as hexadecimal text. Pure. */
#ifndef PLACED_CORE_HEX_H
#define PLACED_CORE_HEX_H

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

#endif
