/* SPDX-License-Identifier: ISC */
/*
 * control_request: one request of the admin API whose asker is known: the fields of its JSON body,
 * or the parameters of its query, each read with what was expected of it. Loop's thread.
 */
#ifndef PLACED_API_CONTROL_REQUEST_H
#define PLACED_API_CONTROL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control.h"

struct cJSON;
struct http;

struct control_request {
    struct http *http;
    struct control_actor actor;
    bool query;           /* the fields are texts of a query, else JSON of a body */
    struct cJSON *fields; /* an object whose members have names that the request may have */
    char error[CONTROL_ERROR_BYTES]; /* what the first wrong field ought to be; "": none is wrong */
};

/* Is the field needed? */
enum field_need { FIELD_OPTIONAL, FIELD_NEEDED };

/* Read the fields that names lists, separated by blanks; others are an error, and so are those that
 * are there twice. False: r->error says what is wrong. Release r->fields by cJSON_Delete then,
 * too. */
bool control_request_read(struct control_request *r, struct http *http, const char *names);

/* Each of these: true when the field is there and good. Else the value is as it was, and a field
 * that is wrong, or needed and missing (null counts as missing), is told in r->error. */

/* words: what is expected, behind "expected "; NULL: a whole number from min to max. */
bool control_field_number(struct control_request *r, const char *name, enum field_need need,
                          int64_t min, int64_t max, const char *words, int64_t *value);
bool control_field_bool(struct control_request *r, const char *name, enum field_need need,
                        bool *value);

/* UTF-8 without control characters, of 1 to max bytes; lives as long as the request. */
bool control_field_text(struct control_request *r, const char *name, enum field_need need,
                        size_t max, const char **value);

/* A name of something: 1 to max letters, digits and "-._" in ASCII, not beginning with "-". */
bool control_field_name(struct control_request *r, const char *name, enum field_need need,
                        size_t max, const char **value);

/* One of the words, which are separated by '|'. */
bool control_field_word(struct control_request *r, const char *name, enum field_need need,
                        const char *words, const char **value);

/* An author: 16 small hexadecimal digits. */
bool control_field_author(struct control_request *r, const char *name, enum field_need need,
                          const char **text, uint64_t *author);

/* A list of indexes of the palette, at least one, as bits. */
bool control_field_colours(struct control_request *r, const char *name, enum field_need need,
                           uint16_t *colours);

/* What is wrong, unless something was found before. */
void control_field_wrong(struct control_request *r, const char *name, const char *expected);

/* The name that an author has in the control log: 16 hexadecimal digits. */
bool control_author_parse(const char *text, uint64_t *author);

/* ---- the fields of a record */

/* Points in time: ms since 1970, up to what JSON's numbers hold exactly. */
#define CONTROL_TIME_MAX (INT64_C(1) << 52)
#define CONTROL_TIME     "a time, a whole number of milliseconds since 1970"

/* The indexes of these colours as a list. NULL when out of memory. */
struct cJSON *control_colours_json(uint16_t colours);

#endif
