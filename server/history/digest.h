/* SPDX-License-Identifier: ISC */
/*
 * digest: SHA-256 of blocks, and the chain that commits to all blocks of a canvas so far. The only
 * place that knows who computes it.
 */
#ifndef PLACED_HISTORY_DIGEST_H
#define PLACED_HISTORY_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = 32 };

void digest_of(uint8_t digest[DIGEST_BYTES], const uint8_t *bytes, size_t len);

/* The chain with one more block: SHA-256 of the chain so far (NULL: of no block, 32 zero bytes) and
 * the block's digest. */
void digest_chain(uint8_t chain[DIGEST_BYTES], const uint8_t *before,
                  const uint8_t digest[DIGEST_BYTES]);

#endif
