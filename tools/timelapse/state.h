/* SPDX-License-Identifier: ISC */
/*
 * state: what a run that was stopped leaves beside its output, so that the same command goes on
 * where it was. A text of a few lines with a CRC.
 */
#ifndef PLACED_TIMELAPSE_STATE_H
#define PLACED_TIMELAPSE_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "plan.h"

enum { STATE_ERROR_BYTES = 256, STATE_COMMAND_BYTES = 512 };

struct state {
    char command[STATE_COMMAND_BYTES]; /* the options that shape the output, in one form */
    struct plan plan;                  /* what they meant when the run began */
    uint64_t frame;                    /* the first frame that is not in the output for good */
    uint32_t picture_crc;              /* crc32c of the picture that this frame shows */
    uint64_t bytes;     /* of the output that are for good, and their crc32c; 0 and 0 */
    uint32_t bytes_crc; /* where an output has nothing of the kind */
};

enum state_result { STATE_NONE, STATE_READ, STATE_BAD };

/* STATE_NONE when there is no such file; STATE_BAD, with a reason in error, when there is one that
 * this program has not written. */
enum state_result state_load(const char *path, struct state *state, char error[STATE_ERROR_BYTES]);

/* Written to a file beside it, and renamed. 0, or -1 with a reason in error. */
int state_save(const char *path, const struct state *state, char error[STATE_ERROR_BYTES]);

/* With what a save that was killed has left. 0, also when there is none; -1 with a reason in
 * error. */
int state_remove(const char *path, char error[STATE_ERROR_BYTES]);

#endif
