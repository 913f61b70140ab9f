/* SPDX-License-Identifier: ISC */
/*
 * checkpoint: the canvas on disk, so that a restart takes milliseconds instead of a replay. An LMDB
 * environment of its own with two alternating slots; a bad slot falls back to the other one.
 * One thread at a time.
 */
#ifndef PLACED_DERIVED_CHECKPOINT_H
#define PLACED_DERIVED_CHECKPOINT_H

#include "core/canvas.h"

struct checkpoint;

/* Which log the canvas was folded from; a checkpoint of another log is refused at start. */
struct checkpoint_log {
    char cluster[64]; /* as log_identify gives them, cut if longer, NUL-terminated */
    char topic[256];
};

enum checkpoint_load {
    CHECKPOINT_LOADED,
    CHECKPOINT_NONE, /* nothing there, or no slot that is whole: fold from the beginning */
};

enum { CHECKPOINT_ERROR_BYTES = 256 };

/* Open or make the store in directory dir (made if missing, with its parents). NULL with a message
 * in error: not allowed, no space, in use by another process. A file that LMDB cannot read is kept
 * under another name and a new one begun, since all of it can be had again from the log. */
struct checkpoint *checkpoint_open(const char *dir, char error[CHECKPOINT_ERROR_BYTES]);

/* The newest whole slot into canvas and log, else a blank canvas. A bad slot is reported by
 * diag_warn. */
enum checkpoint_load checkpoint_load(struct checkpoint *checkpoint, struct canvas *canvas,
                                     struct checkpoint_log *log);

/* Write canvas into the older slot, durably. 0, or -1 with a message in error (disk full: the
 * checkpoint before this one stays). */
int checkpoint_save(struct checkpoint *checkpoint, const struct canvas *canvas,
                    const struct checkpoint_log *log, char error[CHECKPOINT_ERROR_BYTES]);

/* Forget all slots (--rebuild). 0 or -1 with a message. */
int checkpoint_clear(struct checkpoint *checkpoint, char error[CHECKPOINT_ERROR_BYTES]);

void checkpoint_close(struct checkpoint *checkpoint); /* NULL is fine */

#endif
