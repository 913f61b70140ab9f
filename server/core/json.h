/* SPDX-License-Identifier: ISC */
/*
 * json: writes one JSON object into a buffer that the caller has made large enough. Keys are ours
 * and need no escapes. Pure.
 */
#ifndef PLACED_CORE_JSON_H
#define PLACED_CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A byte of a string takes so many in the worst case, as \u0001 does. */
enum { JSON_ESCAPED_MAX = 6 };

struct json {
    char *begin, *at, *end;
    bool first; /* no comma before the next value */
};

/* Begin the outermost object. */
void json_begin(struct json *json, char *buffer, size_t size);

/* key is NULL inside an array. */
void json_text(struct json *json, const char *key, const char *text); /* NULL: null */

/* Somebody's own words: what JSON does not take as it is gets escaped, and bytes that are not UTF-8
 * become U+FFFD. At most JSON_ESCAPED_MAX times as long. */
void json_words(struct json *json, const char *key, const char *words);

void json_u64(struct json *json, const char *key, uint64_t value);
void json_i64(struct json *json, const char *key, int64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_hex(struct json *json, const char *key, const uint8_t *bytes, size_t n);
void json_open(struct json *json, const char *key, char bracket); /* '{' or '[' */
void json_close(struct json *json, char bracket);                 /* '}' or ']' */

/* Close the outermost object. The length of the text; no NUL follows it. Aborts if the buffer was
 * too small, which is a mistake in the program. */
size_t json_end(struct json *json);

#endif
