/* SPDX-License-Identifier: ISC */
/* placectl: moderates and runs a placed server over its admin listener. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "common/ctl_main.h"
#include "help.h"
#include "sys/descriptors.h"

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    if (argc > 1 && strcmp(argv[1], "--complete") == 0) { /* for the completion of a shell */
        help_complete(stdout, &placectl_program, (const char *const *)argv + 2, (size_t)argc - 2);
        return 0;
    }
    return ctl_main(&placectl_program, argc, argv);
}
