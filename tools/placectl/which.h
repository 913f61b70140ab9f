/* SPDX-License-Identifier: ISC */
/*
 * which: which edits are meant, as PRED on the command line: its parts joined to one text, which
 * the server reads. What is surely wrong is told here, before anything is asked. Pure.
 */
#ifndef PLACED_PLACECTL_WHICH_H
#define PLACED_PLACECTL_WHICH_H

#include <stdbool.h>

#include "options.h"

enum {
    WHICH_BYTES = 3072, /* what the server takes */
    WHICH_ERROR_BYTES = 200,
};

/* From the words and --except. False with what was expected in error. */
bool which_join(const struct arguments *arguments, char which[WHICH_BYTES],
                char error[WHICH_ERROR_BYTES]);

#endif
