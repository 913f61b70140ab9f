/* SPDX-License-Identifier: ISC */
/* control_tokens: SHA-256 is enough, because a token is 256 random bits and not a password. */
#include "control/control_tokens.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN_RANDOM_BYTES = 32 };

struct control_tokens {
    pthread_mutex_t lock;
    struct control_holder *holders;
    size_t n;
};

struct control_tokens *control_tokens_create(void)
{
    struct control_tokens *tokens = calloc(1, sizeof *tokens);
    if (tokens)
        pthread_mutex_init(&tokens->lock, NULL);
    return tokens;
}

void control_tokens_destroy(struct control_tokens *tokens)
{
    if (!tokens)
        return;
    pthread_mutex_destroy(&tokens->lock);
    free(tokens->holders);
    free(tokens);
}

int control_tokens_set(struct control_tokens *tokens, const struct control_holder *holders,
                       size_t n)
{
    struct control_holder *copy = malloc((n + 1) * sizeof *copy);
    if (!copy)
        return -1;
    if (n > 0)
        memcpy(copy, holders, n * sizeof *copy);
    pthread_mutex_lock(&tokens->lock);
    struct control_holder *old = tokens->holders;
    tokens->holders = copy;
    tokens->n = n;
    pthread_mutex_unlock(&tokens->lock);
    free(old);
    return 0;
}

enum control_role control_tokens_find(struct control_tokens *tokens, const char *token,
                                      struct control_actor *actor)
{
    uint8_t hash[CONTROL_HASH_BYTES];
    enum control_role role = ROLE_NONE;
    size_t found = SIZE_MAX;
    memset(actor, 0, sizeof *actor);
    if (strnlen(token, CONTROL_TOKEN_BYTES) == CONTROL_TOKEN_BYTES)
        return ROLE_NONE;
    control_token_hash(token, hash);
    pthread_mutex_lock(&tokens->lock);
    for (size_t i = 0; i < tokens->n; i++) { /* no early end */
        if (sodium_memcmp(hash, tokens->holders[i].hash, sizeof hash) == 0)
            found = i;
    }
    if (found != SIZE_MAX) {
        role = actor->role = tokens->holders[found].role;
        memcpy(actor->name, tokens->holders[found].name, sizeof actor->name);
    }
    pthread_mutex_unlock(&tokens->lock);
    return role;
}

void control_token_hash(const char *token, uint8_t hash[CONTROL_HASH_BYTES])
{
    crypto_hash_sha256(hash, (const unsigned char *)token, strlen(token));
}

void control_token_make(char token[CONTROL_TOKEN_BYTES], uint8_t hash[CONTROL_HASH_BYTES])
{
    uint8_t bytes[TOKEN_RANDOM_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(token, CONTROL_TOKEN_BYTES, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    control_token_hash(token, hash);
}
