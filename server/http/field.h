/* SPDX-License-Identifier: ISC */
/* field: the values of HTTP's header fields, as RFC 9110 has them. Pure. */
#ifndef PLACED_HTTP_FIELD_H
#define PLACED_HTTP_FIELD_H

#include <stdbool.h>

/* Does the comma-separated list hold token (as a whole, case ignored)? */
bool field_list_has(const char *list, const char *token);

/* Does If-None-Match name this entity tag (with its quotes)? Lists, W/ and * included. */
bool field_none_match(const char *if_none_match, const char *etag);

/* Does Accept-Encoding take gzip? */
bool field_accepts_gzip(const char *accept_encoding);

/* Is this Content-Type of that media type ("application/json"), parameters aside? */
bool field_is_type(const char *content_type, const char *type);

#endif
