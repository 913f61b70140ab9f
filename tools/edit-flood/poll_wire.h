/* SPDX-License-Identifier: ISC */
/*
 * poll_wire: long polls as HTTP/1.1 has them: the request for what came after a version of a
 * canvas, and the head of its answer. Pure.
 */
#ifndef PLACED_EDIT_FLOOD_POLL_WIRE_H
#define PLACED_EDIT_FLOOD_POLL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"

enum {
    POLL_HEAD_MAX = 8 * 1024,   /* of an answer */
    POLL_BODY_MAX = 512 * 1024, /* the longest answer that we take */
    POLL_NAME_DIGITS = 16,      /* of the genesis id are the log's name in a path */
};

/* What the cache on the way says that it did (X-Cache-Status). */
enum poll_cache {
    POLL_CACHE_NONE, /* says nothing */
    POLL_CACHE_HIT,
    POLL_CACHE_MISS,
    POLL_CACHE_OTHER,
};

struct poll_answer {
    int status;
    size_t head_len, body_len;
    enum poll_cache cache;
    bool moved;           /* there is a Location that names a version, */
    uint64_t moved_to;    /* this one */
    unsigned retry_after; /* seconds; 0: it does not say */
    bool closes;          /* the connection ends with it */
};

enum poll_parse {
    POLL_WHOLE, /* head and body are there */
    POLL_MORE,  /* more has to come */
    POLL_BAD,   /* no answer to such a request is like this */
};

/* The request. genesis: the id in hexadecimal digits. Its length, or 0 when it does not fit. */
size_t poll_request(char *out, size_t room, const char *host, const char *genesis,
                    struct position position, uint64_t version);

/* The answer that the bytes begin with. */
enum poll_parse poll_parse(const uint8_t *bytes, size_t len, struct poll_answer *answer);

#endif
