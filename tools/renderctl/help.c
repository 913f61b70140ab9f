/* SPDX-License-Identifier: ISC */
/* help: see help.h. */
#include "help.h"

static const char end[] =
    "OP is thumbnail, grayscale, blur, rotate90, stencil, or the name of a pool, as `status` "
    "shows\n"
    "them. BATCH is the id of a batch, as `batches` shows it; OFFSET that of a dead letter.\n"
    "\n"
    "Environment: RENDERCTL_SERVER, the server; without it http://127.0.0.1:8083.\n"
    "Exit status: 0 when it is done, 1 when it failed, 2 for wrong usage, 3 when the server "
    "refused\n"
    "it.\n";

void help_print_more(FILE *out, const struct command *command)
{
    if (!command)
        fprintf(out, "\n%s", end);
}
