/* SPDX-License-Identifier: ISC */
/* shuffle: a Feistel network over the next even number of bits; what falls outside goes round again
 * until it falls inside. */
#include "shuffle.h"

enum { ROUNDS = 3 };

void shuffle_init(struct shuffle *shuffle, uint32_t n, uint64_t key)
{
    unsigned bits = 2;
    while (bits < 32 && (uint64_t)1 << bits < n)
        bits += 2;
    *shuffle = (struct shuffle){.n = n, .half = bits / 2, .key = shuffle_mix(key)};
}

uint32_t shuffle_at(const struct shuffle *shuffle, uint32_t i)
{
    uint32_t mask = ((uint32_t)1 << shuffle->half) - 1;
    do {
        uint32_t left = i >> shuffle->half, right = i & mask;
        for (unsigned round = 0; round < ROUNDS; round++) {
            uint32_t f = (right ^ (uint32_t)(shuffle->key >> 20 * round)) * 0x9e3779b1u;
            f = (f ^ f >> 15) * 0x85ebca77u;
            uint32_t next = left ^ (f >> 12 & mask);
            left = right;
            right = next;
        }
        i = left << shuffle->half | right;
    } while (i >= shuffle->n);
    return i;
}
