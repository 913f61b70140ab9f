/* SPDX-License-Identifier: ISC */
/*
 * disk: the files of one log's history, below a folder that is named after the log:
 * FOLDER/GX,GY/NAME, and FOLDER/progress. What is written whole appears whole (a temporary file and
 * rename). No descriptor stays open. Functions return -1 with errno, and say nothing.
 */
#ifndef PLACED_HISTORY_DISK_H
#define PLACED_HISTORY_DISK_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/position.h"
#include "core/record.h"

/* Of which log, and where. */
struct disk {
    uint8_t genesis[GENESIS_BYTES];
    char folder[PATH_MAX];
};

enum disk_kind {
    DISK_CANVAS,   /* the folder of a canvas */
    DISK_ROWS,     /* rows of its complete blocks */
    DISK_BLOCK,    /* complete block `number` */
    DISK_KEYFRAME, /* the canvas before block `number` */
    DISK_TAIL,     /* records of block `number`, which is not complete */
    DISK_TEMP,     /* becomes one of the others */
};

enum { DISK_PATH_BYTES = PATH_MAX + 64 }; /* a folder and what stands below it */

struct disk_path {
    char text[DISK_PATH_BYTES];
};

/* The folder of a log below root. False: the path is too long. */
bool disk_init(struct disk *disk, const char *root, const uint8_t genesis[GENESIS_BYTES]);

/* number: of the block; 0 where the kind has none. */
struct disk_path disk_path(const struct disk *disk, struct position position, enum disk_kind kind,
                           uint64_t number);
struct disk_path disk_progress_path(const struct disk *disk, bool temp);

/* Make a folder and, where they are missing, the ones above it. */
int disk_make_folder(const char *path);

/* A whole file, malloced; EFBIG when it has more than max bytes. */
int disk_read(const char *path, size_t max, uint8_t **bytes, size_t *len);

/* The first len bytes of a file into bytes; ENODATA when it has fewer. */
int disk_read_start(const char *path, uint8_t *bytes, size_t len);

/* Replace path by these bytes, whole or not at all. */
int disk_write(const char *temp, const char *path, const uint8_t *bytes, size_t len);

/* Append to a file that has exactly `at` bytes (0: make it); ESTALE when it has not: somebody else
 * has changed it. */
int disk_append(const char *path, size_t at, const uint8_t *bytes, size_t len);

/* Remove a folder with what is in it, symbolic links as such, at most depth folders deep. */
int disk_remove_tree(const char *path, int depth);

/* The folders of canvases, in no order: malloced into *positions. */
int disk_list_canvases(const struct disk *disk, struct position **positions, size_t *n);

/* What may stay in the folder of a canvas. */
struct disk_keep {
    uint64_t blocks; /* complete ones, and keyframes before those and before the next */
    bool tail;       /* the working file of the block after them */
};

/* Remove from the folder of a canvas what history once wrote there and does not need. Best effort.
 */
void disk_sweep(const struct disk *disk, struct position position, struct disk_keep keep);

/* Remove the folders below root that are named as those of other logs. Returns how many. */
size_t disk_remove_others(const char *root, const struct disk *disk);

#endif
