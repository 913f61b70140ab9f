/* SPDX-License-Identifier: ISC */
/* keeper: see keeper.h. */
#include "history/keeper.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history/canvas_files.h"

enum { TAILS_BYTES = 32 << 20 }; /* of open blocks that stay in memory too, all canvases together */

static int fail(struct keeper *keeper, const char *what, const char *why)
{
    snprintf(keeper->error, sizeof keeper->error, "%s: %s", what, why);
    return -1;
}

static int no_memory(struct keeper *keeper)
{
    return fail(keeper, "history", "out of memory");
}

static int fail_path(struct keeper *keeper, const struct disk_path *path)
{
    if (errno == ENOMEM)
        return no_memory(keeper);
    return fail(keeper, path->text,
                errno == ESTALE ? "it was changed by somebody else" : strerror(errno));
}

/* ---- a complete block ---- */

/* The records of the open block, all of them: what is in memory, or a copy of file and memory,
 * which is for free(). NULL: failed. */
static const uint8_t *all_records(struct keeper *keeper, const struct shelf *shelf, uint8_t **copy)
{
    const struct tail *tail = &shelf->tail;
    *copy = NULL;
    if (tail->dropped == 0)
        return tail->bytes;
    struct disk_path path = disk_path(&keeper->disk, shelf->position, DISK_TAIL, tail->info.block);
    *copy = malloc(tail_length(tail));
    if (*copy && disk_read_start(path.text, *copy, tail->dropped) != 0) {
        fail_path(keeper, &path);
        free(*copy);
        *copy = NULL;
        return NULL;
    }
    if (!*copy) {
        no_memory(keeper);
        return NULL;
    }
    memcpy(*copy + tail->dropped, tail->bytes, tail->len);
    return *copy;
}

/* The open block in format 1, malloced. NULL: failed. */
static uint8_t *encode(struct keeper *keeper, const struct shelf *shelf, size_t *len)
{
    const struct tail *tail = &shelf->tail;
    uint8_t *copy, *block = NULL;
    const uint8_t *records = all_records(keeper, shelf, &copy);
    if (!records)
        return NULL;
    switch (tail_to_block(&tail->info, tail->seed, shelf->position, keeper->disk.genesis, records,
                          tail_length(tail), &block, len)) {
    case 0:
        break;
    case 1:
        fail(keeper, "history", "a working file was changed by somebody else");
        break;
    default:
        no_memory(keeper);
    }
    free(copy);
    return block;
}

static int make_folder(struct keeper *keeper, struct shelf *shelf)
{
    struct disk_path path = disk_path(&keeper->disk, shelf->position, DISK_CANVAS, 0);
    if (!shelf->folder_made && mkdir(path.text, 0755) != 0 && errno != EEXIST)
        return fail_path(keeper, &path);
    shelf->folder_made = true;
    return 0;
}

/* The block first, then the row that makes it count. */
static int write_block(struct keeper *keeper, struct shelf *shelf, const uint8_t *bytes,
                       const struct store_row *row)
{
    uint64_t number = shelf->n_rows;
    struct disk_path temp = disk_path(&keeper->disk, shelf->position, DISK_TEMP, 0),
                     path = disk_path(&keeper->disk, shelf->position, DISK_BLOCK, number),
                     rows = disk_path(&keeper->disk, shelf->position, DISK_ROWS, 0);
    uint8_t encoded[ROW_BYTES];
    row_encode(encoded, number, row);
    if (make_folder(keeper, shelf) != 0)
        return -1;
    if (disk_write(temp.text, path.text, bytes, row->bytes) != 0)
        return fail_path(keeper, &path);
    if (disk_append(rows.text, number * ROW_BYTES, encoded, ROW_BYTES) != 0)
        return fail_path(keeper, &rows);
    return 0;
}

static int write_keyframe(struct keeper *keeper, struct shelf *shelf)
{
    struct disk_path path = disk_path(&keeper->disk, shelf->position, DISK_KEYFRAME, shelf->n_rows);
    enum files_result result;
    if (canvas_files_make_keyframe(&keeper->disk, shelf->position, shelf->n_rows, shelf->rows,
                                   &result) != 0)
        return fail_path(keeper, &path);
    if (result == FILES_NO_MEMORY)
        return no_memory(keeper);
    if (result == FILES_BAD)
        return fail(keeper, path.text, "the files that it is made of were changed");
    shelf->disk_bytes += KEYFRAME_BYTES;
    return 0;
}

static int close_block(struct keeper *keeper, struct shelf *shelf, const struct store_row *row)
{
    struct disk_path working =
        disk_path(&keeper->disk, shelf->position, DISK_TAIL, shelf->tail.info.block);
    bool written = shelf->tail.written > 0;
    store_lock(keeper->store);
    int result = shelf_close_block(shelf, keeper->disk.genesis, row);
    store_unlock(keeper->store);
    if (result != 0)
        return no_memory(keeper);
    if (written)
        unlink(working.text);
    return shelf->n_rows % KEYFRAME_BLOCKS == 0 ? write_keyframe(keeper, shelf) : 0;
}

int keeper_complete(struct keeper *keeper, struct shelf *shelf)
{
    size_t len;
    struct block block;
    uint8_t *bytes = encode(keeper, shelf, &len);
    if (!bytes)
        return -1;
    int result = -1;
    const char *fault = block_parse(&block, bytes, len);
    if (fault) {
        fail(keeper, "history: a block that was made", fault);
    } else {
        struct store_row row = row_of(&block, bytes, len, shelf_chain(shelf));
        result = write_block(keeper, shelf, bytes, &row);
        if (result == 0)
            result = close_block(keeper, shelf, &row);
    }
    free(bytes);
    return result;
}

/* ---- open blocks ---- */

static int write_tail(struct keeper *keeper, struct shelf *shelf)
{
    struct tail *tail = &shelf->tail;
    size_t length = tail_length(tail);
    if (tail->written == length)
        return 0;
    struct disk_path path = disk_path(&keeper->disk, shelf->position, DISK_TAIL, tail->info.block);
    if (make_folder(keeper, shelf) != 0)
        return -1;
    if (disk_append(path.text, tail->written, tail->bytes + (tail->written - tail->dropped),
                    length - tail->written) != 0)
        return fail_path(keeper, &path);
    tail->written = length;
    return 0;
}

int keeper_write_tails(struct keeper *keeper)
{
    const struct shelves *shelves = store_shelves(keeper->store);
    size_t memory = 0;
    for (size_t i = 0; i < shelves->n; i++) {
        if (write_tail(keeper, shelves->list[i]) != 0)
            return -1;
        memory += shelves->list[i]->tail.room;
    }
    if (memory <= TAILS_BYTES)
        return 0;
    store_lock(keeper->store);
    for (size_t i = 0; i < shelves->n; i++)
        tail_drop(&shelves->list[i]->tail);
    store_unlock(keeper->store);
    return 0;
}

/* ---- the progress ---- */

static uint64_t inode_of(const struct disk_path *path)
{
    struct stat stat_;
    return stat(path->text, &stat_) == 0 ? stat_.st_ino : 0;
}

void keeper_note_progress(struct keeper *keeper)
{
    struct disk_path path = disk_progress_path(&keeper->disk, false);
    keeper->progress_inode = inode_of(&path);
}

int keeper_write_progress(struct keeper *keeper, struct progress progress)
{
    const struct shelves *shelves = store_shelves(keeper->store);
    struct disk_path temp = disk_progress_path(&keeper->disk, true),
                     path = disk_progress_path(&keeper->disk, false);
    uint8_t bytes[PROGRESS_BYTES];
    progress.canvases = shelves->n;
    progress.edits = 0;
    for (size_t i = 0; i < shelves->n; i++)
        progress.edits += shelves->list[i]->activity.edits;
    progress_encode(bytes, &progress);
    if (disk_write(temp.text, path.text, bytes, sizeof bytes) != 0)
        return fail_path(keeper, &path);
    keeper_note_progress(keeper);
    return 0;
}

bool keeper_is_bereft(const struct keeper *keeper)
{
    struct disk_path path = disk_progress_path(&keeper->disk, false);
    return keeper->progress_inode != 0 && inode_of(&path) != keeper->progress_inode;
}
