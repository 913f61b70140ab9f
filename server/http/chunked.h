/* SPDX-License-Identifier: ISC */
/*
 * chunked: the transfer coding of a body whose length is not announced, decoded strictly: whoever
 * reads it more loosely than a proxy in front of us can be made to see another request. Pure.
 */
#ifndef PLACED_HTTP_CHUNKED_H
#define PLACED_HTTP_CHUNKED_H

#include <stddef.h>
#include <stdint.h>

/* Begins as zeros. */
struct chunked {
    uint64_t left;     /* bytes of the chunk */
    uint16_t overhead; /* bytes since the last data that were none: bounded */
    uint8_t state;
    uint8_t digits; /* of the chunk's length so far */
};

enum chunked_result {
    CHUNKED_MORE, /* everything was read, there is more to come */
    CHUNKED_END,  /* the body is whole */
    CHUNKED_BAD,
};

/* Decode in place: of the *len bytes, *used were read, and the data among them are now the first
 * *len. */
enum chunked_result chunked_decode(struct chunked *chunked, char *bytes, size_t *len, size_t *used);

#endif
