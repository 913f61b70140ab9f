/* SPDX-License-Identifier: ISC */
/* help: what --help prints, from the tables. */
#ifndef PLACED_RENDERCTL_HELP_H
#define PLACED_RENDERCTL_HELP_H

#include <stdio.h>

#include "options.h"

/* Of all commands, or of one. */
void help_print(FILE *out, const struct commands *commands);
void help_print_command(FILE *out, const struct command *command);

#endif
