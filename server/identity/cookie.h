/* SPDX-License-Identifier: ISC */
/*
 * cookie: the anonymous identity that a browser keeps, signed so that nobody can make one up. 54
 * bytes as 72 letters of base64url, so that no two texts mean one identity: a proxy that hashes the
 * text sends an identity to one server. Pure.
 *
 *   0   1   1, or 2 when its owner has done a proof of work for it
 *   1   1   ID of the key that signed it
 *   2   4   minute of issue, since 1970
 *   6   16  the identity
 *   22  32  keyed BLAKE2b of the 22 bytes before
 */
#ifndef PLACED_IDENTITY_COOKIE_H
#define PLACED_IDENTITY_COOKIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "identity/keys.h"

enum {
    COOKIE_ID_BYTES = 16,
    COOKIE_TEXT_BYTES = 72,    /* without a NUL */
    COOKIE_FUTURE_MINUTES = 2, /* by so much the clock of the server that issued it may be ahead */
};

/* The cookie has one name where the browser speaks TLS, and then nobody but this very host can have
 * set it, and another where it does not. */
#define COOKIE_NAME_PLAIN "placed"
#define COOKIE_NAME_TLS   "__Host-placed"

struct cookie {
    bool worked; /* a proof of work was done for it */
    uint32_t minute;
    uint8_t id[COOKIE_ID_BYTES];
};

void cookie_write(char text[COOKIE_TEXT_BYTES + 1], const struct cookie *cookie,
                  const struct keys *keys);

/* Read a cookie that one of n keys has signed: that key, or NULL when it is no good. */
const struct keys *cookie_read(struct cookie *cookie, const char *text, size_t len,
                               const struct keys *keys, size_t n, int64_t now_ms);

/* What the value of a Cookie field has of ours, by both names. */
struct cookie_shown {
    const char *text; /* the value of the (last) one; not NUL-terminated */
    size_t len;
    unsigned count;
};
void cookie_find(const char *field, const char *name, struct cookie_shown *shown);

#endif
