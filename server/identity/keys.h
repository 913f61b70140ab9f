/* SPDX-License-Identifier: ISC */
/*
 * keys: what a key of the secret is used for, each by a key of its own that is derived from it:
 * signing cookies, ids of authors, pseudonyms of networks, challenges. Nobody who lacks the secret
 * can go back from an author to a cookie, or from a pseudonym to an address. Pure.
 */
#ifndef PLACED_IDENTITY_KEYS_H
#define PLACED_IDENTITY_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "identity/secret.h"

enum {
    KEYS_BYTES = 32,
    KEYS_MAC_BYTES = 32,
    KEYS_ADDRESS_BITS = 128,
};

/* What a keyed hash is of, so that none stands for two things. */
enum keys_of {
    KEYS_OF_COOKIE = 'c',
    KEYS_OF_NETWORK = 'n',
    KEYS_OF_NAME = 's',
    KEYS_OF_BOT = 'b',
};

struct keys {
    uint8_t id; /* of the key of the secret */
    uint8_t cookie[KEYS_BYTES], author[KEYS_BYTES], network[KEYS_BYTES], work[KEYS_BYTES];
    uint64_t fingerprint;
};

void keys_derive(struct keys *keys, const struct secret_key *secret);

/* The id of an author, by what is known of it. */
uint64_t keys_author(const struct keys *keys, enum keys_of of, const void *bytes, size_t len);

/* The first bits of an address (IPv4 as ::ffff:a.b.c.d), the others zero, and their number: what
 * stands for a network. */
enum { KEYS_PREFIX_BYTES = 17 };
void keys_prefix(uint8_t prefix[KEYS_PREFIX_BYTES], const uint8_t address[16], unsigned bits);

/* The pseudonym of a network; never 0. */
uint64_t keys_network(const struct keys *keys, const uint8_t address[16], unsigned bits);

/* Sign, by the key of cookies or that of challenges. */
void keys_sign(const uint8_t key[KEYS_BYTES], const void *bytes, size_t len,
               uint8_t mac[KEYS_MAC_BYTES]);

/* Is it so signed? In constant time. */
bool keys_signed(const uint8_t key[KEYS_BYTES], const void *bytes, size_t len,
                 const uint8_t mac[KEYS_MAC_BYTES]);

#endif
