/* SPDX-License-Identifier: ISC */
/* bots: see bots.h. */
#include "identity/bots.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

bool bots_bearer(const char *authorization, const char **token, size_t *len)
{
    static const char scheme[] = "Bearer";
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
    size_t n = sizeof scheme - 1;
    if (strncasecmp(authorization, scheme, n) != 0 ||
        (authorization[n] != ' ' && authorization[n] != '\0'))
        return false;
    *token = authorization + n + strspn(authorization + n, " ");
    *len = strspn(*token, letters);
    if ((*token)[*len] != '\0' || *len > BOTS_TOKEN_MAX)
        *len = 0;
    return true;
}

const struct identity_bot *bots_find(const struct identity_bot *bots, size_t n, const char *token,
                                     size_t len)
{
    const struct identity_bot *found = NULL;
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)token, len);
    for (size_t i = 0; i < n; i++) {
        if (sodium_memcmp(hash, bots[i].hash, sizeof hash) == 0)
            found = &bots[i];
    }
    return len > 0 ? found : NULL;
}
