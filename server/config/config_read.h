/* SPDX-License-Identifier: ISC */
/*
 * config_read: what the operator wants, from the configuration file, then the environment
 * (PLACED_...), then the command line, the later winning. Unknown keys and bad values are refused
 * with where, what, and what was expected.
 */
#ifndef PLACED_CONFIG_CONFIG_READ_H
#define PLACED_CONFIG_CONFIG_READ_H

#include "config/config.h"

enum config_result {
    CONFIG_RUN,
    CONFIG_DONE, /* --help, --version or --check-config has been answered: exit 0 */
    CONFIG_BAD,  /* a message has been printed: exit 2 */
};

/* argv as main has it. Prints messages by itself. The caller frees with config_finish, whatever the
 * result. */
enum config_result config_read(struct config *config, int argc, char *const argv[]);

#endif
