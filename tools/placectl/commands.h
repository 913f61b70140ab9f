/* SPDX-License-Identifier: ISC */
/* commands: the table: a row a command, from which parsing, --help and completion are made. */
#ifndef PLACED_PLACECTL_COMMANDS_H
#define PLACED_PLACECTL_COMMANDS_H

#include "options.h"

extern const struct commands placectl_commands;

#endif
