/* SPDX-License-Identifier: ISC */
/* ctl_main: see ctl_main.h. */
#include "ctl_main.h"

#include <stdio.h>

#include "ctl.h"
#include "ctl_help.h"
#include "ctl_options.h"
#include "stop.h"

static int run(const struct arguments *arguments)
{
    struct ctl ctl;
    int status = EXIT_WRONG;
    stop_on_signals();
    if (ctl_open(&ctl, arguments))
        status = arguments->command->run(&ctl, arguments);
    ctl_close(&ctl);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        ctl_fail(&ctl, "standard output: it could not be written");
        status = status == EXIT_DONE ? EXIT_FAILED : status;
    }
    stop_repeat_signal();
    return status;
}

int ctl_main(const struct ctl_program *program, int argc, char *argv[])
{
    static struct arguments arguments;
    if (!options_read(&arguments, program, argc, argv))
        return EXIT_WRONG;
    if (options_value(&arguments, "version")) {
        printf("%s " PLACED_VERSION "\n", program->name);
        return EXIT_DONE;
    }
    if (!options_value(&arguments, "help"))
        return run(&arguments);
    if (arguments.command)
        help_print_command(stdout, program, arguments.command);
    else
        help_print(stdout, program);
    return EXIT_DONE;
}
