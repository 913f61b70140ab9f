/* SPDX-License-Identifier: ISC */
/* ctl_help: what --help prints, from a program's tables. */
#ifndef PLACED_TOOLS_CTL_HELP_H
#define PLACED_TOOLS_CTL_HELP_H

#include <stdio.h>

#include "ctl_program.h"

/* Of all commands, or of one. */
void help_print(FILE *out, const struct ctl_program *program);
void help_print_command(FILE *out, const struct ctl_program *program,
                        const struct command *command);

#endif
