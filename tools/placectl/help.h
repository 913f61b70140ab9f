/* SPDX-License-Identifier: ISC */
/* help: what --help prints, and what a shell may complete a line with: both from the tables. */
#ifndef PLACED_PLACECTL_HELP_H
#define PLACED_PLACECTL_HELP_H

#include <stdio.h>

#include "options.h"

/* Of all commands, or of one. */
void help_print(FILE *out, const struct commands *commands);
void help_print_command(FILE *out, const struct command *command);

/* Lines that the last of these n words may become; the words before it are complete. */
void help_complete(FILE *out, const struct commands *commands, const char *const *words, size_t n);

#endif
