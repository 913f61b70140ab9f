/* SPDX-License-Identifier: ISC */
/* author: see author.h. */
#include "author.h"

#include <sodium.h>

#include "core/bytes.h"

_Static_assert(AUTHOR_KEY_BYTES == crypto_shorthash_KEYBYTES, "the key of SipHash-2-4");

const uint8_t author_default_key[AUTHOR_KEY_BYTES] = "placed import v1";

uint64_t author_of(const uint8_t key[AUTHOR_KEY_BYTES], const char *user, size_t len)
{
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, (const unsigned char *)user, len, key);
    return load_u64(hash) | UINT64_C(1) << 63;
}
