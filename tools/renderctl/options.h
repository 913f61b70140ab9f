/* SPDX-License-Identifier: ISC */
/*
 * options: the command line, read by a table of commands and a table of options: what a command
 * takes is said in its row, and so is known to --help.
 */
#ifndef PLACED_RENDERCTL_OPTIONS_H
#define PLACED_RENDERCTL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctl;
struct arguments;

/* X(enumerator, name, argument or NULL for a flag, help). Those up to VERSION are for all
 * commands. */
#define RENDERCTL_OPTIONS(X)                                                                       \
    X(SERVER, "server", "URL", "http://HOST:PORT, https://HOST:PORT or unix:PATH")                 \
    X(JSON, "json", NULL, "what the server answered, as one JSON document")                        \
    X(YES, "yes", NULL, "do not ask")                                                              \
    X(QUIET, "quiet", NULL, "no progress, no remarks")                                             \
    X(HELP, "help", NULL, "print that and exit; behind a command: of the command")                 \
    X(VERSION, "version", NULL, "print that and exit")                                             \
    X(ZOOM, "zoom", "A-B", "the zooms from A to B, or one")                                        \
    X(BOX, "box", "W,S,E,N", "this part of the world, in degrees; over the antimeridian W > E")    \
    X(TWICE, "2x", NULL, "tiles of 512 pixels, for displays of twice the density")                 \
    X(ESTIMATE, "estimate", NULL, "only say how long it would take and how large it would be")     \
    X(SAMPLES, "samples", "N", "jobs of each zoom that are rendered for that, 1 to 50")            \
    X(WAIT, "wait", NULL, "until it is done, with a line of progress")                             \
    X(ALL, "all", NULL, "all dead letters that are listed")                                        \
    X(COUNT, "count", "N", "so many at most (100)")

enum option_id {
#define X(id, name, argument, help) OPTION_##id,
    RENDERCTL_OPTIONS(X)
#undef X
        OPTIONS_N,
    OPTIONS_GLOBAL = OPTION_VERSION + 1, /* so many are for all commands */
};

#define OPTION_BIT(id) (UINT64_C(1) << OPTION_##id)

struct option_row {
    const char *name, *argument, *help;
};

extern const struct option_row option_rows[OPTIONS_N];

struct command {
    const char *name;      /* one word */
    const char *arguments; /* as --help has them; "" for none */
    const char *help;
    size_t min, max;  /* how many arguments */
    uint64_t options; /* besides those that all have, as bits */
    int (*run)(struct ctl *ctl, const struct arguments *arguments); /* the exit status */
};

struct commands {
    const struct command *rows;
    size_t n;
};

enum { ARGUMENTS_MAX = 1024 };

struct arguments {
    const struct command *command;    /* NULL: none was named */
    const char *values[OPTIONS_N];    /* "" for a flag that is given; NULL: not given */
    const char *words[ARGUMENTS_MAX]; /* behind the command */
    size_t n;
};

/* Read argv[1] and on. What arguments point to is argv's. False: a message is on standard error.
 * With --help or --version nothing else need be right. */
bool options_read(struct arguments *arguments, const struct commands *commands, int argc,
                  char *argv[]);

static inline bool option_given(const struct arguments *arguments, enum option_id id)
{
    return arguments->values[id] != NULL;
}

#endif
