/* SPDX-License-Identifier: ISC */
/* base64: RFC 4648, section 4, with its padding. Pure. */
#ifndef PLACED_CORE_BASE64_H
#define PLACED_CORE_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* How long the text of len bytes is. */
#define BASE64_BYTES(len) (((len) + 2) / 3 * 4)

/* Write the text, without a NUL behind it: its length. */
size_t base64_encode(char *text, const uint8_t *bytes, size_t len);

#endif
