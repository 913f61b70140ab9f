/* SPDX-License-Identifier: ISC */
/*
 * confine: a child gives up the rights that it does not need, before it sees hostile input. What is
 * left is a list of system calls (seccomp); no others can be had back, by whatever code runs there.
 *
 * A call that is not on the list fails with EPERM, because libraries try things and go on without
 * them. Those that only an attacker makes end the process: running another program, and reading or
 * changing another process.
 *
 * Threads: those that run already are confined as well.
 */
#ifndef PLACED_RENDER_CHILD_CONFINE_H
#define PLACED_RENDER_CHILD_CONFINE_H

#include <stdbool.h>

enum { CHILD_ERROR_BYTES = 200 };

/* What a child may do behind child_confine, beside computing and using the descriptors that it
 * has. */
struct child_rights {
    bool read_files; /* open files for reading: data sources of a style */
    bool threads;    /* start threads, as libraries do for a picture */
    bool network;    /* connect: a style with a database */
};

/* Give up all rights but these. 0, or -1 with a reason in error. */
int child_confine(const struct child_rights *rights, char error[CHILD_ERROR_BYTES]);

#endif
