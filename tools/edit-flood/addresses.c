/* SPDX-License-Identifier: ISC */
/* addresses: see addresses.h. */
#include "addresses.h"

struct in_addr addresses_at(const struct network *network, unsigned i)
{
    const uint8_t *b = network->address + 12; /* of ::ffff:a.b.c.d */
    uint32_t first = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    unsigned free_bits = 128 - network->bits;
    uint64_t n = UINT64_C(1) << free_bits;
    first &= (uint32_t) ~(n - 1);
    uint32_t at = n > 2 ? 1 + (uint32_t)(i % (n - 2)) : (uint32_t)(i % n);
    return (struct in_addr){htonl(first + at)};
}
