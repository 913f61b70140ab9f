/* SPDX-License-Identifier: ISC */
/* blocks_folder: the blocks of a server as its history has them on the disk
 * (server/history/disk.h), also while the server runs. */
#ifndef PLACED_TOOLS_BLOCKS_FOLDER_H
#define PLACED_TOOLS_BLOCKS_FOLDER_H

#include <stdbool.h>

#include "blocks.h"

/* Is it DATA/history/G, or DATA/history with the folder of one log in it? */
bool blocks_folder_is(const char *path);

/* Only what the file `progress` stands for is there: a server that was killed may have written
 * more. NULL with a reason in error. */
struct blocks *blocks_folder_open(const char *path, char error[BLOCKS_ERROR_BYTES]);

#endif
