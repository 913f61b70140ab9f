/* SPDX-License-Identifier: ISC */
/* canvas_files: see canvas_files.h. */
#include "history/canvas_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/crc32c.h"

/* A file of at most max bytes. */
static enum files_result read_file(const struct disk_path *path, size_t max, uint8_t **bytes,
                                   size_t *len)
{
    if (disk_read(path->text, max, bytes, len) == 0)
        return FILES_OK;
    return errno == ENOMEM ? FILES_NO_MEMORY : FILES_BAD;
}

enum files_result canvas_files_block(const struct disk *disk, struct position position,
                                     uint64_t number, const struct store_row *row, uint8_t **bytes)
{
    struct disk_path path = disk_path(disk, position, DISK_BLOCK, number);
    size_t len;
    enum files_result result = read_file(&path, row->bytes, bytes, &len);
    if (result != FILES_OK)
        return result;
    if (len == row->bytes && crc32c(0, *bytes, len) == row->crc)
        return FILES_OK;
    free(*bytes);
    *bytes = NULL;
    return FILES_BAD;
}

enum files_result canvas_files_apply(const struct disk *disk, struct position position,
                                     uint64_t number, const struct store_row *row, uint8_t *pixels)
{
    uint8_t *bytes;
    struct block block;
    enum files_result result = canvas_files_block(disk, position, number, row, &bytes);
    if (result != FILES_OK)
        return result;
    if (block_parse(&block, bytes, row->bytes) == NULL)
        block_apply(&block, block.head.n_records, pixels);
    else
        result = FILES_BAD;
    free(bytes);
    return result;
}

/* ---- keyframes ---- */

static struct keyframe_head head_of(const struct disk *disk, struct position position,
                                    uint64_t number, const struct store_row *before)
{
    struct keyframe_head head = {.position = position, .block = number, .version = before->to};
    memcpy(head.genesis, disk->genesis, GENESIS_BYTES);
    memcpy(head.chain, before->chain, DIGEST_BYTES);
    return head;
}

enum files_result canvas_files_keyframe(const struct disk *disk, struct position position,
                                        uint64_t number, const struct store_row *before,
                                        uint8_t *pixels)
{
    struct disk_path path = disk_path(disk, position, DISK_KEYFRAME, number);
    struct keyframe_head expected = head_of(disk, position, number, before);
    uint8_t *bytes;
    size_t len;
    enum files_result result = read_file(&path, KEYFRAME_BYTES, &bytes, &len);
    if (result != FILES_OK)
        return result;
    if (keyframe_decode(bytes, len, &expected, pixels) != NULL)
        result = FILES_BAD;
    free(bytes);
    return result;
}

static int write_keyframe(const struct disk *disk, struct position position, uint64_t number,
                          const struct store_row *before, const uint8_t *pixels)
{
    struct disk_path temp = disk_path(disk, position, DISK_TEMP, 0),
                     path = disk_path(disk, position, DISK_KEYFRAME, number);
    struct keyframe_head head = head_of(disk, position, number, before);
    uint8_t *bytes = malloc(KEYFRAME_BYTES);
    if (!bytes)
        return -1;
    keyframe_encode(bytes, &head, pixels);
    int result = disk_write(temp.text, path.text, bytes, KEYFRAME_BYTES);
    int error = errno;
    free(bytes);
    errno = error;
    return result;
}

int canvas_files_make_keyframe(const struct disk *disk, struct position position, uint64_t number,
                               const struct store_row *rows, enum files_result *result)
{
    uint64_t first = number - KEYFRAME_BLOCKS;
    uint8_t *pixels = calloc(1, CANVAS_PIXELS);
    *result = pixels ? FILES_OK : FILES_NO_MEMORY;
    if (pixels && first > 0)
        *result = canvas_files_keyframe(disk, position, first, &rows[first - 1], pixels);
    for (uint64_t i = first; i < number && *result == FILES_OK; i++)
        *result = canvas_files_apply(disk, position, i, &rows[i], pixels);
    int written = 0;
    if (*result == FILES_OK)
        written = write_keyframe(disk, position, number, &rows[number - 1], pixels);
    int error = errno;
    free(pixels);
    errno = error;
    return written;
}
