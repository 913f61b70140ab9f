/* SPDX-License-Identifier: ISC */
/* parse: what strangers write in requests and frames, read strictly. Pure. */
#ifndef PLACED_EDGE_PARSE_H
#define PLACED_EDGE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Digits only, at least one, no more than max. */
bool parse_decimal(const char *text, size_t len, uint64_t max, uint64_t *value);

/* Does the comma-separated list hold token (as a whole, case ignored)? */
bool parse_list_has(const char *list, const char *token);

/* Does If-None-Match name this entity tag (with its quotes)? Lists, W/ and * as RFC 9110 has them.
 */
bool parse_none_match(const char *if_none_match, const char *etag);

/* Does Accept-Encoding take gzip? */
bool parse_accepts_gzip(const char *accept_encoding);

/* Is Origin a web page of this very Host? */
bool parse_origin_is_host(const char *origin, const char *host);

bool parse_is_utf8(const uint8_t *bytes, size_t len);

enum { FRAME_HEADER_MAX = 14 }; /* bytes before a WebSocket payload, mask included */

/* Was the frame of opcode (1 text, 2 binary) whose payload of frame_len bytes begins at payload
 * sent without a mask? The FRAME_HEADER_MAX bytes before payload are readable and hold its header,
 * or, when the header came in an earlier read, anything: then the answer is false but for a chance
 * of 2^-15. */
bool parse_frame_unmasked(const uint8_t *payload, uint64_t frame_len, unsigned opcode);

#endif
