/* SPDX-License-Identifier: ISC */
/* ctl_options: see ctl_options.h. */
#include "ctl_options.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool complain(const struct arguments *arguments, const char *message, const char *what,
                     size_t len)
{
    const char *program = arguments->program->name;
    fprintf(stderr, "%s: %s%.*s (see %s --help)\n", program, message, (int)len, what, program);
    return false;
}

/* The row of the option whose name this is; options_n: none. */
static size_t find_option(const struct ctl_program *program, const char *name, size_t len)
{
    for (size_t i = 0; i < program->options_n; i++) {
        const char *known = program->options[i].name;
        if (strlen(known) == len && memcmp(known, name, len) == 0)
            return i;
    }
    return program->options_n;
}

const char *options_value(const struct arguments *arguments, const char *name)
{
    size_t id = find_option(arguments->program, name, strlen(name));
    return id < arguments->program->options_n ? arguments->values[id] : NULL;
}

/* -5 is a number and -5,10 a place, not an option. */
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
        return complain(arguments, "no such option: ", word, strlen(word));
    const char *name = word + 2, *equals = strchr(name, '=');
    size_t len = equals ? (size_t)(equals - name) : strlen(name);
    size_t id = find_option(arguments->program, name, len);
    if (id == arguments->program->options_n)
        return complain(arguments, "no such option: ", word, len + 2);
    if (arguments->values[id])
        return complain(arguments, "given twice: ", word, len + 2);
    if (!arguments->program->options[id].argument) {
        if (equals)
            return complain(arguments, "takes no value: ", word, len + 2);
        arguments->values[id] = "";
        return true;
    }
    if (!equals && *at + 1 >= argc)
        return complain(arguments, "a value is missing: ", word, len + 2);
    arguments->values[id] = equals ? equals + 1 : argv[++*at];
    return true;
}

const struct command *options_command(const struct ctl_program *program, const char *const *words,
                                      size_t n, size_t *used)
{
    for (size_t i = 0; i < program->commands_n; i++) {
        const char *name = program->commands[i].name, *blank = strchr(name, ' ');
        size_t first = blank ? (size_t)(blank - name) : strlen(name);
        *used = blank ? 2 : 1;
        if (n >= *used && strlen(words[0]) == first && memcmp(words[0], name, first) == 0 &&
            (!blank || strcmp(words[1], blank + 1) == 0))
            return &program->commands[i];
    }
    return NULL;
}

/* Does the command take what was given? */
static bool check(const struct arguments *arguments)
{
    const struct ctl_program *program = arguments->program;
    const struct command *command = arguments->command;
    for (size_t i = program->options_global; i < program->options_n; i++) {
        if (!arguments->values[i] || command->options >> i & 1)
            continue;
        fprintf(stderr, "%s: %s: does not take --%s (see %s %s --help)\n", program->name,
                command->name, program->options[i].name, program->name, command->name);
        return false;
    }
    if (arguments->n >= command->min && arguments->n <= command->max)
        return true;
    fprintf(stderr, "%s: %s: expected %.127s, got %zu arguments (see %s %s --help)\n",
            program->name, command->name, *command->arguments ? command->arguments : "nothing",
            arguments->n, program->name, command->name);
    return false;
}

bool options_read(struct arguments *arguments, const struct ctl_program *program, int argc,
                  char *argv[])
{
    const char **words = arguments->words;
    size_t n = 0, used;
    bool ended = false;
    *arguments = (struct arguments){.program = program};
    for (int at = 1; at < argc; at++) {
        if (!ended && strcmp(argv[at], "--") == 0) {
            ended = true;
        } else if (!ended && is_option(argv[at])) {
            if (!take_option(arguments, argc, argv, &at))
                return false;
        } else if (n == program->words_max) {
            return complain(arguments, "too many arguments: ", argv[at], strlen(argv[at]));
        } else {
            words[n++] = argv[at];
        }
    }
    arguments->command = options_command(program, words, n, &used);
    if (options_value(arguments, "help") || options_value(arguments, "version"))
        return true;
    if (n == 0)
        return complain(arguments, "expected a command", "", 0);
    if (!arguments->command)
        return complain(arguments, "no such command: ", words[0], strlen(words[0]));
    arguments->n = n - used;
    memmove(words, words + used, arguments->n * sizeof *words);
    return check(arguments);
}
