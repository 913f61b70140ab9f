/* SPDX-License-Identifier: ISC */
/*
 * work: a proof of work that costs a browser a second and this server nothing, in the format of the
 * npm package altcha 3: find the counter for which PBKDF2 of the challenge begins as the challenge
 * says. The identity that is to be won is inside the challenge and the challenge is signed; so the
 * server keeps nothing, and who shows a solution twice gets the same identity twice. See
 * PROTOCOL.md, "Proof of work". Pure.
 */
#ifndef PLACED_IDENTITY_WORK_H
#define PLACED_IDENTITY_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "identity/cookie.h"
#include "identity/keys.h"

enum {
    WORK_JSON_BYTES = 512,
    WORK_SECONDS = 600, /* a challenge is good for */
    WORK_COST = 200,    /* rounds of PBKDF2 for one try */
};

/* A challenge for this identity, as JSON, which at most `most` tries solve, half of them on
 * average. Returns the length of the text; no NUL follows. */
size_t work_challenge(char json[WORK_JSON_BYTES], const struct cookie *cookie, unsigned most,
                      const struct keys *keys, int64_t now_ms);

/* Check the body {"altcha":"..."} of a solution, len bytes. The key of the n that has signed the
 * challenge, and the identity in *cookie; NULL when the solution is no good. */
const struct keys *work_check(struct cookie *cookie, const char *body, size_t len,
                              const struct keys *keys, size_t n, int64_t now_ms);

#endif
