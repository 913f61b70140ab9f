/* SPDX-License-Identifier: ISC */
/* utf8: is a text UTF-8, and where may it be cut? Pure; never past len. */
#ifndef PLACED_CORE_UTF8_H
#define PLACED_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No overlong form, no surrogate, nothing past U+10FFFF. */
bool utf8_valid(const uint8_t *bytes, size_t len);

/* The length of at most `most` bytes of a valid text that does not end within a character. */
size_t utf8_cut(const char *text, size_t len, size_t most);

#endif
