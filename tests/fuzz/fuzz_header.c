/* SPDX-License-Identifier: ISC */
/*
 * fuzz_header: the first bytes of an uploaded picture. No byte beside them is read; what is found
 * does not depend on the pieces in which they come, has pixels, and needs an amount of memory that
 * can be said.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "render/image/budget.h"

static enum header_result scan(struct header_scan *scan, const uint8_t *data, size_t len,
                               size_t piece)
{
    header_begin(scan);
    for (size_t at = 0; at < len; at += piece)
        header_feed(scan, data + at, piece < len - at ? piece : len - at);
    return header_end(scan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct header_scan whole, pieces;
    char why[BUDGET_WHY_BYTES];
    const struct budget budget = {.pixels = BUDGET_PIXELS, .memory = UINT64_C(512) << 20};
    const enum header_result result = scan(&whole, data, len, len + 1);
    for (size_t piece = 1; piece < 8; piece += 3)
        if (scan(&pieces, data, len, piece) != result ||
            memcmp(&pieces.header, &whole.header, sizeof whole.header) != 0)
            abort();
    if (result == HEADER_MORE)
        abort();
    if (result != HEADER_FOUND)
        return whole.why[0] ? 0 : (abort(), 0);
    if (whole.header.width == 0 || whole.header.height == 0)
        abort();
    if (budget_allows(&budget, &whole.header, why) && budget_memory(&whole.header) > budget.memory)
        abort();
    return 0;
}
