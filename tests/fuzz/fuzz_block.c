/* SPDX-License-Identifier: ISC */
/*
 * fuzz_block: any bytes as a block of history. What is taken for one can be looked at everywhere,
 * and is made of its records again, byte by byte; cut anywhere, it is a block too.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "core/canvas.h"
#include "history/block.h"

static void look(const struct block *block)
{
    static uint8_t pixels[CANVAS_PIXELS];
    size_t n = block->head.n_records;
    uint64_t version = block->head.from;
    for (size_t i = 0; i < n; i++) {
        if (block_version(block, i) <= version || block_count(block, i) == 0)
            abort();
        version = block_version(block, i);
        if (block_records_at(block, version) != i + 1)
            abort();
    }
    if (version != block->head.to || block_records_until(block, INT64_MAX) > n)
        abort();
    if (block_edits_of(block, n) != block->head.n_edits)
        abort();
    block_apply(block, n, pixels);
    (void)block_complete(block);
}

static void cut(const struct block *block, size_t n, const uint8_t *data, size_t len)
{
    struct block part;
    size_t part_len = block_bytes((uint32_t)n, (uint32_t)block_edits_of(block, n));
    uint8_t *bytes = malloc(part_len);
    if (!bytes)
        return;
    block_cut(block, n, bytes);
    if (block_parse(&part, bytes, part_len) != NULL)
        abort();
    if (n == block->head.n_records && (part_len != len || memcmp(bytes, data, len) != 0))
        abort();
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct block block;
    if (block_parse(&block, data, len) != NULL)
        return 0;
    look(&block);
    cut(&block, 0, data, len);
    cut(&block, block.head.n_records / 2, data, len);
    cut(&block, block.head.n_records, data, len);
    return 0;
}
