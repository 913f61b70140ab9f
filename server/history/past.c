/* SPDX-License-Identifier: ISC */
/* past: see past.h. */
#include "history/past.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "history/block.h"
#include "history/history_answer.h"
#include "history/store_read.h"

/* A block with its bytes. */
struct piece {
    uint8_t *bytes;
    struct block block;
};

static enum store_result read_piece(struct store *store, struct position position, uint64_t number,
                                    struct piece *piece)
{
    size_t len;
    enum store_result result = store_read_block(store, position, number, &piece->bytes, &len);
    if (result == STORE_NONE) /* it was there when it was asked for */
        result = STORE_BAD;
    if (result != STORE_OK) {
        piece->bytes = NULL;
    } else if (block_parse(&piece->block, piece->bytes, len)) {
        store_report(store);
        free(piece->bytes);
        piece->bytes = NULL;
        result = STORE_BAD;
    }
    return result;
}

/* The block that ends a canvas of this version, which is above 0, and how many of its records
 * count.
 */
static enum store_result find_piece(struct store *store, struct position position, uint64_t version,
                                    struct piece *piece, size_t *n_records)
{
    uint64_t number;
    piece->bytes = NULL;
    if (!store_block_of(store, position, version, &number))
        return STORE_BAD;
    enum store_result result = read_piece(store, position, number, piece);
    if (result == STORE_OK && piece->block.head.to < version) {
        free(piece->bytes);
        piece->bytes = NULL;
        result = STORE_BAD;
    }
    if (result == STORE_OK)
        *n_records = block_records_at(&piece->block, version);
    return result;
}

static uint64_t version_after(const struct block *block, size_t n_records)
{
    return n_records > 0 ? block_version(block, n_records - 1) : block->head.from;
}

/* ---- a picture ---- */

/* The canvas before a block. */
static enum store_result paint_before(struct store *store, struct position position,
                                      uint64_t number, uint8_t *pixels)
{
    uint64_t at;
    enum store_result result = store_read_keyframe(store, position, number, pixels, &at);
    for (; result == STORE_OK && at < number; at++) {
        struct piece piece;
        result = read_piece(store, position, at, &piece);
        if (result == STORE_OK)
            block_apply(&piece.block, piece.block.head.n_records, pixels);
        free(piece.bytes);
    }
    return result == STORE_NONE ? STORE_BAD : result;
}

enum store_result past_paint(struct store *store, struct position position, uint64_t version,
                             uint64_t *canonical, uint8_t pixels[CANVAS_PIXELS])
{
    struct piece piece;
    size_t n;
    *canonical = 0;
    if (version == 0) {
        memset(pixels, 0, CANVAS_PIXELS);
        return STORE_OK;
    }
    enum store_result result = find_piece(store, position, version, &piece, &n);
    if (result != STORE_OK)
        return result;
    *canonical = version_after(&piece.block, n);
    if (*canonical == version) {
        result = paint_before(store, position, piece.block.head.number, pixels);
        if (result == STORE_OK)
            block_apply(&piece.block, n, pixels);
    }
    free(piece.bytes);
    return result;
}

/* ---- heat ---- */

/* A place in a canvas's edits. */
struct mark {
    uint64_t version; /* canonical */
    uint64_t block;
    size_t edits; /* of the block, before the place */
};

static enum store_result find_mark(struct store *store, struct position position, uint64_t version,
                                   struct mark *mark)
{
    struct piece piece;
    size_t n;
    *mark = (struct mark){0};
    if (version == 0)
        return STORE_OK;
    enum store_result result = find_piece(store, position, version, &piece, &n);
    if (result == STORE_OK)
        *mark = (struct mark){.version = version_after(&piece.block, n),
                              .block = piece.block.head.number,
                              .edits = block_edits_of(&piece.block, n)};
    free(piece.bytes);
    return result;
}

enum store_result past_heat(struct store *store, struct position position, struct past_range range,
                            struct past_range *canonical, struct heat *heat)
{
    struct mark from, to;
    enum store_result result = find_mark(store, position, range.from, &from);
    if (result == STORE_OK)
        result = find_mark(store, position, range.to, &to);
    if (result != STORE_OK)
        return result;
    *canonical = (struct past_range){from.version, to.version};
    if (from.version != range.from || to.version != range.to || range.to == 0)
        return STORE_OK;
    for (uint64_t at = from.block; result == STORE_OK && at <= to.block; at++) {
        struct piece piece;
        result = read_piece(store, position, at, &piece);
        if (result == STORE_OK) {
            size_t begin = at == from.block ? from.edits : 0;
            size_t end = at == to.block ? to.edits : piece.block.head.n_edits;
            heat_add(heat, piece.block.edits + begin * EDIT_BYTES, end - begin);
        }
        free(piece.bytes);
    }
    return result;
}

/* ---- edits ---- */

struct payload {
    uint8_t *bytes; /* with room for the version before them */
    size_t edits;
    uint64_t version; /* after them */
};

/* Append edits of a block from record n on, as many whole records as fit; at least one, if nothing
 * was there. -1 when out of memory. *full: there are more. */
static int collect(struct payload *payload, const struct block *block, size_t n, bool *full)
{
    size_t begin = block_edits_of(block, n), end = begin;
    for (; n < block->head.n_records; n++) {
        size_t count = block_count(block, n), so_far = payload->edits + end - begin;
        *full = so_far > 0 && so_far + count > HISTORY_EDITS_MAX;
        if (*full)
            break;
        end += count;
        payload->version = block_version(block, n);
    }
    size_t more = (end - begin) * EDIT_BYTES, have = 8 + payload->edits * EDIT_BYTES;
    uint8_t *bytes = realloc(payload->bytes, have + more);
    if (!bytes)
        return -1;
    memcpy(bytes + have, block->edits + begin * EDIT_BYTES, more);
    payload->bytes = bytes;
    payload->edits += end - begin;
    return 0;
}

/* All that fits, from record n of the block on. */
static enum store_result collect_all(struct store *store, struct position position,
                                     struct piece *piece, size_t n, struct payload *payload)
{
    bool full = false;
    enum store_result result = STORE_OK;
    while (result == STORE_OK) {
        uint64_t next = piece->block.head.number + 1;
        bool complete = block_complete(&piece->block);
        if (collect(payload, &piece->block, n, &full) != 0)
            return STORE_NO_MEMORY;
        if (full || !complete)
            break;
        free(piece->bytes);
        result = read_piece(store, position, next, piece);
        n = 0;
    }
    return result;
}

enum store_result past_edits(struct store *store, struct position position, uint64_t version,
                             uint64_t *canonical, uint8_t **bytes, size_t *len)
{
    struct payload payload = {.version = version};
    struct piece piece;
    size_t n = 0;
    enum store_result result = version > 0 ? find_piece(store, position, version, &piece, &n)
                                           : read_piece(store, position, 0, &piece);
    if (result == STORE_OK) {
        *canonical = version_after(&piece.block, n);
        if (*canonical == version) {
            result = collect_all(store, position, &piece, n, &payload);
            if (result == STORE_OK && payload.edits == 0)
                result = STORE_BAD;
        }
    }
    free(piece.bytes);
    if (result != STORE_OK || !payload.bytes) {
        free(payload.bytes);
        return result;
    }
    store_u64(payload.bytes, payload.version);
    *bytes = payload.bytes;
    *len = 8 + payload.edits * EDIT_BYTES;
    return STORE_OK;
}

/* ---- time ---- */

enum store_result past_version_at(struct store *store, struct position position, int64_t time_ms,
                                  uint64_t *version)
{
    uint64_t number;
    struct piece piece;
    *version = 0;
    if (!store_block_until(store, position, time_ms, &number))
        return STORE_OK;
    enum store_result result = read_piece(store, position, number, &piece);
    if (result != STORE_OK)
        return result;
    size_t n = block_records_until(&piece.block, time_ms);
    *version = version_after(&piece.block, n);
    free(piece.bytes);
    return n > 0 ? STORE_OK : STORE_BAD;
}
