/* SPDX-License-Identifier: ISC */
/* digest: by libsodium. */
#include "history/digest.h"

#include <sodium.h>
#include <string.h>

_Static_assert(DIGEST_BYTES == crypto_hash_sha256_BYTES, "SHA-256");

void digest_of(uint8_t digest[DIGEST_BYTES], const uint8_t *bytes, size_t len)
{
    crypto_hash_sha256(digest, bytes, len);
}

void digest_chain(uint8_t chain[DIGEST_BYTES], const uint8_t *before,
                  const uint8_t digest[DIGEST_BYTES])
{
    uint8_t both[2 * DIGEST_BYTES] = {0};
    if (before)
        memcpy(both, before, DIGEST_BYTES);
    memcpy(both + DIGEST_BYTES, digest, DIGEST_BYTES);
    digest_of(chain, both, sizeof both);
}
