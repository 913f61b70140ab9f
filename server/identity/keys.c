/* SPDX-License-Identifier: ISC */
/* keys: see keys.h. Keyed BLAKE2b throughout, which is both a MAC and a pseudo-random function. */
#include "identity/keys.h"

#include <sodium.h>
#include <string.h>

#include "core/bytes.h"
#include "rules/visitor.h"

/* Numbers of the derived keys: part of the format, never to be changed. */
enum {
    DERIVE_COOKIE = 1,
    DERIVE_AUTHOR = 2,
    DERIVE_NETWORK = 3,
    DERIVE_WORK = 4,
    DERIVE_FINGERPRINT = 5,
};

_Static_assert((int)KEYS_BYTES == crypto_kdf_KEYBYTES && (int)SECRET_KEY_BYTES == KEYS_BYTES,
               "a key of the secret derives others");
_Static_assert((int)KEYS_MAC_BYTES <= crypto_generichash_BYTES_MAX, "a MAC is one hash");

static void derive(uint8_t key[KEYS_BYTES], uint64_t number, const struct secret_key *secret)
{
    crypto_kdf_derive_from_key(key, KEYS_BYTES, number, "placedid", secret->bytes);
}

void keys_derive(struct keys *keys, const struct secret_key *secret)
{
    uint8_t fingerprint[KEYS_BYTES];
    keys->id = secret->id;
    derive(keys->cookie, DERIVE_COOKIE, secret);
    derive(keys->author, DERIVE_AUTHOR, secret);
    derive(keys->network, DERIVE_NETWORK, secret);
    derive(keys->work, DERIVE_WORK, secret);
    derive(fingerprint, DERIVE_FINGERPRINT, secret);
    keys->fingerprint = load_u64(fingerprint);
}

static uint64_t hash(const uint8_t key[KEYS_BYTES], uint8_t of, const void *bytes, size_t len)
{
    crypto_generichash_state state;
    uint8_t digest[crypto_generichash_BYTES];
    crypto_generichash_init(&state, key, KEYS_BYTES, sizeof digest);
    crypto_generichash_update(&state, &of, 1);
    crypto_generichash_update(&state, bytes, len);
    crypto_generichash_final(&state, digest, sizeof digest);
    return load_u64(digest);
}

uint64_t keys_author(const struct keys *keys, enum keys_of of, const void *bytes, size_t len)
{
    return hash(keys->author, (uint8_t)of, bytes, len) | AUTHOR_PERSON;
}

void keys_prefix(uint8_t prefix[KEYS_PREFIX_BYTES], const uint8_t address[16], unsigned bits)
{
    memset(prefix, 0, KEYS_PREFIX_BYTES);
    memcpy(prefix, address, bits / 8); /* all prefixes that are counted are whole bytes */
    prefix[KEYS_PREFIX_BYTES - 1] = (uint8_t)bits;
}

uint64_t keys_network(const struct keys *keys, const uint8_t address[16], unsigned bits)
{
    uint8_t prefix[KEYS_PREFIX_BYTES];
    keys_prefix(prefix, address, bits);
    uint64_t pseudonym = hash(keys->network, KEYS_OF_NETWORK, prefix, sizeof prefix);
    return pseudonym ? pseudonym : 1;
}

void keys_sign(const uint8_t key[KEYS_BYTES], const void *bytes, size_t len,
               uint8_t mac[KEYS_MAC_BYTES])
{
    crypto_generichash(mac, KEYS_MAC_BYTES, bytes, len, key, KEYS_BYTES);
}

bool keys_signed(const uint8_t key[KEYS_BYTES], const void *bytes, size_t len,
                 const uint8_t mac[KEYS_MAC_BYTES])
{
    uint8_t good[KEYS_MAC_BYTES];
    keys_sign(key, bytes, len, good);
    return sodium_memcmp(good, mac, sizeof good) == 0;
}
