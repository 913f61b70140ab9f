/* SPDX-License-Identifier: ISC */
/* row: see row.h. */
#include "history/row.h"

#include <string.h>

#include "core/bytes.h"
#include "core/crc32c.h"

enum {
    FORMAT = 1,
    AT_CRC = 0,
    AT_FORMAT = 4,
    AT_BLOCK = 8,
    AT_FROM = 16,
    AT_TO = 24,
    AT_RECORDS = 32,
    AT_EDITS = 36,
    AT_TIME = 40,
    AT_TIME_TO = 48,
    AT_TIME_LEAST = 56,
    AT_BYTES = 64,
    AT_BLOCK_CRC = 72,
    AT_ZERO = 76,
    AT_SHA256 = 80,
    AT_CHAIN = 112,
};

_Static_assert(AT_CHAIN + DIGEST_BYTES == ROW_BYTES, "as the layout says");

struct store_row row_of(const struct block *block, const uint8_t *bytes, size_t len,
                        const uint8_t *chain_before)
{
    const struct block_head *head = &block->head;
    struct store_row row = {.from = head->from,
                            .to = head->to,
                            .records = head->n_records,
                            .edits = head->n_edits,
                            .time = block_time(block, 0),
                            .time_to = block_time(block, head->n_records - 1),
                            .time_least = INT64_MAX,
                            .bytes = len,
                            .crc = crc32c(0, bytes, len)};
    for (size_t i = 0; i < head->n_records; i++) {
        int64_t time = block_time(block, i);
        if (time != -1 && time < row.time_least)
            row.time_least = time;
    }
    digest_of(row.sha256, bytes, len);
    digest_chain(row.chain, chain_before, row.sha256);
    return row;
}

void row_encode(uint8_t bytes[ROW_BYTES], uint64_t block, const struct store_row *row)
{
    memset(bytes, 0, ROW_BYTES);
    store_u32(bytes + AT_FORMAT, FORMAT);
    store_u64(bytes + AT_BLOCK, block);
    store_u64(bytes + AT_FROM, row->from);
    store_u64(bytes + AT_TO, row->to);
    store_u32(bytes + AT_RECORDS, row->records);
    store_u32(bytes + AT_EDITS, row->edits);
    store_u64(bytes + AT_TIME, (uint64_t)row->time);
    store_u64(bytes + AT_TIME_TO, (uint64_t)row->time_to);
    store_u64(bytes + AT_TIME_LEAST, (uint64_t)row->time_least);
    store_u64(bytes + AT_BYTES, row->bytes);
    store_u32(bytes + AT_BLOCK_CRC, row->crc);
    memcpy(bytes + AT_SHA256, row->sha256, DIGEST_BYTES);
    memcpy(bytes + AT_CHAIN, row->chain, DIGEST_BYTES);
    store_u32(bytes + AT_CRC, crc32c(0, bytes + AT_FORMAT, ROW_BYTES - AT_FORMAT));
}

bool row_decode(const uint8_t bytes[ROW_BYTES], uint64_t block, const uint8_t *chain_before,
                struct store_row *row)
{
    if (load_u32(bytes + AT_CRC) != crc32c(0, bytes + AT_FORMAT, ROW_BYTES - AT_FORMAT) ||
        load_u32(bytes + AT_FORMAT) != FORMAT || load_u64(bytes + AT_BLOCK) != block)
        return false;
    *row = (struct store_row){.from = load_u64(bytes + AT_FROM),
                              .to = load_u64(bytes + AT_TO),
                              .records = load_u32(bytes + AT_RECORDS),
                              .edits = load_u32(bytes + AT_EDITS),
                              .time = (int64_t)load_u64(bytes + AT_TIME),
                              .time_to = (int64_t)load_u64(bytes + AT_TIME_TO),
                              .time_least = (int64_t)load_u64(bytes + AT_TIME_LEAST),
                              .bytes = load_u64(bytes + AT_BYTES),
                              .crc = load_u32(bytes + AT_BLOCK_CRC)};
    memcpy(row->sha256, bytes + AT_SHA256, DIGEST_BYTES);
    memcpy(row->chain, bytes + AT_CHAIN, DIGEST_BYTES);
    uint8_t chain[DIGEST_BYTES];
    digest_chain(chain, chain_before, row->sha256);
    return memcmp(chain, row->chain, DIGEST_BYTES) == 0 &&
           row->bytes == block_bytes(row->records, row->edits);
}
