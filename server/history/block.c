/* SPDX-License-Identifier: ISC */
/* block: see block.h. */
#include "history/block.h"

#include <string.h>

#include "core/bytes.h"
#include "core/canvas.h"
#include "core/edit.h"

enum {
    FORMAT = 1,
    AT_MAGIC = 0,
    AT_FORMAT = 8,
    AT_POSITION = 10,
    AT_ZERO = 14,
    AT_GENESIS = 16,
    AT_NUMBER = 32,
    AT_FROM = 40,
    AT_TO = 48,
    AT_RECORDS = 56,
    AT_EDITS = 60,
};

static const uint8_t magic[8] = {'p', 'l', 'a', 'c', 'e', 'd', 'h', 'b'};

/* ---- parsing ---- */

static struct block_head load_head(const uint8_t *bytes)
{
    struct block_head head = {.position = position_load(bytes + AT_POSITION),
                              .number = load_u64(bytes + AT_NUMBER),
                              .from = load_u64(bytes + AT_FROM),
                              .to = load_u64(bytes + AT_TO),
                              .n_records = load_u32(bytes + AT_RECORDS),
                              .n_edits = load_u32(bytes + AT_EDITS)};
    memcpy(head.genesis, bytes + AT_GENESIS, GENESIS_BYTES);
    return head;
}

static void point_at_columns(struct block *block, const uint8_t *bytes)
{
    size_t n = block->head.n_records;
    block->offsets = bytes + BLOCK_HEAD_BYTES;
    block->times = block->offsets + 8 * n;
    block->counts = block->times + 8 * n;
    block->edits = block->counts + 4 * n;
}

static const char *records_fault(const struct block *block)
{
    const struct block_head *head = &block->head;
    uint64_t version = head->from, edits = 0;
    for (size_t i = 0; i < head->n_records; i++) {
        uint64_t offset = load_u64(block->offsets + 8 * i);
        if (offset < version || offset == UINT64_MAX)
            return "has offsets that do not grow";
        version = offset + 1;
        uint32_t count = block_count(block, i);
        if (count == 0)
            return "has a record without edits";
        edits += count;
    }
    if (version != head->to)
        return "ends at another version than it says";
    return edits == head->n_edits ? NULL : "has counts that do not add up to its edits";
}

const char *block_parse(struct block *block, const uint8_t *bytes, size_t len)
{
    if (len < BLOCK_HEAD_BYTES)
        return "is shorter than its head";
    if (memcmp(bytes + AT_MAGIC, magic, sizeof magic) != 0)
        return "is no block of history";
    if (load_u16(bytes + AT_FORMAT) != FORMAT || load_u16(bytes + AT_ZERO) != 0)
        return "has an unknown format";
    block->head = load_head(bytes);
    if (!position_in_range(block->head.position))
        return "has a position out of range";
    if (len != block_bytes(block->head.n_records, block->head.n_edits))
        return "has another length than its counts say";
    if (block->head.number == 0 && block->head.from != 0)
        return "is the first one and does not begin at version 0";
    point_at_columns(block, bytes);
    const char *fault = records_fault(block);
    if (!fault && !edits_in_range(block->edits, block->head.n_edits))
        fault = "has an edit out of range";
    return fault;
}

bool block_complete(const struct block *block)
{
    size_t n = block->head.n_records;
    return block->head.n_edits >= BLOCK_EDITS &&
           block->head.n_edits - block_count(block, n - 1) < BLOCK_EDITS;
}

/* ---- looking ---- */

uint64_t block_version(const struct block *block, size_t i)
{
    return load_u64(block->offsets + 8 * i) + 1;
}

int64_t block_time(const struct block *block, size_t i)
{
    return (int64_t)load_u64(block->times + 8 * i);
}

uint32_t block_count(const struct block *block, size_t i)
{
    return load_u32(block->counts + 4 * i);
}

size_t block_records_at(const struct block *block, uint64_t version)
{
    size_t low = 0, high = block->head.n_records;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (block_version(block, middle) <= version)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t block_records_until(const struct block *block, int64_t time_ms)
{
    size_t n = block->head.n_records;
    for (; n > 0; n--) {
        int64_t time = block_time(block, n - 1);
        if (time != -1 && time <= time_ms)
            break;
    }
    return n;
}

size_t block_edits_of(const struct block *block, size_t n)
{
    size_t edits = 0;
    for (size_t i = 0; i < n; i++)
        edits += block_count(block, i);
    return edits;
}

void block_apply(const struct block *block, size_t n, uint8_t *pixels)
{
    size_t edits = n == block->head.n_records ? block->head.n_edits : block_edits_of(block, n);
    for (size_t i = 0; i < edits; i++) {
        uint32_t word = edit_load(block->edits + EDIT_BYTES * i);
        pixels[edit_y(word) * CANVAS_WIDTH + edit_x(word)] = (uint8_t)edit_colour(word);
    }
}

/* ---- encoding ---- */

void block_begin(struct block_writer *writer, uint8_t *bytes, const struct block_head *head)
{
    memset(bytes, 0, BLOCK_HEAD_BYTES);
    memcpy(bytes + AT_MAGIC, magic, sizeof magic);
    store_u16(bytes + AT_FORMAT, FORMAT);
    position_store(bytes + AT_POSITION, head->position);
    memcpy(bytes + AT_GENESIS, head->genesis, GENESIS_BYTES);
    store_u64(bytes + AT_NUMBER, head->number);
    store_u64(bytes + AT_FROM, head->from);
    store_u64(bytes + AT_TO, head->from);
    store_u32(bytes + AT_RECORDS, head->n_records);
    store_u32(bytes + AT_EDITS, head->n_edits);
    writer->bytes = bytes;
    writer->offsets = bytes + BLOCK_HEAD_BYTES;
    writer->times = writer->offsets + 8 * (size_t)head->n_records;
    writer->counts = writer->times + 8 * (size_t)head->n_records;
    writer->edits = writer->counts + 4 * (size_t)head->n_records;
}

void block_add(struct block_writer *writer, uint64_t offset, int64_t time_ms, const uint8_t *edits,
               uint32_t n)
{
    store_u64(writer->offsets, offset);
    store_u64(writer->times, (uint64_t)time_ms);
    store_u32(writer->counts, n);
    memcpy(writer->edits, edits, (size_t)n * EDIT_BYTES);
    writer->offsets += 8;
    writer->times += 8;
    writer->counts += 4;
    writer->edits += (size_t)n * EDIT_BYTES;
    store_u64(writer->bytes + AT_TO, offset + 1);
}

void block_cut(const struct block *block, size_t n, uint8_t *bytes)
{
    struct block_head head = block->head;
    struct block_writer writer;
    const uint8_t *edits = block->edits;
    head.n_records = (uint32_t)n;
    head.n_edits = (uint32_t)block_edits_of(block, n);
    block_begin(&writer, bytes, &head);
    for (size_t i = 0; i < n; i++) {
        uint32_t count = block_count(block, i);
        block_add(&writer, block_version(block, i) - 1, block_time(block, i), edits, count);
        edits += (size_t)count * EDIT_BYTES;
    }
}
