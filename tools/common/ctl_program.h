/* SPDX-License-Identifier: ISC */
/*
 * ctl_program: what makes a program that runs a server over its admin listener: its name, where
 * the server is, its commands and its options. All that such programs have in common is done by
 * this description (ctl_main.h).
 */
#ifndef PLACED_TOOLS_CTL_PROGRAM_H
#define PLACED_TOOLS_CTL_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arguments;
struct ctl;

enum {
    CTL_TOKEN_BYTES = 128, /* with its NUL */
    CTL_TOKEN_ERROR_BYTES = 400,
};

struct option_row {
    const char *name, *argument, *help; /* argument: NULL for a flag */
};

/* An option as a bit of a command; its enumerator says at which row of the table it is. */
#define OPTION_BIT(id) (UINT64_C(1) << OPTION_##id)

struct command {
    const char *name;      /* one word or two */
    const char *arguments; /* as --help has them; "" for none */
    const char *help;
    size_t min, max;  /* how many arguments */
    uint64_t options; /* besides those that all have, as bits */
    int (*run)(struct ctl *ctl, const struct arguments *arguments); /* the exit status */
};

struct ctl_program {
    const char *name;    /* as messages begin with it */
    const char *purpose; /* a sentence of --help */

    /* ---- the server ---- */
    const char *server_variable; /* of the environment, when there is no --server */
    const char *server;          /* when there is neither */
    const char *prefix;          /* of the path of all requests */
    const char *no_path;         /* how its error begins when it has no such path */
    unsigned timeout_s;          /* of fetch_create */
    bool objects;                /* all of its answers are JSON objects */
    /* The token that requests show. file: of --token-file, or NULL. False with a reason in error.
     * NULL: the server wants none. */
    bool (*find_token)(const char *file, char token[CTL_TOKEN_BYTES],
                       char error[CTL_TOKEN_ERROR_BYTES]);

    /* ---- the command line ---- */
    const struct command *commands;
    size_t commands_n;
    /* The first ones are for all commands. These have to be among them: server, json, yes, quiet,
     * help and version. So are token-file and why, where there are such. */
    const struct option_row *options;
    size_t options_n, options_global;
    size_t words_max; /* with the words of the command; at most ARGUMENTS_WORDS */
    int option_width; /* of the column of options in --help */
    /* What --help says at its end: of this command, or of all (NULL). */
    void (*print_more)(FILE *out, const struct command *command);
};

#endif
