/* SPDX-License-Identifier: ISC */
/*
 * import_id: which import this is: the same for the same files and options, wherever it goes. So a
 * run knows its own records in the log, and what an earlier run sorted.
 */
#ifndef PLACED_IMPORT_IMPORT_ID_H
#define PLACED_IMPORT_IMPORT_ID_H

#include "options.h"
#include "work.h"

struct import_id {
    char text[WORK_ID_BYTES];
    uint64_t nonce; /* of header o; never 0 */
};

/* From the options that change what is appended, and from each file its size, first and last
 * 64 KiB. 0, or -1 with a reason in error. */
int import_id_make(const struct options *options, struct import_id *id,
                   char error[WORK_ERROR_BYTES]);

#endif
