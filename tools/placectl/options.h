/* SPDX-License-Identifier: ISC */
/* options: the options of placectl's commands, for the table of commands. */
#ifndef PLACED_PLACECTL_OPTIONS_H
#define PLACED_PLACECTL_OPTIONS_H

#include "common/ctl_options.h"

/* X(enumerator, name, argument or NULL for a flag, help). Those up to VERSION are for all
 * commands. */
#define PLACECTL_OPTIONS(X)                                                                        \
    X(SERVER, "server", "URL", "http://HOST:PORT, https://HOST:PORT or unix:PATH")                 \
    X(TOKEN_FILE, "token-file", "FILE", "where the token is")                                      \
    X(JSON, "json", NULL, "what the server answered, as one JSON document")                        \
    X(WHY, "why", "TEXT", "the reason, for the audit and for who is refused")                      \
    X(YES, "yes", NULL, "do not ask")                                                              \
    X(QUIET, "quiet", NULL, "no progress, no remarks")                                             \
    X(HELP, "help", NULL, "print that and exit; behind a command: of the command")                 \
    X(VERSION, "version", NULL, "print that and exit")                                             \
    X(ALL, "all", NULL, "all that is known, not only the newest")                                  \
    X(EXCEPT, "except", "u:A,...", "but not by these authors")                                     \
    X(PREVIEW, "preview", "FILE", "a PNG: what would change, in its colours; the rest is dimmed")  \
    X(PLAN, "plan", "FILE", "where the plan is written (plan-JOB.json)")                           \
    X(APPLY, "apply", "PLAN", "do what this plan says")                                            \
    X(RATE, "rate", "N", "so many pixels a second at most")                                        \
    X(DRY_RUN, "dry-run", NULL, "only say how many pixels it would be")                            \
    X(FOR, "for", "DURATION", "so long; for ever by default")                                      \
    X(ROLLBACK, "rollback", "DURATION", "and roll back what was drawn in that time")               \
    X(FACTOR, "factor", "N", "an edit costs so many times as much")                                \
    X(CLOSED, "closed", NULL, "nobody may draw there")                                             \
    X(COLOURS, "colours", "LIST", "only these colours, with commas between them")                  \
    X(FROM, "from", "TIME", "since when")                                                          \
    X(TO, "to", "TIME", "up to when; now by default")                                              \
    X(UNTIL, "until", "TIME", "until when")                                                        \
    X(WORDS, "words", "TEXT", "what people are told who are refused there")                        \
    X(AT, "at", "TIME", "then; now by default")                                                    \
    X(THRESHOLD, "threshold", "N", "from which measure on the rule sees something")                \
    X(ROLE, "role", "ROLE", "viewer, moderator, operator or bot")                                  \
    X(FULL, "full", NULL, "give the author a full charge")                                         \
    X(BEFORE, "before", "ACTION", "only what was done before it")                                  \
    X(COUNT, "count", "N", "so many at most (50)")                                                 \
    X(INTERVAL, "interval", "DURATION", "how often it is shown anew (2s)")

enum option_id {
#define X(id, name, argument, help) OPTION_##id,
    PLACECTL_OPTIONS(X)
#undef X
        OPTIONS_N,
    OPTIONS_GLOBAL = OPTION_VERSION + 1, /* so many are for all commands */
};

_Static_assert(OPTIONS_N <= (int)ARGUMENTS_OPTIONS, "a command has so many bits");

enum { ARGUMENTS_MAX = 64 }; /* with the words of the command */

#endif
