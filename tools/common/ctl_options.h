/* SPDX-License-Identifier: ISC */
/*
 * ctl_options: the command line, read by a program's table of commands and its table of options:
 * what a command takes is said in its row, and so is known to --help and to the completion of a
 * shell. Options may stand anywhere; "--" ends them.
 */
#ifndef PLACED_TOOLS_CTL_OPTIONS_H
#define PLACED_TOOLS_CTL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl_program.h"

enum {
    ARGUMENTS_OPTIONS = 64, /* the bits of a command */
    ARGUMENTS_WORDS = 1025,
};

struct arguments {
    const struct ctl_program *program;
    const struct command *command;         /* NULL: none was named */
    const char *values[ARGUMENTS_OPTIONS]; /* "" for a flag that is given; NULL: not given */
    const char *words[ARGUMENTS_WORDS];    /* behind the command */
    size_t n;
};

/* Read argv[1] and on. What arguments point to is argv's. False: a message is on standard error.
 * With --help or --version nothing else need be right. */
bool options_read(struct arguments *arguments, const struct ctl_program *program, int argc,
                  char *argv[]);

/* The command whose name the n words begin with, and in *used how many of them it takes; NULL. */
const struct command *options_command(const struct ctl_program *program, const char *const *words,
                                      size_t n, size_t *used);

/* The value of the option of this name; NULL: not given, or the program has none. */
const char *options_value(const struct arguments *arguments, const char *name);

/* id: at which row of the table it is. */
static inline bool option_given(const struct arguments *arguments, size_t id)
{
    return arguments->values[id] != NULL;
}

#endif
