/* SPDX-License-Identifier: ISC */
/* control_first_token: the file that holds the first operator's token. */
#ifndef PLACED_CONTROL_CONTROL_FIRST_TOKEN_H
#define PLACED_CONTROL_CONTROL_FIRST_TOKEN_H

#include "control/control_actor.h"

/* Make a new token and the file that holds it, with mode 0600. A file that is there already is
 * replaced: its token may have been taken back for a reason. 0, or -1 with a reason in error. */
int control_first_token_make(const char *path, char token[CONTROL_TOKEN_BYTES],
                             char error[CONTROL_ERROR_BYTES]);

#endif
