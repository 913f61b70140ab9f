/* SPDX-License-Identifier: ISC */
/* bots: whose tokens are good. Only hashes of tokens are known. Pure. */
#ifndef PLACED_IDENTITY_BOTS_H
#define PLACED_IDENTITY_BOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BOTS_HASH_BYTES = 32,
    BOTS_NAME_BYTES = 48,
    BOTS_TOKEN_MAX = 128, /* bytes of a token as text */
};

struct identity_bot {
    uint8_t hash[BOTS_HASH_BYTES]; /* SHA-256 of the token */
    char name[BOTS_NAME_BYTES];
};

/* The token of an Authorization field, if its scheme is Bearer. false: it is of another scheme,
 * which is none of our concern. A token that is empty or no token68 has *len 0. */
bool bots_bearer(const char *authorization, const char **token, size_t *len);

/* Whose token is it? All are compared, in constant time. NULL: nobody's. */
const struct identity_bot *bots_find(const struct identity_bot *bots, size_t n, const char *token,
                                     size_t len);

#endif
