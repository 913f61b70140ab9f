/* SPDX-License-Identifier: ISC */
/* help: what --help says of arguments, and, from the tables, what a shell may complete a line
 * with. */
#ifndef PLACED_PLACECTL_HELP_H
#define PLACED_PLACECTL_HELP_H

#include <stdio.h>

#include "common/ctl_program.h"

/* What --help of this command, or of all (NULL), says behind the options. */
void help_print_more(FILE *out, const struct command *command);

/* Lines that the last of these n words may become; the words before it are complete. */
void help_complete(FILE *out, const struct ctl_program *program, const char *const *words,
                   size_t n);

#endif
