/* SPDX-License-Identifier: ISC */
/* record: what a record is worth to the fold, and what is remembered of it. */
#include "core/record.h"

#include "core/bytes.h"
#include "core/crc32c.h"
#include "core/edit.h"

struct record_edits record_edits(const struct record *record)
{
    struct record_edits result = {.edits = record->value.data};
    size_t len = record->value.len;
    if (len % EDIT_BYTES == POSITION_BYTES % EDIT_BYTES && len > POSITION_BYTES) {
        result.position = position_load(result.edits);
        result.edits += POSITION_BYTES;
        len -= POSITION_BYTES;
    }
    size_t n = len / EDIT_BYTES;
    if (len % EDIT_BYTES == 0 && position_in_range(result.position) &&
        edits_in_range(result.edits, n))
        result.n = n;
    return result;
}

bool record_origin(const struct record *record, struct origin *origin)
{
    if (!record->origin.data || record->origin.len != ORIGIN_BYTES)
        return false;
    origin->nonce = load_u64(record->origin.data);
    origin->batch = load_u64(record->origin.data + 8);
    return true;
}

void origin_store(uint8_t bytes[ORIGIN_BYTES], const struct origin *origin)
{
    store_u64(bytes, origin->nonce);
    store_u64(bytes + 8, origin->batch);
}

static uint32_t crc_header(uint32_t crc, char name, struct span header)
{
    if (!header.data)
        return crc;
    uint8_t head[5] = {(uint8_t)name};
    store_u32(head + 1, (uint32_t)header.len);
    crc = crc32c(crc, head, sizeof head);
    return crc32c(crc, header.data, header.len);
}

struct anchor record_anchor(const struct record *record)
{
    uint32_t crc = crc32c(0, record->value.data, record->value.len);
    crc = crc_header(crc, 'a', record->authors);
    crc = crc_header(crc, 'o', record->origin);
    crc = crc_header(crc, 'g', record->genesis);
    crc = crc_header(crc, 'e', record->energy);
    return (struct anchor){.offset = record->offset, .time_ms = record->time_ms, .crc = crc};
}
