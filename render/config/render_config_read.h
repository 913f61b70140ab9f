/* SPDX-License-Identifier: ISC */
/* render_config_read: placed-render as a program with settings. */
#ifndef PLACED_RENDER_CONFIG_RENDER_CONFIG_READ_H
#define PLACED_RENDER_CONFIG_RENDER_CONFIG_READ_H

#include "config/settings_read.h"
#include "render/config/render_config.h"

/* argv as main has it. Prints messages by itself. The caller frees with render_config_finish,
 * whatever the result. */
enum config_result render_config_read(struct render_config *config, int argc, char *const argv[]);

#endif
