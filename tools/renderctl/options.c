/* SPDX-License-Identifier: ISC */
/* options: see options.h. Options may stand anywhere; "--" ends them. */
#include "options.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const struct option_row option_rows[OPTIONS_N] = {
#define X(id, name, argument, help) {name, argument, help},
    RENDERCTL_OPTIONS(X)
#undef X
};

static bool complain(const char *message, const char *what, size_t len)
{
    fprintf(stderr, "renderctl: %s%.*s (see renderctl --help)\n", message, (int)len, what);
    return false;
}

/* The option whose name this is; OPTIONS_N: none. */
static enum option_id find_option(const char *name, size_t len)
{
    for (size_t i = 0; i < OPTIONS_N; i++) {
        if (strlen(option_rows[i].name) == len && memcmp(option_rows[i].name, name, len) == 0)
            return (enum option_id)i;
    }
    return OPTIONS_N;
}

/* -5 is a number, not an option. */
static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0' && !isdigit((unsigned char)word[1]);
}

/* Take the option at argv[*at], and its argument, which may be the next word. */
static bool take_option(struct arguments *arguments, int argc, char *argv[], int *at)
{
    const char *word = argv[*at];
    if (strcmp(word, "-h") == 0)
        word = "--help";
    if (word[1] != '-')
        return complain("no such option: ", word, strlen(word));
    const char *name = word + 2, *equals = strchr(name, '=');
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    enum option_id id = find_option(name, len);
    if (id == OPTIONS_N)
        return complain("no such option: ", word, len + 2);
    if (arguments->values[id])
        return complain("given twice: ", word, len + 2);
    if (!option_rows[id].argument) {
        if (equals)
            return complain("takes no value: ", word, len + 2);
        arguments->values[id] = "";
        return true;
    }
    if (!equals && *at + 1 >= argc)
        return complain("a value is missing: ", word, len + 2);
    arguments->values[id] = equals ? equals + 1 : argv[++*at];
    return true;
}

static const struct command *find_command(const struct commands *commands, const char *word)
{
    for (size_t i = 0; i < commands->n; i++) {
        if (strcmp(commands->rows[i].name, word) == 0)
            return &commands->rows[i];
    }
    return NULL;
}

static bool check(const struct arguments *arguments)
{
    const struct command *command = arguments->command;
    char what[128];
    for (size_t i = OPTIONS_GLOBAL; i < OPTIONS_N; i++) {
        if (!arguments->values[i] || command->options >> i & 1)
            continue;
        fprintf(stderr, "renderctl: %s: does not take --%s (see renderctl %s --help)\n",
                command->name, option_rows[i].name, command->name);
        return false;
    }
    if (arguments->n >= command->min && arguments->n <= command->max)
        return true;
    if (*command->arguments)
        snprintf(what, sizeof what, "%s", command->arguments);
    else
        snprintf(what, sizeof what, "nothing");
    fprintf(stderr, "renderctl: %s: expected %s, got %zu arguments (see renderctl %s --help)\n",
            command->name, what, arguments->n, command->name);
    return false;
}

bool options_read(struct arguments *arguments, const struct commands *commands, int argc,
                  char *argv[])
{
    const char *name = NULL;
    bool ended = false;
    *arguments = (struct arguments){0};
    for (int at = 1; at < argc; at++) {
        if (!ended && strcmp(argv[at], "--") == 0) {
            ended = true;
        } else if (!ended && is_option(argv[at])) {
            if (!take_option(arguments, argc, argv, &at))
                return false;
        } else if (!name) {
            name = argv[at];
        } else if (arguments->n == ARGUMENTS_MAX) {
            return complain("too many arguments: ", argv[at], strlen(argv[at]));
        } else {
            arguments->words[arguments->n++] = argv[at];
        }
    }
    arguments->command = name ? find_command(commands, name) : NULL;
    if (option_given(arguments, OPTION_HELP) || option_given(arguments, OPTION_VERSION))
        return true;
    if (!name)
        return complain("expected a command", "", 0);
    if (!arguments->command)
        return complain("no such command: ", name, strlen(name));
    return check(arguments);
}
