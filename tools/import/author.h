/* SPDX-License-Identifier: ISC */
/*
 * author: the number that stands for a user of the data in header a: SipHash-2-4 of the user's text
 * under a key of 16 bytes, with the highest bit set, so that it is never one of our own users'.
 */
#ifndef PLACED_IMPORT_AUTHOR_H
#define PLACED_IMPORT_AUTHOR_H

#include <stddef.h>
#include <stdint.h>

enum { AUTHOR_KEY_BYTES = 16 };

/* The key when no other is given, so that two imports of one data set agree who is who. */
extern const uint8_t author_default_key[AUTHOR_KEY_BYTES];

uint64_t author_of(const uint8_t key[AUTHOR_KEY_BYTES], const char *user, size_t len);

#endif
