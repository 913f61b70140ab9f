/* SPDX-License-Identifier: ISC */
/* values: what arguments mean, and amounts for people. Pure. */
#ifndef PLACED_RENDERCTL_VALUES_H
#define PLACED_RENDERCTL_VALUES_H

#include <stdbool.h>
#include <stdint.h>

enum { VALUE_TEXT_BYTES = 48 };

/* A whole number from min to max. */
bool value_number(const char *text, uint64_t min, uint64_t max, uint64_t *value);

/* "0-6", or "6" for both. */
bool value_zooms(const char *text, unsigned zooms[2]);

/* "W,S,E,N" in degrees. */
bool value_box(const char *text, double box[4]);

/* 1234567 bytes as "1.23 MB"; whole below 1000. */
void value_bytes(char text[VALUE_TEXT_BYTES], double bytes);

/* Seconds as "35 s", "12 min", "3 h 20 min", "2 d 4 h". */
void value_seconds(char text[VALUE_TEXT_BYTES], double seconds);

#endif
