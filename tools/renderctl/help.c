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

static void print_option(FILE *out, size_t i)
{
    const struct option_row *row = &option_rows[i];
    char name[40];
    snprintf(name, sizeof name, "--%s%s%s", row->name, row->argument ? " " : "",
             row->argument ? row->argument : "");
    fprintf(out, "  %-16s %s\n", name, row->help);
}

/* The command with its arguments and options, as a synopsis. */
static void print_synopsis(FILE *out, const struct command *command)
{
    fprintf(out, "%s%s%s", command->name, *command->arguments ? " " : "", command->arguments);
    for (size_t i = OPTIONS_GLOBAL; i < OPTIONS_N; i++) {
        const struct option_row *row = &option_rows[i];
        if (command->options >> i & 1)
            fprintf(out, " [--%s%s%s]", row->name, row->argument ? " " : "",
                    row->argument ? row->argument : "");
    }
    fputc('\n', out);
}

void help_print(FILE *out, const struct commands *commands)
{
    fputs(
        "usage: renderctl COMMAND [ARGUMENT]... [OPTION]...\n"
        "\n"
        "Run a placed-render server over its admin listener.\n"
        "\n",
        out);
    for (size_t i = 0; i < commands->n; i++) {
        fputs("  ", out);
        print_synopsis(out, &commands->rows[i]);
        fprintf(out, "      %s\n", commands->rows[i].help);
    }
    fputs("\nOptions of all commands:\n", out);
    for (size_t i = 0; i < OPTIONS_GLOBAL; i++)
        print_option(out, i);
    fprintf(out, "\n%s", end);
}

void help_print_command(FILE *out, const struct command *command)
{
    fputs("usage: renderctl ", out);
    print_synopsis(out, command);
    fprintf(out, "\n%s\n\n", command->help);
    for (size_t i = 0; i < OPTIONS_N; i++) {
        if (i < OPTIONS_GLOBAL || command->options >> i & 1)
            print_option(out, i);
    }
}
