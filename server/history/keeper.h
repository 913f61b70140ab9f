/* SPDX-License-Identifier: ISC */
/*
 * keeper: puts what is new in the shelves on the disk: records of open blocks into their working
 * files, blocks that are complete, keyframes, and the progress. What has failed leaves files that
 * load goes on from.
 */
#ifndef PLACED_HISTORY_KEEPER_H
#define PLACED_HISTORY_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history/disk.h"
#include "history/progress.h"
#include "history/store.h"

enum { KEEPER_ERROR_BYTES = DISK_PATH_BYTES + 128 };

/* Where, and what is being kept. */
struct keeper {
    struct store *store;
    struct disk disk;
    size_t blocks;                  /* completed so far */
    char error[KEEPER_ERROR_BYTES]; /* why the last call failed */
    uint64_t progress_inode;        /* of the file that was written last; 0: none was */
};

/* Each 0, or -1 with a reason in keeper->error. */

/* The shelf's open block has become complete: put it on the disk, and open the next one. */
int keeper_complete(struct keeper *keeper, struct shelf *shelf);

/* All records that are in memory alone; and let go of memory where the open blocks take a lot. */
int keeper_write_tails(struct keeper *keeper);

/* After keeper_write_tails: how far they go. Counts of canvases and edits are filled in here. */
int keeper_write_progress(struct keeper *keeper, struct progress progress);

/* After loading: the progress that is there now is the one to look for. */
void keeper_note_progress(struct keeper *keeper);

/* Has somebody removed what was written? */
bool keeper_is_bereft(const struct keeper *keeper);

#endif
