/* SPDX-License-Identifier: ISC */
/* settings_read: the three sources in their order. */
#include "config/settings_read.h"

#include <ctype.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config_file.h"
#include "sys/diag.h"

enum {
    WHERE_BYTES = 512,
    NAME_BYTES = 64,
};

enum source {
    FROM_DEFAULT,
    FROM_FILE,
    FROM_ENVIRONMENT,
    FROM_COMMAND_LINE,
};

/* Where a key got its value, for messages and so that a later source replaces a list. */
struct origin_of {
    enum source source;
    int line;
};

struct settings_reading {
    const struct settings *settings;
    void *values;
    const char *file;
    struct origin_of *from; /* of each row of the table */

    struct config_file_sink sink; /* for the file's pairs */
    int line;                     /* of the file, while it is read */
    char message[CONFIG_FILE_MESSAGE_BYTES];
};

static void environment_name(const struct settings_reading *r, char name[NAME_BYTES],
                             const char *key)
{
    int n = snprintf(name, NAME_BYTES, "%s%s", r->settings->prefix, key);
    for (char *c = name + strlen(r->settings->prefix); c < name + n && *c; c++)
        *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

static void describe(const struct settings_reading *r, const struct setting *key,
                     struct origin_of from, char where[WHERE_BYTES])
{
    char name[NAME_BYTES];
    switch (from.source) {
    case FROM_FILE:
        snprintf(where, WHERE_BYTES, "%s:%d: ", r->file, from.line);
        break;
    case FROM_ENVIRONMENT:
        environment_name(r, name, key->name);
        snprintf(where, WHERE_BYTES, "%s: ", name);
        break;
    case FROM_COMMAND_LINE:
        snprintf(where, WHERE_BYTES, "--%s: ", key->name);
        break;
    case FROM_DEFAULT:
        where[0] = '\0';
    }
}

static const struct setting *find(const struct settings_reading *r, const char *name)
{
    return setting_find(name, r->settings->table, r->settings->n);
}

static const char *suggest(const struct settings_reading *r, const char *name)
{
    return setting_suggest(name, r->settings->table, r->settings->n);
}

__attribute__((format(printf, 2, 3))) static int fail(struct settings_reading *r,
                                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->message, sizeof r->message, format, args);
    va_end(args);
    return -1;
}

int settings_fail(struct settings_reading *r, const char *name, const char *format, ...)
{
    char where[WHERE_BYTES];
    const struct setting *key = find(r, name);
    describe(r, key, r->from[key - r->settings->table], where);
    size_t n = (size_t)snprintf(r->message, sizeof r->message, "%s", where);
    va_list args;
    va_start(args, format);
    vsnprintf(r->message + n, sizeof r->message - n, format, args);
    va_end(args);
    return -1;
}

/* One value from one source. -1 with a message in r. */
static int apply(struct settings_reading *r, const struct setting *key, const char *value,
                 enum source source)
{
    struct origin_of *from = &r->from[key - r->settings->table], now = {source, r->line};
    char where[WHERE_BYTES], expected[SETTING_EXPECTED_BYTES];
    describe(r, key, now, where);
    if (key->clear && from->source != source)
        key->clear(r->values, key);
    else if (source == FROM_FILE && from->source == FROM_FILE && !key->clear)
        return fail(r, "%skey \"%s\" is set a second time (first on line %d)", where, key->name,
                    from->line);
    *from = now;
    switch (key->set(r->values, key, value)) {
    case SETTING_SET:
        return 0;
    case SETTING_BAD:
        setting_expected(key, expected);
        return fail(r, "%s\"%s\" is \"%s\", expected %s", where, key->name, value, expected);
    case SETTING_TOO_MANY:
        return fail(r, "%s\"%s\" has too many values", where, key->name);
    case SETTING_NO_MEMORY:
        break;
    }
    return fail(r, "out of memory");
}

static int unknown(struct settings_reading *r, const char *where, const char *name)
{
    const char *meant = suggest(r, name);
    return fail(r, "%skey \"%s\" is unknown%s%s%s", where, name, meant ? " (did you mean \"" : "",
                meant ? meant : "", meant ? "\"?)" : "");
}

static int apply_defaults(struct settings_reading *r)
{
    const struct setting *table = r->settings->table;
    for (size_t i = 0; i < r->settings->n; i++)
        if (table[i].fallback && apply(r, &table[i], table[i].fallback, FROM_DEFAULT) < 0)
            return -1;
    return 0;
}

/* ---- the file ---- */

static int add_property(struct settings_reading *r, const char *name, const char *value)
{
    const struct settings *settings = r->settings;
    struct log_property *properties =
        (struct log_property *)(void *)((char *)r->values + settings->properties);
    size_t *n = (size_t *)(void *)((char *)r->values + settings->n_properties);
    for (size_t i = 0; i < *n; i++)
        if (strcmp(properties[i].name, name) == 0)
            return fail(r, "%s:%d: key \"%s\" is set a second time", r->file, r->line, name);
    if (find(r, name))
        return fail(r, "%s:%d: key \"%s\" is not for section [kafka]: move it above", r->file,
                    r->line, name);
    if (*n == settings->max_properties)
        return fail(r, "%s:%d: section [kafka] has more than %zu keys", r->file, r->line,
                    settings->max_properties);
    struct log_property property = {strdup(name), strdup(value)};
    properties[(*n)++] = property;
    return property.name && property.value ? 0 : fail(r, "out of memory");
}

static int take_pair(struct config_file_sink *sink, int line, const char *section, const char *name,
                     const char *value, char message[CONFIG_FILE_MESSAGE_BYTES])
{
    struct settings_reading *r =
        (struct settings_reading *)((char *)sink - offsetof(struct settings_reading, sink));
    char where[WHERE_BYTES];
    int result;
    r->line = line;
    snprintf(where, sizeof where, "%s:%d: ", r->file, line);
    const struct setting *key = find(r, name);
    if (strcmp(section, "kafka") == 0)
        result = add_property(r, name, value);
    else if (*section)
        result = fail(r, "%ssection \"%s\" is unknown, expected \"kafka\"", where, section);
    else
        result = key ? apply(r, key, value, FROM_FILE) : unknown(r, where, name);
    if (result != 0)
        memcpy(message, r->message, CONFIG_FILE_MESSAGE_BYTES);
    return result;
}

static int read_file(struct settings_reading *r)
{
    char message[CONFIG_FILE_MESSAGE_BYTES];
    r->sink.pair = take_pair;
    return config_file_read(r->file, &r->sink, message) == 0 ? 0 : fail(r, "%s", message);
}

/* ---- the environment ---- */

/*
 * A name that is nearly a key is a slip and refused. Others that begin like ours are left alone
 * with a warning: Kubernetes sets PLACED_SERVICE_HOST and its like for a service called placed.
 */
static int check_environment_name(struct settings_reading *r, const char *entry)
{
    const struct settings *settings = r->settings;
    char name[NAME_BYTES] = "", where[WHERE_BYTES];
    size_t prefix = strlen(settings->prefix), n = strcspn(entry, "=");
    if (strncmp(entry, settings->prefix, prefix) != 0 || n - prefix >= sizeof name)
        return 0;
    if (settings->sister && strncmp(entry, settings->sister, strlen(settings->sister)) == 0)
        return 0;
    for (size_t i = prefix; i < n; i++)
        name[i - prefix] = entry[i] == '_' ? '-' : (char)tolower((unsigned char)entry[i]);
    char exact[NAME_BYTES];
    environment_name(r, exact, name);
    if ((find(r, name) || strcmp(name, "config") == 0) && strncmp(exact, entry, n) == 0)
        return 0;
    snprintf(where, sizeof where, "%.*s: ", (int)n, entry);
    if (suggest(r, name))
        return unknown(r, where, name);
    diag_warn("%.*s: no such option; ignored", (int)n, entry);
    return 0;
}

static int read_environment(struct settings_reading *r)
{
    char name[NAME_BYTES];
    const struct setting *table = r->settings->table;
    for (char **entry = environ; entry && *entry; entry++)
        if (check_environment_name(r, *entry) < 0)
            return -1;
    for (size_t i = 0; i < r->settings->n; i++) {
        environment_name(r, name, table[i].name);
        const char *value = getenv(name);
        /* Empty is not set: what "${X:-}" in a compose file leaves behind. */
        if (value && *value && apply(r, &table[i], value, FROM_ENVIRONMENT) < 0)
            return -1;
    }
    return 0;
}

/* ---- the command line ---- */

static void print_option(const struct setting *key)
{
    char left[96];
    int n = snprintf(left, sizeof left, "  --%s%s%s", key->name, key->argument ? " " : "",
                     key->argument ? key->argument : "");
    if (n > 30)
        printf("%s\n%-31s", left, "");
    else
        printf("%-31s", left);
    printf("%s", key->help);
    if (key->fallback && key->argument)
        printf(" (%s)", key->fallback);
    printf("\n");
}

static void print_help(const struct settings *settings)
{
    printf("usage: %s [OPTION]...\n%s Defaults are in parentheses.\n\n", settings->program,
           settings->summary);
    for (size_t i = 0; i < settings->n; i++)
        print_option(&settings->table[i]);
    for (size_t i = 0; i < settings->n_others; i++)
        print_option(&settings->others[i]);
    printf("\n%s", settings->epilogue);
}

/* One option of the command line, in its order. */
struct argument {
    const struct setting *option;
    const char *value;
};

static bool is_key(const struct settings *settings, const struct setting *option)
{
    return option >= settings->table && option < settings->table + settings->n;
}

/* What getopt did not like about the argument given. */
static int bad_option(struct settings_reading *r, const char *given)
{
    const struct settings *settings = r->settings;
    if (strncmp(given, "--", 2) != 0)
        return fail(r, "%s: option is unknown; see %s --help", given, settings->program);
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(given + 2, "="), given + 2);
    const char *meant = suggest(r, name);
    if (!meant)
        meant = setting_suggest(name, settings->others, settings->n_others);
    if (meant && strcmp(name, meant) == 0)
        return fail(r, "--%s: takes no value", name);
    if (meant)
        return fail(r, "--%s: option is unknown (did you mean --%s?)", name, meant);
    return fail(r, "--%s: option is unknown; see %s --help", name, settings->program);
}

/* Read argv without applying it: --config has to be known before the file, the rest comes after.
 * The number of arguments, or -1 with a message. options: room for all and one more. */
static int scan(struct settings_reading *r, int argc, char *const argv[], struct option *options,
                struct argument *arguments)
{
    const struct settings *settings = r->settings;
    size_t n = settings->n + settings->n_others;
    for (size_t i = 0; i < n; i++) {
        const struct setting *key =
            i < settings->n ? &settings->table[i] : &settings->others[i - settings->n];
        options[i] = (struct option){
            .name = key->name,
            .has_arg = key->argument ? required_argument : no_argument,
            .val = (int)i,
        };
    }
    optind = 0; /* glibc: begin anew, also in a second call (SIGHUP) */
    opterr = 0;
    int count = 0, found;
    while ((found = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
        if (found == ':')
            return fail(r, "%s: a value is missing", argv[optind - 1]);
        if (found == '?')
            return bad_option(r, argv[optind - 1]);
        size_t i = (size_t)found;
        arguments[count++] = (struct argument){
            i < settings->n ? &settings->table[i] : &settings->others[i - settings->n], optarg};
    }
    if (optind < argc)
        return fail(r, "\"%s\": an argument that is not expected; see %s --help", argv[optind],
                    settings->program);
    return count;
}

/* ---- together ---- */

static int read_all(struct settings_reading *r, const struct argument *arguments, int count)
{
    char name[NAME_BYTES];
    environment_name(r, name, "config");
    r->file = getenv(name);
    if (r->file && !*r->file)
        r->file = NULL;
    for (int i = 0; i < count; i++)
        if (strcmp(arguments[i].option->name, "config") == 0)
            r->file = arguments[i].value;
    if (apply_defaults(r) < 0 || (r->file && read_file(r) < 0) || read_environment(r) < 0)
        return -1;
    for (int i = 0; i < count; i++) {
        const struct setting *key = arguments[i].option;
        if (is_key(r->settings, key) &&
            apply(r, key, key->argument ? arguments[i].value : "yes", FROM_COMMAND_LINE) < 0)
            return -1;
    }
    return r->settings->check ? r->settings->check(r, r->values) : 0;
}

static enum config_result decide(struct settings_reading *r, const struct argument *arguments,
                                 int count)
{
    bool check = false;
    for (int i = 0; i < count; i++) {
        const struct setting *option = arguments[i].option;
        if (strcmp(option->name, "help") == 0) {
            print_help(r->settings);
            return CONFIG_DONE;
        }
        if (strcmp(option->name, "version") == 0) {
            printf("%s %s\n", r->settings->program, PLACED_VERSION);
            return CONFIG_DONE;
        }
        check |= strcmp(option->name, "check-config") == 0;
        if (!is_key(r->settings, option) && option->set)
            option->set(r->values, option, "yes");
    }
    if (read_all(r, arguments, count) < 0)
        return CONFIG_BAD;
    if (check)
        diag_info("configuration is fine");
    return check ? CONFIG_DONE : CONFIG_RUN;
}

enum config_result settings_read(const struct settings *settings, void *values, int argc,
                                 char *const argv[])
{
    enum config_result result = CONFIG_BAD;
    struct settings_reading *r = calloc(1, sizeof *r);
    struct argument *arguments = calloc((size_t)argc + 1, sizeof *arguments);
    struct origin_of *from = calloc(settings->n, sizeof *from);
    struct option *options = calloc(settings->n + settings->n_others + 1, sizeof *options);
    if (!r || !arguments || !from || !options) {
        diag_error("out of memory");
        goto done;
    }
    r->settings = settings;
    r->values = values;
    r->from = from;
    int count = scan(r, argc, argv, options, arguments);
    if (count >= 0)
        result = decide(r, arguments, count);
    if (result == CONFIG_BAD)
        diag_error("%s", r->message);
done:
    free(options);
    free(from);
    free(arguments);
    free(r);
    return result;
}
