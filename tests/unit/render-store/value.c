/* SPDX-License-Identifier: ISC */
/* value: see value.h. */
#include "value.h"

#include "core/bytes.h"

static uint8_t next(uint64_t *x)
{
    *x = *x * 6364136223846793005u + 1442695040888963407u;
    return (uint8_t)(*x >> 56);
}

void value_make(uint8_t *bytes, size_t len, uint64_t generation)
{
    uint64_t x = generation + len;
    store_u64(bytes, generation);
    store_u32(bytes + 8, (uint32_t)len);
    for (size_t i = VALUE_HEAD; i < len; i++)
        bytes[i] = next(&x);
}

bool value_whole(const uint8_t *bytes, size_t len, uint64_t *generation)
{
    if (len < VALUE_HEAD || load_u32(bytes + 8) != len)
        return false;
    *generation = load_u64(bytes);
    uint64_t x = *generation + len;
    for (size_t i = VALUE_HEAD; i < len; i++)
        if (bytes[i] != next(&x))
            return false;
    return true;
}
