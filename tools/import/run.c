/* SPDX-License-Identifier: ISC */
/* run: see run.h. */
#include "run.h"

#include <inttypes.h>
#include <stdio.h>

void run_path(char path[RUN_PATH_BYTES], const char *folder, uint64_t number)
{
    snprintf(path, RUN_PATH_BYTES, "%s/run-%" PRIu64, folder, number);
}
