/* SPDX-License-Identifier: ISC */
/* token: the operator's or moderator's token: from a file, or from the environment. */
#ifndef PLACED_PLACECTL_TOKEN_H
#define PLACED_PLACECTL_TOKEN_H

#include <stdbool.h>

enum {
    TOKEN_BYTES = 128, /* with its NUL */
    TOKEN_ERROR_BYTES = 400,
};

/* file: of --token-file, or NULL: then PLACECTL_TOKEN, PLACECTL_TOKEN_FILE and placed-data/token
 * are looked for. False with a reason in error. */
bool token_find(const char *file, char token[TOKEN_BYTES], char error[TOKEN_ERROR_BYTES]);

#endif
