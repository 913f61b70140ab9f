/* SPDX-License-Identifier: ISC */
/* ctl_help: see ctl_help.h. */
#include "ctl_help.h"

static void print_option(FILE *out, const struct ctl_program *program, size_t i)
{
    const struct option_row *row = &program->options[i];
    char name[40];
    snprintf(name, sizeof name, "--%s%s%s", row->name, row->argument ? " " : "",
             row->argument ? row->argument : "");
    fprintf(out, "  %-*s %s\n", program->option_width, name, row->help);
}

/* The command with its arguments and options, as a synopsis. */
static void print_synopsis(FILE *out, const struct ctl_program *program,
                           const struct command *command)
{
    fprintf(out, "%s%s%s", command->name, *command->arguments ? " " : "", command->arguments);
    for (size_t i = program->options_global; i < program->options_n; i++) {
        const struct option_row *row = &program->options[i];
        if (command->options >> i & 1)
            fprintf(out, " [--%s%s%s]", row->name, row->argument ? " " : "",
                    row->argument ? row->argument : "");
    }
    fputc('\n', out);
}

void help_print(FILE *out, const struct ctl_program *program)
{
    fprintf(out, "usage: %s COMMAND [ARGUMENT]... [OPTION]...\n\n%s\n\n", program->name,
            program->purpose);
    for (size_t i = 0; i < program->commands_n; i++) {
        fputs("  ", out);
        print_synopsis(out, program, &program->commands[i]);
        fprintf(out, "      %s\n", program->commands[i].help);
    }
    fputs("\nOptions of all commands:\n", out);
    for (size_t i = 0; i < program->options_global; i++)
        print_option(out, program, i);
    program->print_more(out, NULL);
}

void help_print_command(FILE *out, const struct ctl_program *program, const struct command *command)
{
    fprintf(out, "usage: %s ", program->name);
    print_synopsis(out, program, command);
    fprintf(out, "\n%s\n\n", command->help);
    for (size_t i = 0; i < program->options_n; i++) {
        if (i < program->options_global || command->options >> i & 1)
            print_option(out, program, i);
    }
    program->print_more(out, command);
}
