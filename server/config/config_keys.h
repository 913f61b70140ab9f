/* SPDX-License-Identifier: ISC */
/* config_keys: the table of placed's options. */
#ifndef PLACED_CONFIG_CONFIG_KEYS_H
#define PLACED_CONFIG_CONFIG_KEYS_H

#include "config/setting.h"

enum { KEY_COUNT = 34 };

extern const struct setting keys[KEY_COUNT]; /* of struct config */

#endif
