/* SPDX-License-Identifier: ISC */
/*
 * load: rows first, each proved by the chain; its block by the row's CRC; and each record of it
 * goes into the activity. The first row that fails, or that goes beyond `read`, ends the complete
 * blocks. What comes after them is in the working file, or in the block that was completed after
 * that.
 */
#include "history/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history/canvas_files.h"

enum { WORKING_FILE_MAX = 256 << 20 }; /* bytes: more cannot be a block that is open */

struct loading {
    const struct disk *disk;
    struct shelf *shelf;
    uint64_t read;
    const volatile int *stop;
    char *error;
};

static int fail(const struct loading *loading, const char *what, const char *why)
{
    snprintf(loading->error, LOAD_ERROR_BYTES, "%s: %s", what, why);
    return -1;
}

static int no_memory(const struct loading *loading)
{
    return fail(loading, "history", "out of memory");
}

/* ---- complete blocks ---- */

/* Does the head say what the block would have to be here? */
static bool fits(const struct loading *loading, const struct block *block,
                 const struct store_row *row)
{
    const struct block_head *head = &block->head;
    const struct tail *open = &loading->shelf->tail;
    return memcmp(head->genesis, loading->disk->genesis, GENESIS_BYTES) == 0 &&
           position_equal(head->position, loading->shelf->position) &&
           head->number == open->info.block && head->from == open->info.from &&
           head->from == row->from && head->to == row->to && head->n_records == row->records &&
           head->n_edits == row->edits && block_complete(block);
}

static int add_activity(const struct loading *loading, const struct block *block)
{
    for (size_t i = 0; i < block->head.n_records; i++) {
        if (activity_add(&loading->shelf->activity, block_version(block, i), block_time(block, i),
                         block_count(block, i)) != 0)
            return no_memory(loading);
    }
    return 0;
}

/* The records of a block that was complete, which are below `read`, as what is open. */
static int reopen(const struct loading *loading, const struct block *block)
{
    size_t n = block_records_at(block, loading->read);
    const uint8_t *edits = block->edits;
    for (size_t i = 0; i < n; i++) {
        uint32_t count = block_count(block, i);
        if (shelf_add(loading->shelf, block_version(block, i) - 1, block_time(block, i), edits,
                      count) != 0)
            return no_memory(loading);
        edits += (size_t)count * 3;
    }
    return 0;
}

/* One complete block: 1 when it is one more, 0 when it is not or not quite; -1 failed. */
static int load_block(const struct loading *loading, const struct store_row *row)
{
    struct shelf *shelf = loading->shelf;
    struct block block;
    uint8_t *bytes;
    int result = 0;
    switch (canvas_files_block(loading->disk, shelf->position, shelf->n_rows, row, &bytes)) {
    case FILES_NO_MEMORY:
        return no_memory(loading);
    case FILES_BAD:
        return 0;
    case FILES_OK:
        break;
    }
    if (block_parse(&block, bytes, row->bytes) != NULL || !fits(loading, &block, row)) {
        result = 0;
    } else if (row->to > loading->read) {
        result = reopen(loading, &block);
    } else {
        result = add_activity(loading, &block);
        if (result == 0 && shelf_close_block(shelf, loading->disk->genesis, row) != 0)
            result = no_memory(loading);
        if (result == 0)
            result = 1;
    }
    free(bytes);
    return result;
}

static int load_rows(const struct loading *loading, const uint8_t *bytes, size_t len)
{
    struct shelf *shelf = loading->shelf;
    for (size_t at = 0; len - at >= ROW_BYTES; at += ROW_BYTES) {
        struct store_row row;
        if (!row_decode(bytes + at, shelf->n_rows, shelf_chain(shelf), &row))
            break;
        if (__atomic_load_n(loading->stop, __ATOMIC_RELAXED))
            return fail(loading, "history", "it was stopped while it loaded");
        int loaded = load_block(loading, &row);
        if (loaded <= 0)
            return loaded;
    }
    return 0;
}

static int load_blocks(const struct loading *loading)
{
    struct disk_path path = disk_path(loading->disk, loading->shelf->position, DISK_ROWS, 0);
    uint8_t *bytes;
    size_t len;
    if (disk_read(path.text, SIZE_MAX / 2, &bytes, &len) != 0)
        return errno == ENOMEM ? no_memory(loading) : 0;
    int result = load_rows(loading, bytes, len);
    free(bytes);
    if (result != 0)
        return result;
    size_t good = loading->shelf->n_rows * ROW_BYTES;
    if (good < len && truncate(path.text, (off_t)good) != 0)
        return fail(loading, path.text, strerror(errno));
    return 0;
}

/* ---- what is open ---- */

static int load_records(const struct loading *loading, const uint8_t *bytes, size_t len)
{
    struct shelf *shelf = loading->shelf;
    const struct store_tail *info = &shelf->tail.info;
    for (size_t at = 0, one; at < len; at += one) {
        struct tail_record record;
        one = tail_record_at(shelf->tail.seed, bytes + at, len - at, &record);
        if (one == 0 || record.offset < info->to || record.offset >= loading->read ||
            info->edits >= BLOCK_EDITS || !edits_in_range(record.edits, record.n))
            break;
        if (shelf_add(shelf, record.offset, record.time_ms, record.edits, record.n) != 0)
            return no_memory(loading);
    }
    return 0;
}

static int load_working_file(const struct loading *loading)
{
    struct shelf *shelf = loading->shelf;
    struct disk_path path =
        disk_path(loading->disk, shelf->position, DISK_TAIL, shelf->tail.info.block);
    uint8_t *bytes;
    size_t len;
    if (disk_read(path.text, WORKING_FILE_MAX, &bytes, &len) != 0)
        return errno == ENOMEM ? no_memory(loading) : 0;
    int result = load_records(loading, bytes, len);
    free(bytes);
    if (result != 0)
        return result;
    size_t good = tail_length(&shelf->tail);
    if (good < len && truncate(path.text, (off_t)good) != 0)
        return fail(loading, path.text, strerror(errno));
    shelf->tail.written = good;
    return 0;
}

/* After load_blocks, which may have reopened a block: then the working file is written anew. */
static int load_open_block(const struct loading *loading)
{
    struct shelf *shelf = loading->shelf;
    struct disk_path path =
        disk_path(loading->disk, shelf->position, DISK_TAIL, shelf->tail.info.block);
    if (shelf->tail.info.records == 0)
        return load_working_file(loading);
    if (unlink(path.text) != 0 && errno != ENOENT)
        return fail(loading, path.text, strerror(errno));
    return 0;
}

/* ---- keyframes ---- */

static int load_keyframes(const struct loading *loading, uint8_t *pixels)
{
    struct shelf *shelf = loading->shelf;
    for (uint64_t i = KEYFRAME_BLOCKS; i <= shelf->n_rows; i += KEYFRAME_BLOCKS) {
        enum files_result result =
            canvas_files_keyframe(loading->disk, shelf->position, i, &shelf->rows[i - 1], pixels);
        if (result == FILES_BAD && canvas_files_make_keyframe(loading->disk, shelf->position, i,
                                                              shelf->rows, &result) != 0) {
            struct disk_path path = disk_path(loading->disk, shelf->position, DISK_KEYFRAME, i);
            return fail(loading, path.text, strerror(errno));
        }
        if (result == FILES_NO_MEMORY)
            return no_memory(loading);
        if (result == FILES_BAD)
            return fail(loading, "history", "a block changed while a keyframe was made of it");
        shelf->disk_bytes += KEYFRAME_BYTES;
    }
    return 0;
}

static int load_all(const struct loading *loading)
{
    uint8_t *pixels = malloc(CANVAS_PIXELS);
    int result = pixels ? load_blocks(loading) : no_memory(loading);
    if (result == 0)
        result = load_open_block(loading);
    if (result == 0)
        result = load_keyframes(loading, pixels);
    free(pixels);
    return result;
}

struct shelf *load_canvas(const struct disk *disk, struct position position, uint64_t read,
                          const volatile int *stop, char error[LOAD_ERROR_BYTES])
{
    struct loading loading = {.disk = disk, .read = read, .stop = stop, .error = error};
    loading.shelf = shelf_create(position, disk->genesis);
    if (!loading.shelf) {
        no_memory(&loading);
        return NULL;
    }
    if (load_all(&loading) != 0) {
        shelf_destroy(loading.shelf);
        return NULL;
    }
    loading.shelf->folder_made = true;
    disk_sweep(disk, position,
               (struct disk_keep){.blocks = loading.shelf->n_rows,
                                  .tail = loading.shelf->tail.written > 0});
    return loading.shelf;
}
