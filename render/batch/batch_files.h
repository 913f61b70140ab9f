/* SPDX-License-Identifier: ISC */
/* batch_files: the states of batches on the disk, a file each, written by a thread of their own:
 * beside and renamed, so that a crash leaves the old or the new one. Threads: one at a time. */
#ifndef PLACED_RENDER_BATCH_BATCH_FILES_H
#define PLACED_RENDER_BATCH_BATCH_FILES_H

#include "render/batch/batch_state.h"

enum { BATCH_FILES_ERROR_BYTES = 256 };

struct batch_files;

/* Make the folder, and give each state in it to `found`. NULL with a reason in error. */
struct batch_files *batch_files_open(const char *dir,
                                     void (*found)(void *context, const struct batch_state *state),
                                     void *context, char error[BATCH_FILES_ERROR_BYTES]);

/* Write what waits. NULL is fine. */
void batch_files_close(struct batch_files *files);

/* Soon; a state of the same batch that waits is replaced. */
void batch_files_save(struct batch_files *files, const struct batch_state *state);
void batch_files_remove(struct batch_files *files, const char *id);

#endif
