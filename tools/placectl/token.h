/* SPDX-License-Identifier: ISC */
/* token: the operator's or moderator's token: from a file, or from the environment. */
#ifndef PLACED_PLACECTL_TOKEN_H
#define PLACED_PLACECTL_TOKEN_H

#include <stdbool.h>

#include "common/ctl_program.h"

/* file: of --token-file, or NULL: then PLACECTL_TOKEN, PLACECTL_TOKEN_FILE and placed-data/token
 * are looked for. False with a reason in error. */
bool token_find(const char *file, char token[CTL_TOKEN_BYTES], char error[CTL_TOKEN_ERROR_BYTES]);

#endif
