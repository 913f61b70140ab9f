/* SPDX-License-Identifier: ISC */
/* commands: what makes placectl, for tools/common: its commands, a row each, from which parsing,
 * --help and completion are made, and where its server is. */
#ifndef PLACED_PLACECTL_COMMANDS_H
#define PLACED_PLACECTL_COMMANDS_H

#include "common/ctl_program.h"

extern const struct ctl_program placectl_program;

#endif
