/* SPDX-License-Identifier: ISC */
/*
 * text: texts for a terminal. What a server says is not trusted: a region's name could hold the
 * escapes by which a terminal is told to do things. Pure, but for text_print_json.
 */
#ifndef PLACED_TOOLS_TEXT_H
#define PLACED_TOOLS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct cJSON;

enum { TEXT_BYTES = 256 };

/* Copy at most room - 1 bytes: whole characters of UTF-8. Control characters, characters that turn
 * the direction of writing, and bytes that are no UTF-8 become "?". Returns how many columns of a
 * terminal it takes, as far as each character takes one. */
size_t text_clean(char *clean, size_t room, const char *text);

/* How many columns a clean text takes. */
size_t text_width(const char *clean);

/* 1234567 as 1,234,567. */
void text_count(char text[TEXT_BYTES], uint64_t count);

/* A time as 2026-04-01 12:00:00 (in UTC), with "3 minutes ago" or "in 2 hours" behind it when that
 * is near. */
void text_time(char text[TEXT_BYTES], int64_t ms, int64_t now_ms);

/* 90061 seconds as "1 day 1 hour": its two largest units. */
void text_duration(char text[TEXT_BYTES], int64_t seconds);

/* The document with a line feed behind it. All that is not ASCII is written as \uXXXX, so that
 * nothing in it can act on a terminal. False when out of memory. */
bool text_print_json(FILE *out, const struct cJSON *json);

#endif
