/* SPDX-License-Identifier: ISC */
/* rfc3339: points in time as text, such as 2026-04-01T12:00:00Z. Pure; never past len. */
#ifndef PLACED_CORE_RFC3339_H
#define PLACED_CORE_RFC3339_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RFC3339_BYTES = sizeof "2026-04-01T12:00:00.000Z" };

/* Ms since 1970. A date, T (or a blank), a time with seconds, perhaps a fraction (what is below a
 * millisecond is dropped), and Z or an offset such as +02:00. A leap second is the second after.
 * False when it is something else, or no day of the calendar; *time_ms is then as it was. */
bool rfc3339_parse(const char *text, size_t len, int64_t *time_ms);

/* The same in UTC with milliseconds, and a NUL. False when the year is not 1 to 9999. */
bool rfc3339_write(char text[RFC3339_BYTES], int64_t time_ms);

#endif
