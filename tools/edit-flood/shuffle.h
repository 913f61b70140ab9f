/* SPDX-License-Identifier: ISC */
/* shuffle: a random order of 0 to n - 1, any place of it at once, without a table. Pure. */
#ifndef PLACED_EDIT_FLOOD_SHUFFLE_H
#define PLACED_EDIT_FLOOD_SHUFFLE_H

#include <stdint.h>

struct shuffle {
    uint32_t n;
    unsigned half; /* bits in one half of a number */
    uint64_t key;
};

/* n from 1 to 2^30. */
void shuffle_init(struct shuffle *shuffle, uint32_t n, uint64_t key);

/* The i-th (0 to n - 1): each number once. */
uint32_t shuffle_at(const struct shuffle *shuffle, uint32_t i);

/* 64 bits that look random. */
static inline uint64_t shuffle_mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

#endif
