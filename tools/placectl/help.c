/* SPDX-License-Identifier: ISC */
/* help: see help.h. */
#include "help.h"

#include <stdbool.h>
#include <string.h>

#include "options.h"

static const char predicates[] =
    "PRED says which edits are meant: parts with blanks between them, all of which have to fit.\n"
    "  u:A,B        made by these authors         net:ID,ID      made from these networks\n"
    "  r:X,Y,W,H    in this rectangle             c:N,N          of these colours\n"
    "  t:2h         in the last s, m, h or d      t:FROM-TO      between two times\n"
    "  a:ACTION     made by this action           --except u:A   not made by these authors\n"
    "  A time is required, except with a:.\n";

static const char forms[] =
    "A, AUTHOR is an author's 16 hexadecimal digits, as `who` shows them. WHO is an author, net:ID "
    "or\n"
    "an address or network such as 192.0.2.0/24. COLOUR is a name or a number from 0 to 15.\n"
    "DURATION is such as 90s, 30m, 24h, 7d or 1h30m. TIME is such as 2026-04-01T12:00:00Z, ms "
    "since\n"
    "1970, now, +2h or -2h.\n";

static const char end[] =
    "Environment: PLACECTL_SERVER, PLACECTL_TOKEN, PLACECTL_TOKEN_FILE. Without them the server "
    "is\n"
    "http://127.0.0.1:8081, and the token that of placed-data/token, when that is there.\n"
    "Exit status: 0 when it is done, 1 when it failed, 2 for wrong usage, 3 when the server "
    "refused\n"
    "it.\n";

void help_print_more(FILE *out, const struct command *command)
{
    if (command)
        fprintf(out, "\n%s%s", strstr(command->arguments, "PRED") ? predicates : "", forms);
    else
        fprintf(out, "\n%s%s\n%s", predicates, forms, end);
}

/* ---- completion ---- */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Of words with | or blanks between them those that begin so. */
static void offer_words(FILE *out, const char *words, const char *with)
{
    for (const char *at = words; *at;) {
        size_t len = strcspn(at, "| ");
        if (len >= strlen(with) && begins(at, with))
            fprintf(out, "%.*s\n", (int)len, at);
        at += len + (at[len] != '\0');
    }
}

/* The first words of the commands, or the second ones behind a first. */
static void offer_commands(FILE *out, const struct ctl_program *program, const char *first,
                           const char *with)
{
    const char *last = "";
    size_t last_len = 0;
    for (size_t i = 0; i < program->commands_n; i++) {
        const char *name = program->commands[i].name, *blank = strchr(name, ' ');
        size_t len = blank ? (size_t)(blank - name) : strlen(name);
        if (first) {
            if (blank && strlen(first) == len && begins(name, first) && begins(blank + 1, with))
                fprintf(out, "%s\n", blank + 1);
            continue;
        }
        bool again = len == last_len && memcmp(last, name, len) == 0;
        if (!again && len >= strlen(with) && begins(name, with))
            fprintf(out, "%.*s\n", (int)len, name);
        last = name;
        last_len = len;
    }
}

static void offer_options(FILE *out, const struct ctl_program *program,
                          const struct command *command, const char *with)
{
    for (size_t i = 0; i < OPTIONS_N; i++) {
        char name[40];
        snprintf(name, sizeof name, "--%s", program->options[i].name);
        if ((i < OPTIONS_GLOBAL || (command && command->options >> i & 1)) && begins(name, with))
            fprintf(out, "%s\n", name);
    }
}

/* Does the option of this word wait for its argument? */
static const struct option_row *waits(const struct ctl_program *program, const char *word)
{
    for (size_t i = 0; begins(word, "--") && i < OPTIONS_N; i++) {
        if (strcmp(word + 2, program->options[i].name) == 0)
            return program->options[i].argument ? &program->options[i] : NULL;
    }
    return NULL;
}

void help_complete(FILE *out, const struct ctl_program *program, const char *const *words, size_t n)
{
    const char *plain[ARGUMENTS_MAX] = {0};
    size_t n_plain = 0, used;
    const char *current = n > 0 ? words[n - 1] : "";
    const struct option_row *waiting = NULL;
    for (size_t i = 0; i + 1 < n; i++) {
        if (waiting)
            waiting = NULL;
        else if (begins(words[i], "--"))
            waiting = waits(program, words[i]);
        else if (n_plain < ARGUMENTS_MAX)
            plain[n_plain++] = words[i];
    }
    const struct command *command = options_command(program, plain, n_plain, &used);
    if (waiting) {
        if (strcmp(waiting->name, program->options[OPTION_ROLE].name) == 0)
            offer_words(out, "viewer moderator operator bot", current);
    } else if (begins(current, "-")) {
        offer_options(out, program, command, current);
    } else if (!command && n_plain <= 1) {
        offer_commands(out, program, plain[0], current);
    } else if (command && n_plain == used && strchr(command->arguments, '|') &&
               strspn(command->arguments, "abcdefghijklmnopqrstuvwxyz-|") > 2) {
        offer_words(out, command->arguments, current); /* palette white|greys|... */
    }
}
