/* SPDX-License-Identifier: ISC */
/* commands: what makes renderctl, for tools/common: its commands, a row each, from which parsing
 * and --help are made, and where its server is. */
#ifndef PLACED_RENDERCTL_COMMANDS_H
#define PLACED_RENDERCTL_COMMANDS_H

#include "common/ctl_program.h"

extern const struct ctl_program renderctl_program;

#endif
