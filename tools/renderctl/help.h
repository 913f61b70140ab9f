/* SPDX-License-Identifier: ISC */
/* help: what --help says of arguments. */
#ifndef PLACED_RENDERCTL_HELP_H
#define PLACED_RENDERCTL_HELP_H

#include <stdio.h>

#include "common/ctl_program.h"

/* What --help of this command, or of all (NULL), says behind the options. */
void help_print_more(FILE *out, const struct command *command);

#endif
