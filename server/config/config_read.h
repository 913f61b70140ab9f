/* SPDX-License-Identifier: ISC */
/*
 * config_read: what the operator wants of placed, from the configuration file, then the environment
 * (PLACED_...), then the command line, the later winning.
 */
#ifndef PLACED_CONFIG_CONFIG_READ_H
#define PLACED_CONFIG_CONFIG_READ_H

#include "config/config.h"
#include "config/settings_read.h"

/* argv as main has it. Prints messages by itself. The caller frees with config_finish, whatever the
 * result. */
enum config_result config_read(struct config *config, int argc, char *const argv[]);

#endif
