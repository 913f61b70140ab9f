/* SPDX-License-Identifier: ISC */
/* control_first_token: the file that holds the first operator's token. */
#ifndef PLACED_CONTROL_CONTROL_FIRST_TOKEN_H
#define PLACED_CONTROL_CONTROL_FIRST_TOKEN_H

#include <stdbool.h>

#include "control/control_actor.h"

/* The token of the file; a new one, and the file with mode 0600, when there is no file: then *made.
 * A file that others may read, or that holds something else, is refused. 0, or -1 with a reason in
 * error. */
int control_first_token_open(const char *path, char token[CONTROL_TOKEN_BYTES], bool *made,
                             char error[CONTROL_ERROR_BYTES]);

#endif
