/* SPDX-License-Identifier: ISC */
/* child_process: a program as a child process with a socket to it. */
#ifndef PLACED_RENDER_FARM_CHILD_PROCESS_H
#define PLACED_RENDER_FARM_CHILD_PROCESS_H

#include <sys/types.h>

struct child_process {
    pid_t pid;
    int pidfd;  /* readable when it has ended */
    int socket; /* the other end of its descriptor WIRE_FD; does not block */
};

/* Start command (argv; command[0] is a path) with the descriptors 0 to 3 and no others: input is
 * empty, output is our standard error. It is the first of a process group of its own, so that a
 * terminal's Ctrl-C does not reach it. 0, or -1 with errno. Whoever started it closes both
 * descriptors and reaps it. */
int child_process_start(struct child_process *child, const char *const *command);

#endif
