/* SPDX-License-Identifier: ISC */
/* options: the options of renderctl's commands, for the table of commands. */
#ifndef PLACED_RENDERCTL_OPTIONS_H
#define PLACED_RENDERCTL_OPTIONS_H

#include "common/ctl_options.h"

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

_Static_assert(OPTIONS_N <= (int)ARGUMENTS_OPTIONS, "a command has so many bits");

enum { ARGUMENTS_MAX = 1024 }; /* behind the command */
_Static_assert(ARGUMENTS_MAX < (int)ARGUMENTS_WORDS, "one more is the command");

#endif
