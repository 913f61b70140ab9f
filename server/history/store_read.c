/* SPDX-License-Identifier: ISC */
/*
 * store_read: files are read without the store's lock, by what was seen under it; where the builder
 * went on meanwhile, the reader looks again.
 */
#include "history/store_read.h"

#include <stdlib.h>
#include <string.h>

#include "history/canvas_files.h"
#include "history/store_state.h"

enum { LOOKS = 4 }; /* at a tail that becomes a complete block while it is read */

static enum store_result verdict(struct store *store, enum files_result result)
{
    if (result == FILES_OK)
        return STORE_OK;
    if (result == FILES_NO_MEMORY)
        return STORE_NO_MEMORY;
    store_report(store);
    return STORE_BAD;
}

/* What a block is read by, copied under the lock. */
struct look {
    struct disk disk;
    bool complete; /* by its row */
    struct store_row row;
    struct store_tail tail; /* else: the records that are visible */
    uint32_t seed;
    uint8_t *bytes; /* its working file's bytes; the first `dropped` are still to be read */
    size_t dropped, len;
    bool cut; /* it is complete by now, which is not visible yet: only up to tail.to */
};

/* The tail of a shelf; lock held. */
static enum store_result look_at_tail(const struct shelf *shelf, struct look *look)
{
    const struct tail *tail = &shelf->tail;
    look->tail = shelf->seen.tail;
    if (shelf->n_rows > shelf->seen.n_blocks) {
        look->row = shelf->rows[shelf->seen.n_blocks];
        look->complete = look->cut = true;
        return STORE_OK;
    }
    look->seed = tail->seed;
    look->len = shelf->seen_length;
    look->dropped = tail->dropped < look->len ? tail->dropped : look->len;
    look->bytes = malloc(look->len + 1);
    if (!look->bytes)
        return STORE_NO_MEMORY;
    if (look->dropped < look->len)
        memcpy(look->bytes + look->dropped, tail->bytes, look->len - look->dropped);
    return STORE_OK;
}

/* block: UINT64_MAX for the tail, whatever its number is. */
static enum store_result look_at(struct store *store, struct position position, uint64_t block,
                                 struct look *look)
{
    enum store_result result = STORE_NONE;
    *look = (struct look){0};
    store_lock(store);
    const struct shelf *shelf = store_shelf(store, position);
    if (shelf) {
        look->disk = store->disk;
        if (block == UINT64_MAX || block == shelf->seen.n_blocks) {
            result = look_at_tail(shelf, look);
        } else if (block < shelf->seen.n_blocks) {
            look->row = shelf->rows[block];
            look->complete = true;
            result = STORE_OK;
        }
    }
    store_unlock(store);
    return result;
}

/* The records of a block that are visible: *bytes is replaced by them. */
static enum store_result cut(const struct look *look, uint8_t **bytes, size_t *len)
{
    struct block block;
    if (block_parse(&block, *bytes, *len) != NULL)
        return STORE_BAD;
    size_t n = block_records_at(&block, look->tail.to);
    *len = block_bytes((uint32_t)n, (uint32_t)block_edits_of(&block, n));
    uint8_t *some = malloc(*len);
    if (!some)
        return STORE_NO_MEMORY;
    block_cut(&block, n, some);
    free(*bytes);
    *bytes = some;
    return STORE_OK;
}

/* By its row. */
static enum store_result read_complete(struct store *store, struct position position,
                                       uint64_t block, const struct look *look, uint8_t **bytes,
                                       size_t *len)
{
    enum files_result read = canvas_files_block(&look->disk, position, block, &look->row, bytes);
    enum store_result result = verdict(store, read);
    *len = look->row.bytes;
    if (result == STORE_OK && look->cut) {
        result = cut(look, bytes, len);
        if (result != STORE_OK)
            free(*bytes);
    }
    return result;
}

/* By what is in memory and in the working file. STORE_BAD without a report: look again. */
static enum store_result read_open(struct position position, const struct look *look,
                                   uint8_t **bytes, size_t *len)
{
    struct disk_path path = disk_path(&look->disk, position, DISK_TAIL, look->tail.block);
    if (look->dropped > 0 && disk_read_start(path.text, look->bytes, look->dropped) != 0)
        return STORE_BAD;
    switch (tail_to_block(&look->tail, look->seed, position, look->disk.genesis, look->bytes,
                          look->len, bytes, len)) {
    case 0:
        return STORE_OK;
    case 1:
        return STORE_BAD;
    default:
        return STORE_NO_MEMORY;
    }
}

enum store_result store_read_block(struct store *store, struct position position, uint64_t block,
                                   uint8_t **bytes, size_t *len)
{
    struct look look;
    enum store_result result = STORE_BAD;
    for (int i = 0; i < LOOKS && result == STORE_BAD; i++) {
        result = look_at(store, position, block, &look);
        if (result == STORE_OK && look.complete)
            return read_complete(store, position, look.cut ? look.tail.block : block, &look, bytes,
                                 len);
        if (result == STORE_OK)
            result = read_open(position, &look, bytes, len);
        free(look.bytes);
    }
    if (result == STORE_BAD)
        store_report(store);
    return result;
}

enum store_result store_read_tail(struct store *store, struct position position, uint8_t **bytes,
                                  size_t *len)
{
    return store_read_block(store, position, UINT64_MAX, bytes, len);
}

enum store_result store_read_keyframe(struct store *store, struct position position, uint64_t block,
                                      uint8_t *pixels, uint64_t *before)
{
    struct disk disk;
    struct store_row row = {0};
    *before = block - block % KEYFRAME_BLOCKS;
    store_lock(store);
    const struct shelf *shelf = store_shelf(store, position);
    bool found = shelf && block <= shelf->seen.n_blocks;
    if (found)
        disk = store->disk;
    if (found && *before > 0)
        row = shelf->rows[*before - 1];
    store_unlock(store);
    if (!found)
        return STORE_NONE;
    if (*before > 0)
        return verdict(store, canvas_files_keyframe(&disk, position, *before, &row, pixels));
    memset(pixels, 0, CANVAS_PIXELS);
    return STORE_OK;
}
