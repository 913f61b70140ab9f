/* SPDX-License-Identifier: ISC */
/*
 * child: what the programs that render have in common: limits, rights, and the loop over tasks. A
 * child's main is: read its style, child_confine, child_run.
 *
 * Threads: a child's own. Threads must be started before child_confine.
 */
#ifndef PLACED_RENDER_CHILD_CHILD_H
#define PLACED_RENDER_CHILD_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/name/picture.h"

enum { CHILD_ERROR_BYTES = 200 };

/* What a child may do behind child_confine, beside computing and speaking on descriptor 3. */
struct child_rights {
    bool read_files; /* open files for reading: data sources of a style */
    bool threads;    /* start threads, as libraries do for a picture */
    bool network;    /* connect: a style with a database */
};

struct child {
    /* Render the job whose first picture this is; input: a descriptor to read, or -1, which
     * child_run closes. Calls child_send for each picture, `place` first. 0, or -1 with a reason in
     * error: the task has failed, the child goes on. */
    int (*render)(struct child *child, const struct picture *first, unsigned place, int input,
                  char error[CHILD_ERROR_BYTES]);
};

/* First thing in main: end with the parent, close every descriptor but 0 to 3, at most memory_bytes
 * of address space (0: no limit; never under AddressSanitizer). */
void child_begin(uint64_t memory_bytes);

/* Give up all rights but these (seccomp). 0, or -1 with a reason in error. */
int child_confine(const struct child_rights *rights, char error[CHILD_ERROR_BYTES]);

/* Say that it is ready, and render until the farm closes the socket. The exit status. */
int child_run(struct child *child);

/* One picture of the job, encoded. 0, or -1: the farm has gone, render returns -1. */
int child_send(struct child *child, unsigned place, const void *bytes, size_t len);

#endif
