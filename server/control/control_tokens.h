/* SPDX-License-Identifier: ISC */
/*
 * control_tokens: whose token is it? Only hashes are known here; a token is compared with all of
 * them in the same time, whichever it is. Any thread.
 */
#ifndef PLACED_CONTROL_CONTROL_TOKENS_H
#define PLACED_CONTROL_CONTROL_TOKENS_H

#include <stddef.h>
#include <stdint.h>

#include "control/control_actor.h"
#include "control/control_meaning.h"

struct control_tokens;

/* A token that is good. */
struct control_holder {
    uint8_t hash[CONTROL_HASH_BYTES];
    enum control_role role;
    char name[CONTROL_NAME];
};

struct control_tokens *control_tokens_create(void);         /* NULL when out of memory */
void control_tokens_destroy(struct control_tokens *tokens); /* NULL is fine */

/* Those that are good from now on; copied. 0, or -1 when out of memory: then they are as before. */
int control_tokens_set(struct control_tokens *tokens, const struct control_holder *holders,
                       size_t n);

/* The role of a token's holder, and its name in *actor; ROLE_NONE when it is nobody's. */
enum control_role control_tokens_find(struct control_tokens *tokens, const char *token,
                                      struct control_actor *actor);

/* A new token, random, and its hash. */
void control_token_make(char token[CONTROL_TOKEN_BYTES], uint8_t hash[CONTROL_HASH_BYTES]);

void control_token_hash(const char *token, uint8_t hash[CONTROL_HASH_BYTES]);

#endif
