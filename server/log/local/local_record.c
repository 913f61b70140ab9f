/* SPDX-License-Identifier: ISC */
/*
 * local_record: layout, little-endian (PROTOCOL.md, "The embedded log"):
 *
 *    0  u32  CRC-32C of the offset as u64, then of all bytes from 4 on
 *    4  u32  length of the whole record in bytes
 *    8  u8   format: 2 when header e is present, else 1
 *    9  u8   which headers are present: 1 = a, 2 = o, 4 = g, 8 = e
 *   10  u16  0
 *   12  u32  length of the value
 *   16  i64  time, ms since 1970: that of the commit, unless the batch brought one
 *   24       of format 2 only: u32 length of header e; all that follows lies 4 bytes further on
 *   24       the value; then header a (what is left of the length); o (16 bytes); g (16 bytes); e
 *
 * The offset is under the checksum so that a record that turns up in another's place is found out.
 * A change of layout is a new format number: old numbers stay readable for ever.
 */
#include "log/local/local_record.h"

#include <string.h>

#include "core/authors.h"
#include "core/bytes.h"
#include "core/crc32c.h"

enum {
    FORMAT = 1,
    FORMAT_ENERGY = 2,
    HEAD = 24,
    HEAD_ENERGY = HEAD + 4,
    HAS_AUTHORS = 1,
    HAS_ORIGIN = 2,
    HAS_GENESIS = 4,
    HAS_ENERGY = 8, /* of format 2 always, of format 1 never */
    HAS_ALL = HAS_AUTHORS | HAS_ORIGIN | HAS_GENESIS,
};

size_t local_record_size(const struct log_batch *batch)
{
    return (batch->energy.data ? HEAD_ENERGY : HEAD) + log_batch_bytes(batch) + ORIGIN_BYTES +
           (batch->genesis ? GENESIS_BYTES : 0);
}

void local_record_encode(uint8_t *bytes, const struct log_batch *batch)
{
    bool energy = batch->energy.data != NULL;
    memset(bytes, 0, HEAD);
    store_u32(bytes + 4, (uint32_t)local_record_size(batch));
    bytes[8] = energy ? FORMAT_ENERGY : FORMAT;
    bytes[9] = (uint8_t)(HAS_ORIGIN | (batch->authors.data ? HAS_AUTHORS : 0) |
                         (batch->genesis ? HAS_GENESIS : 0) | (energy ? HAS_ENERGY : 0));
    store_u32(bytes + 12, (uint32_t)batch->value.len);
    if (energy)
        store_u32(bytes + HEAD, (uint32_t)batch->energy.len);
    uint8_t *p = bytes + (energy ? HEAD_ENERGY : HEAD);
    memcpy(p, batch->value.data, batch->value.len);
    p += batch->value.len;
    if (batch->authors.data)
        memcpy(p, batch->authors.data, batch->authors.len);
    p += batch->authors.len;
    origin_store(p, &batch->origin);
    p += ORIGIN_BYTES;
    if (batch->genesis) {
        memcpy(p, batch->genesis, GENESIS_BYTES);
        p += GENESIS_BYTES;
    }
    if (energy)
        memcpy(p, batch->energy.data, batch->energy.len);
}

static uint32_t checksum(const uint8_t *bytes, size_t len, uint64_t offset)
{
    uint8_t where[8];
    store_u64(where, offset);
    return crc32c(crc32c(0, where, sizeof where), bytes + 4, len - 4);
}

void local_record_seal(uint8_t *bytes, size_t len, uint64_t offset, int64_t time_ms)
{
    store_u64(bytes + 16, (uint64_t)time_ms);
    store_u32(bytes, checksum(bytes, len, offset));
}

const char *local_record_decode(struct span bytes, uint64_t offset, struct record *record)
{
    const uint8_t *b = bytes.data;
    if (bytes.len < HEAD)
        return "too short";
    if (load_u32(b + 4) != bytes.len)
        return "its length is wrong";
    if (load_u32(b) != checksum(b, bytes.len, offset))
        return "its checksum is wrong";
    bool energetic = b[8] == FORMAT_ENERGY;
    if ((b[8] != FORMAT && !energetic) || b[10] || b[11] ||
        (energetic ? (b[9] & ~HAS_ALL) != HAS_ENERGY : (b[9] & ~HAS_ALL) != 0))
        return "its format is unknown";
    size_t head = energetic ? HEAD_ENERGY : HEAD;
    if (bytes.len < head)
        return "too short";
    size_t value = load_u32(b + 12), energy = energetic ? load_u32(b + HEAD) : 0;
    size_t fixed = head + energy + ((b[9] & HAS_ORIGIN) ? (size_t)ORIGIN_BYTES : 0) +
                   ((b[9] & HAS_GENESIS) ? (size_t)GENESIS_BYTES : 0);
    if (fixed > bytes.len || value > bytes.len - fixed)
        return "its parts do not fit";
    size_t authors = bytes.len - fixed - value;
    if (!(b[9] & HAS_AUTHORS) && authors > 0)
        return "its parts do not fit";

    *record = (struct record){.offset = offset, .time_ms = (int64_t)load_u64(b + 16)};
    const uint8_t *p = b + head;
    record->value = (struct span){p, value};
    p += value;
    if (b[9] & HAS_AUTHORS)
        record->authors = (struct span){p, authors};
    p += authors;
    if (b[9] & HAS_ORIGIN) {
        record->origin = (struct span){p, ORIGIN_BYTES};
        p += ORIGIN_BYTES;
    }
    if (b[9] & HAS_GENESIS) {
        record->genesis = (struct span){p, GENESIS_BYTES};
        p += GENESIS_BYTES;
    }
    if (energetic)
        record->energy = (struct span){p, energy};
    return NULL;
}
