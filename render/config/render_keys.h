/* SPDX-License-Identifier: ISC */
/* render_keys: the table of placed-render's options. */
#ifndef PLACED_RENDER_CONFIG_RENDER_KEYS_H
#define PLACED_RENDER_CONFIG_RENDER_KEYS_H

#include "config/setting.h"

enum { RENDER_KEY_COUNT = 25 };

extern const struct setting render_keys[RENDER_KEY_COUNT]; /* of struct render_config */

#endif
