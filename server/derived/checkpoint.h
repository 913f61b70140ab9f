/* SPDX-License-Identifier: ISC */
/*
 * checkpoint: the canvases of the plane on disk, so that a restart takes milliseconds instead of a
 * fold of the whole log. One thread at a time.
 *
 * It is fuzzy: a save first notes how far the plane has been read, then copies the canvases one by
 * one while the log goes on. So a canvas may be newer than the plane; its own version says by how
 * much, and the fold that goes on from the plane's version leaves out what the canvas has already.
 * Such a canvas holds records that are not below the plane's version. So the record that proves the
 * log is not the last one before that version but the newest one read when the copies were made: a
 * log that has lost its end, or has got another one, is not taken for the one that was folded.
 *
 * There is one entry a canvas, not two in turn. A second one would guard against two things:
 * - A crash in the middle of a save. LMDB never overwrites what the last commit refers to, and it
 *   switches to the new state by one write to one of its two meta pages: a save that is cut short
 *   leaves the state before it.
 * - A disk that damages the newest entry. Then the whole checkpoint is dropped and the log is
 *   folded from its beginning. That costs seconds, once, and no edit: the log is the truth. A
 *   second entry of every canvas would double the disk space and the bytes of a save, and there
 *   would have to be proof that the older entries of some canvases and the newer ones of others
 *   belong together.
 * So nothing is repaired: whatever is doubtful is dropped as a whole.
 */
#ifndef PLACED_DERIVED_CHECKPOINT_H
#define PLACED_DERIVED_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "derived/checkpoint_contents.h"

struct checkpoint;

/* Where a save gets the canvases from. */
struct checkpoint_source {
    /* A save begins: how far the plane has been read, and of which log. What has been read by now
     * shows in the copies that follow. False: there is no memory to list the canvases. */
    bool (*begin)(struct checkpoint_source *source, struct checkpoint_plane *plane);
    /* The i-th painted canvas, in any order that lasts as long as the save: its position and
     * version as they are now; no pixels. False when there are no more. */
    bool (*look)(struct checkpoint_source *source, size_t i, struct checkpoint_canvas *canvas);
    /* All of it, of this moment or later. The pixels are used until the next call. */
    void (*copy)(struct checkpoint_source *source, size_t i, struct checkpoint_canvas *canvas);
    /* The newest record read by now. While it is older than a copy that was made, which can be for
     * a moment, it is asked for again. */
    void (*prove)(struct checkpoint_source *source, struct anchor *anchor);
};

/* Where a load puts the canvases. */
struct checkpoint_sink {
    uint8_t *pixels; /* room for those of one canvas, of the caller */
    /* One canvas, its pixels being in that room. False when there is no memory for it. */
    bool (*take)(struct checkpoint_sink *sink, const struct checkpoint_canvas *canvas);
};

enum checkpoint_load {
    CHECKPOINT_LOADED,
    CHECKPOINT_NONE,      /* nothing there, or not to be believed: fold from the beginning */
    CHECKPOINT_NO_MEMORY, /* the sink has returned false */
};

enum { CHECKPOINT_ERROR_BYTES = 256 };

/* Open or make the store in directory dir (made if missing, with its parents). NULL with a message
 * in error: not allowed, no space, in use by another process. A file that LMDB cannot read is kept
 * under another name and a new one begun, since all of it can be had again from the log. */
struct checkpoint *checkpoint_open(const char *dir, char error[CHECKPOINT_ERROR_BYTES]);

/* The plane, and its canvases into the sink. Every entry is checked before the sink gets the first
 * canvas. What cannot be believed is set aside as a whole, with a warning. */
enum checkpoint_load checkpoint_load(struct checkpoint *checkpoint, struct checkpoint_plane *plane,
                                     struct checkpoint_sink *sink);

/* Write, durably, the canvases that have another version than their entry, and the plane with
 * them. 1; 0 when nothing has been read since the last save; -1 with a message in error (disk full:
 * what was saved before stays). */
int checkpoint_save(struct checkpoint *checkpoint, struct checkpoint_source *source,
                    char error[CHECKPOINT_ERROR_BYTES]);

/* Forget everything (--rebuild). 0 or -1 with a message. */
int checkpoint_clear(struct checkpoint *checkpoint, char error[CHECKPOINT_ERROR_BYTES]);

void checkpoint_close(struct checkpoint *checkpoint); /* NULL is fine */

#endif
