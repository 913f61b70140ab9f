/* SPDX-License-Identifier: ISC */
/* tail: see tail.h. */
#include "history/tail.h"

#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/crc32c.h"
#include "core/edit.h"

enum {
    AT_CRC = 0,
    AT_N = 4,
    AT_OFFSET = 8,
    AT_TIME = 16,
    AT_EDITS = 24,
};

static uint32_t seed_of(struct position position, const uint8_t *genesis, uint64_t block,
                        uint64_t from, const uint8_t *chain)
{
    uint8_t bytes[POSITION_BYTES + GENESIS_BYTES + 8 + 8 + DIGEST_BYTES] = {0};
    uint8_t *at = bytes;
    position_store(at, position);
    memcpy(at += POSITION_BYTES, genesis, GENESIS_BYTES);
    store_u64(at += GENESIS_BYTES, block);
    store_u64(at += 8, from);
    if (chain)
        memcpy(at + 8, chain, DIGEST_BYTES);
    return crc32c(0, bytes, sizeof bytes);
}

void tail_begin(struct tail *tail, struct position position, const uint8_t genesis[GENESIS_BYTES],
                uint64_t block, uint64_t from, const uint8_t *chain)
{
    tail->info = (struct store_tail){.block = block,
                                     .from = from,
                                     .to = from,
                                     .time = -1,
                                     .time_to = -1,
                                     .time_least = INT64_MAX};
    tail->seed = seed_of(position, genesis, block, from, chain);
    tail->dropped = tail->written = tail->len = 0;
}

void tail_finish(struct tail *tail)
{
    free(tail->bytes);
    *tail = (struct tail){0};
}

static int reserve(struct tail *tail, size_t more)
{
    if (tail->room - tail->len >= more)
        return 0;
    size_t room = tail->len + more + (tail->len + more) / 2;
    uint8_t *bytes = realloc(tail->bytes, room);
    if (!bytes)
        return -1;
    tail->bytes = bytes;
    tail->room = room;
    return 0;
}

int tail_add(struct tail *tail, uint64_t offset, int64_t time_ms, const uint8_t *edits, uint32_t n)
{
    size_t edit_bytes = (size_t)n * EDIT_BYTES, bytes = AT_EDITS + edit_bytes;
    struct store_tail *info = &tail->info;
    if (reserve(tail, bytes) != 0)
        return -1;
    uint8_t *at = tail->bytes + tail->len;
    store_u32(at + AT_N, n);
    store_u64(at + AT_OFFSET, offset);
    store_u64(at + AT_TIME, (uint64_t)time_ms);
    memcpy(at + AT_EDITS, edits, edit_bytes);
    store_u32(at + AT_CRC, crc32c(tail->seed, at + AT_N, bytes - AT_N));
    tail->len += bytes;
    if (info->records == 0)
        info->time = time_ms;
    info->time_to = time_ms;
    if (time_ms != -1 && time_ms < info->time_least)
        info->time_least = time_ms;
    info->to = offset + 1;
    info->records++;
    info->edits += n;
    return 0;
}

void tail_drop(struct tail *tail)
{
    size_t in_file = tail->written - tail->dropped;
    if (in_file == tail->len) {
        free(tail->bytes);
        tail->bytes = NULL;
        tail->room = 0;
    } else {
        memmove(tail->bytes, tail->bytes + in_file, tail->len - in_file);
    }
    tail->len -= in_file;
    tail->dropped = tail->written;
}

size_t tail_record_at(uint32_t seed, const uint8_t *bytes, size_t len, struct tail_record *record)
{
    if (len < AT_EDITS)
        return 0;
    uint32_t n = load_u32(bytes + AT_N);
    if (n == 0 || n > (len - AT_EDITS) / EDIT_BYTES)
        return 0;
    size_t total = AT_EDITS + (size_t)n * EDIT_BYTES;
    if (load_u32(bytes + AT_CRC) != crc32c(seed, bytes + AT_N, total - AT_N))
        return 0;
    *record = (struct tail_record){.offset = load_u64(bytes + AT_OFFSET),
                                   .time_ms = (int64_t)load_u64(bytes + AT_TIME),
                                   .n = n,
                                   .edits = bytes + AT_EDITS};
    return total;
}

/* Fill a block that has room for what info counts. Is it exactly that? */
static int fill(const struct store_tail *info, uint32_t seed, const uint8_t *bytes, size_t len,
                struct block_writer *writer)
{
    uint32_t records = 0, edits = 0;
    uint64_t to = info->from;
    for (size_t at = 0, one; at < len; at += one) {
        struct tail_record record;
        one = tail_record_at(seed, bytes + at, len - at, &record);
        if (one == 0 || record.offset < to || records == info->records ||
            record.n > info->edits - edits)
            return 0;
        block_add(writer, record.offset, record.time_ms, record.edits, record.n);
        records++;
        edits += record.n;
        to = record.offset + 1;
    }
    return records == info->records && edits == info->edits && to == info->to;
}

int tail_to_block(const struct store_tail *info, uint32_t seed, struct position position,
                  const uint8_t genesis[GENESIS_BYTES], const uint8_t *bytes, size_t len,
                  uint8_t **block, size_t *block_len)
{
    struct block_head head = {.position = position,
                              .number = info->block,
                              .from = info->from,
                              .n_records = info->records,
                              .n_edits = info->edits};
    struct block_writer writer;
    memcpy(head.genesis, genesis, GENESIS_BYTES);
    *block_len = block_bytes(info->records, info->edits);
    *block = malloc(*block_len);
    if (!*block)
        return -1;
    block_begin(&writer, *block, &head);
    if (fill(info, seed, bytes, len, &writer))
        return 0;
    free(*block);
    *block = NULL;
    return 1;
}
