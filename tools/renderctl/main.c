/* SPDX-License-Identifier: ISC */
/* renderctl: runs a placed-render server over its admin listener. */
#include <stdio.h>

#include "commands.h"
#include "common/stop.h"
#include "ctl.h"
#include "help.h"
#include "sys/descriptors.h"

static int run(const struct arguments *arguments)
{
    struct ctl ctl;
    int status = EXIT_WRONG;
    stop_on_signals();
    if (ctl_open(&ctl, arguments))
        status = arguments->command->run(&ctl, arguments);
    ctl_close(&ctl);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("renderctl: standard output: it could not be written\n", stderr);
        status = status == EXIT_DONE ? EXIT_FAILED : status;
    }
    stop_repeat_signal();
    return status;
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static struct arguments arguments;
    if (!options_read(&arguments, &renderctl_commands, argc, argv))
        return EXIT_WRONG;
    if (option_given(&arguments, OPTION_VERSION)) {
        puts("renderctl " PLACED_VERSION);
        return EXIT_DONE;
    }
    if (!option_given(&arguments, OPTION_HELP))
        return run(&arguments);
    if (arguments.command)
        help_print_command(stdout, arguments.command);
    else
        help_print(stdout, &renderctl_commands);
    return EXIT_DONE;
}
