/* SPDX-License-Identifier: ISC */
/* placectl: moderates and runs a placed server over its admin listener. */
#include <stdio.h>
#include <string.h>

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
        fputs("placectl: standard output: it could not be written\n", stderr);
        status = status == EXIT_DONE ? EXIT_FAILED : status;
    }
    stop_repeat_signal();
    return status;
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static struct arguments arguments;
    if (argc > 1 && strcmp(argv[1], "--complete") == 0) { /* for the completion of a shell */
        help_complete(stdout, &placectl_commands, (const char *const *)argv + 2, (size_t)argc - 2);
        return EXIT_DONE;
    }
    if (!options_read(&arguments, &placectl_commands, argc, argv))
        return EXIT_WRONG;
    if (option_given(&arguments, OPTION_VERSION)) {
        puts("placectl " PLACED_VERSION);
        return EXIT_DONE;
    }
    if (!option_given(&arguments, OPTION_HELP))
        return run(&arguments);
    if (arguments.command)
        help_print_command(stdout, arguments.command);
    else
        help_print(stdout, &placectl_commands);
    return EXIT_DONE;
}
