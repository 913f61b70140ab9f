/* SPDX-License-Identifier: ISC */
/* decimal: the one way in which numbers are read from text. Pure; never past len. */
#ifndef PLACED_CORE_DECIMAL_H
#define PLACED_CORE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One digit or more and nothing else: no sign, no blank. False when it is something else or above
 * max; *value is then as it was. */
bool decimal_parse(const char *text, size_t len, uint64_t max, uint64_t *value);

/* The same with an optional minus, and canonical: no leading zero, no "-0". A number in a URL is
 * read so, and then no two URLs name one thing. */
bool decimal_parse_canonical(const char *text, size_t len, int64_t min, int64_t max,
                             int64_t *value);

#endif
