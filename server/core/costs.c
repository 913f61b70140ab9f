/* SPDX-License-Identifier: ISC */
/* costs: see costs.h. */
#include "core/costs.h"

#include "core/bytes.h"

void costs_store_run(uint8_t *bytes, size_t i, uint32_t cost)
{
    bytes[0] = COSTS_VERSION;
    store_u32(bytes + 1 + i * COSTS_RUN_BYTES, cost);
}

bool costs_good(struct span header, size_t runs)
{
    return header.data && runs > 0 && header.len > 0 && header.data[0] == COSTS_VERSION &&
           (header.len - 1) % COSTS_RUN_BYTES == 0 && (header.len - 1) / COSTS_RUN_BYTES == runs;
}

uint32_t costs_of(struct span header, size_t run)
{
    return load_u32(header.data + 1 + run * COSTS_RUN_BYTES);
}
