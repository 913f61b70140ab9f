/* SPDX-License-Identifier: ISC */
/* commands: the table: a row a command, from which parsing and --help are made. */
#ifndef PLACED_RENDERCTL_COMMANDS_H
#define PLACED_RENDERCTL_COMMANDS_H

#include "options.h"

extern const struct commands renderctl_commands;

#endif
