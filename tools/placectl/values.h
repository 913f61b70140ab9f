/* SPDX-License-Identifier: ISC */
/* values: durations, times, places and colours as people write them. Pure. */
#ifndef PLACED_PLACECTL_VALUES_H
#define PLACED_PLACECTL_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VALUES_DURATION "a duration such as 90s, 30m, 24h, 7d or 1h30m"
#define VALUES_TIME     "a time such as 2026-04-01T12:00:00Z, ms since 1970, now, +2h or -2h"
#define VALUES_COLOUR   "a colour's name or its number from 0 to 15"

/* Each is false when the text is something else; *value is then as it was. */

/* Numbers with s, m, h, d or w behind each, in that order of size or the other; 1 s to 10 years. */
bool value_duration(const char *text, int64_t *seconds);

/* ms since 1970; + and - count from now_ms. */
bool value_time(const char *text, int64_t now_ms, int64_t *ms);

/* Digits. */
bool value_number(const char *text, uint64_t min, uint64_t max, uint64_t *number);

/* A decimal with at most two digits behind its point, as hundredths. */
bool value_hundredths(const char *text, uint64_t max, uint64_t *hundredths);

/* A,B: whole numbers from min to max each. */
bool value_pair(const char *text, int64_t min, int64_t max, int64_t *a, int64_t *b);

/* "dark blue", dark-blue, DarkBlue and 13 are the same. */
bool value_colour(const char *text, unsigned *colour);

/* Colours with commas between them, bit by bit. */
bool value_colours(const char *text, uint16_t *colours);

#endif
