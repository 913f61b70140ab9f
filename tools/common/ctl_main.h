/* SPDX-License-Identifier: ISC */
/* ctl_main: a program that runs a server over its admin listener, from its command line to its
 * exit status. */
#ifndef PLACED_TOOLS_CTL_MAIN_H
#define PLACED_TOOLS_CTL_MAIN_H

#include "ctl_program.h"

/* The exit status. */
int ctl_main(const struct ctl_program *program, int argc, char *argv[]);

#endif
