/* SPDX-License-Identifier: ISC */
/*
 * child: what the programs that render have in common: limits, and the loop over tasks. A child's
 * main is: child_begin, read its style, child_confine (confine.h), child_run.
 *
 * Threads: a child's own. Threads must be started before child_confine.
 */
#ifndef PLACED_RENDER_CHILD_CHILD_H
#define PLACED_RENDER_CHILD_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/child/confine.h"
#include "render/name/picture.h"

struct child {
    /* Render the job whose first picture this is; input: a descriptor to read, or -1, which
     * child_run closes. Calls child_send for each picture, `place` first. 0, or -1 with a reason in
     * error: the task has failed, the child goes on. */
    int (*render)(struct child *child, const struct picture *first, unsigned place, int input,
                  char error[CHILD_ERROR_BYTES]);
    /* child_run's own, of the task under way: */
    uint64_t sent;     /* a bit for each picture that the farm has */
    unsigned pictures; /* of the job */
    bool gone;         /* the farm has closed the socket */
};

/* First thing in main: end with the parent, close every descriptor but 0 to 3, leave no core file,
 * let everything else on the machine go first, take at most memory_bytes of address space (0: no
 * limit; never under AddressSanitizer, whose shadow needs terabytes of it). */
void child_begin(uint64_t memory_bytes);

/* Say that it is ready, and render until the farm closes the socket. The exit status: 0, or 1 after
 * a message on standard error. */
int child_run(struct child *child);

/* One picture of the job, encoded: each is sent once, and is not empty. 0, or -1: the farm has
 * gone, render returns -1. */
int child_send(struct child *child, unsigned place, const void *bytes, size_t len);

#endif
