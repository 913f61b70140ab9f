/* SPDX-License-Identifier: ISC */
/* config_read: the three sources in their order, and what they may say together. */
#include "config/config_read.h"

#include <ctype.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config_file.h"
#include "config/config_keys.h"
#include "sys/diag.h"

enum {
    WHERE_BYTES = 512,
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

struct reading {
    struct config *config;
    const char *file;
    struct origin_of from[KEY_COUNT];

    struct config_file_sink sink; /* for the file's pairs */
    int line;                     /* of the file, while it is read */
    char message[CONFIG_FILE_MESSAGE_BYTES];
};

enum {
    OPTION_CONFIG = KEY_COUNT,
    OPTION_CHECK,
    OPTION_ROTATE,
    OPTION_VERSION,
    OPTION_HELP,
    OPTION_END,
    OTHERS = OPTION_END - KEY_COUNT,
};

/* The options that are no keys: they make no sense in a file. */
static const struct key others[OTHERS] = {
    {"config", "FILE", NULL, "read this file first; it has the options as keys"},
    {"check-config", NULL, NULL, "only say whether the configuration is fine"},
    {"rotate-secret", NULL, NULL, "give the file of the keys a new one, and end"},
    {"version", NULL, NULL, "print the version"},
    {"help", NULL, NULL, "print this"},
};

static void environment_name(char name[64], const char *key)
{
    int n = snprintf(name, 64, "PLACED_%s", key);
    for (char *c = name + 7; c < name + n; c++)
        *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

static void describe(const struct reading *r, const struct key *key, struct origin_of from,
                     char where[WHERE_BYTES])
{
    char name[64];
    switch (from.source) {
    case FROM_FILE:
        snprintf(where, WHERE_BYTES, "%s:%d: ", r->file, from.line);
        break;
    case FROM_ENVIRONMENT:
        environment_name(name, key->name);
        snprintf(where, WHERE_BYTES, "%s: ", name);
        break;
    case FROM_COMMAND_LINE:
        snprintf(where, WHERE_BYTES, "--%s: ", key->name);
        break;
    case FROM_DEFAULT:
        where[0] = '\0';
    }
}

__attribute__((format(printf, 2, 3))) static int fail(struct reading *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->message, sizeof r->message, format, args);
    va_end(args);
    return -1;
}

/* One value from one source. -1 with a message in r. */
static int apply(struct reading *r, const struct key *key, const char *value, enum source source)
{
    struct origin_of *from = &r->from[key - keys], now = {source, r->line};
    char where[WHERE_BYTES], expected[KEY_EXPECTED_BYTES];
    describe(r, key, now, where);
    if (key->list && from->source != source)
        key_clear_list(r->config, key);
    else if (source == FROM_FILE && from->source == FROM_FILE && !key->list)
        return fail(r, "%skey \"%s\" is set a second time (first on line %d)", where, key->name,
                    from->line);
    *from = now;
    switch (key_set(r->config, key, value)) {
    case KEY_SET:
        return 0;
    case KEY_BAD:
        key_expected(key, expected);
        return fail(r, "%s\"%s\" is \"%s\", expected %s", where, key->name, value, expected);
    case KEY_TOO_MANY:
        return fail(r, "%s\"%s\" has too many values", where, key->name);
    case KEY_NO_MEMORY:
        break;
    }
    return fail(r, "out of memory");
}

static int unknown(struct reading *r, const char *where, const char *name)
{
    const char *meant = key_suggest(name, keys, KEY_COUNT);
    return fail(r, "%skey \"%s\" is unknown%s%s%s", where, name, meant ? " (did you mean \"" : "",
                meant ? meant : "", meant ? "\"?)" : "");
}

static int apply_defaults(struct reading *r)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].fallback && apply(r, &keys[i], keys[i].fallback, FROM_DEFAULT) < 0)
            return -1;
    return 0;
}

/* ---- the file ---- */

static int add_kafka(struct reading *r, const char *name, const char *value)
{
    struct config *config = r->config;
    for (size_t i = 0; i < config->n_kafka; i++)
        if (strcmp(config->kafka[i].name, name) == 0)
            return fail(r, "%s:%d: key \"%s\" is set a second time", r->file, r->line, name);
    if (key_find(name))
        return fail(r, "%s:%d: key \"%s\" is not for section [kafka]: move it above", r->file,
                    r->line, name);
    if (config->n_kafka == CONFIG_KAFKA_MAX)
        return fail(r, "%s:%d: section [kafka] has more than %d keys", r->file, r->line,
                    CONFIG_KAFKA_MAX);
    struct log_property property = {strdup(name), strdup(value)};
    config->kafka[config->n_kafka++] = property;
    return property.name && property.value ? 0 : fail(r, "out of memory");
}

static int take_pair(struct config_file_sink *sink, int line, const char *section, const char *name,
                     const char *value, char message[CONFIG_FILE_MESSAGE_BYTES])
{
    struct reading *r = (struct reading *)((char *)sink - offsetof(struct reading, sink));
    char where[WHERE_BYTES];
    int result;
    r->line = line;
    snprintf(where, sizeof where, "%s:%d: ", r->file, line);
    const struct key *key = key_find(name);
    if (strcmp(section, "kafka") == 0)
        result = add_kafka(r, name, value);
    else if (*section)
        result = fail(r, "%ssection \"%s\" is unknown, expected \"kafka\"", where, section);
    else
        result = key ? apply(r, key, value, FROM_FILE) : unknown(r, where, name);
    if (result != 0)
        memcpy(message, r->message, CONFIG_FILE_MESSAGE_BYTES);
    return result;
}

static int read_file(struct reading *r)
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
static int check_environment_name(struct reading *r, const char *entry)
{
    char name[64] = "", where[WHERE_BYTES];
    size_t prefix = strlen("PLACED_"), n = strcspn(entry, "=");
    if (strncmp(entry, "PLACED_", prefix) != 0 || n - prefix >= sizeof name)
        return 0;
    for (size_t i = prefix; i < n; i++)
        name[i - prefix] = entry[i] == '_' ? '-' : (char)tolower((unsigned char)entry[i]);
    char exact[64];
    environment_name(exact, name);
    if ((key_find(name) || strcmp(name, "config") == 0) && strncmp(exact, entry, n) == 0)
        return 0;
    snprintf(where, sizeof where, "%.*s: ", (int)n, entry);
    if (key_suggest(name, keys, KEY_COUNT))
        return unknown(r, where, name);
    diag_warn("%.*s: no such option; ignored", (int)n, entry);
    return 0;
}

static int read_environment(struct reading *r)
{
    char name[64];
    for (char **entry = environ; entry && *entry; entry++)
        if (check_environment_name(r, *entry) < 0)
            return -1;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        environment_name(name, keys[i].name);
        const char *value = getenv(name);
        /* Empty is not set: what "${X:-}" in a compose file leaves behind. */
        if (value && *value && apply(r, &keys[i], value, FROM_ENVIRONMENT) < 0)
            return -1;
    }
    return 0;
}

/* ---- the command line ---- */

static void print_option(const struct key *key)
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

static void print_help(void)
{
    printf(
        "usage: placed [OPTION]...\n"
        "A collaborative pixel canvas server. Defaults are in parentheses.\n\n");
    for (size_t i = 0; i < KEY_COUNT; i++)
        print_option(&keys[i]);
    for (size_t i = 0; i < OTHERS; i++)
        print_option(&others[i]);
    printf(
        "\nEach option but the last five is also a key of the file (batch-ms = 200) and an\n"
        "environment variable (PLACED_BATCH_MS=200); so is PLACED_CONFIG. The command line wins\n"
        "over the environment, and that over the file.\n");
}

/* One option of the command line, in its order. */
struct argument {
    int option;
    const char *value;
};

/* What getopt did not like about the argument given. */
static int bad_option(struct reading *r, const char *given)
{
    if (strncmp(given, "--", 2) != 0)
        return fail(r, "%s: option is unknown; see placed --help", given);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(given + 2, "="), given + 2);
    const char *meant = key_suggest(name, keys, KEY_COUNT);
    if (!meant)
        meant = key_suggest(name, others, OTHERS);
    if (meant && strcmp(name, meant) == 0)
        return fail(r, "--%s: takes no value", name);
    return fail(r, "--%s: option is unknown%s%s%s", name, meant ? " (did you mean --" : "",
                meant ? meant : "", meant ? "?)" : "; see placed --help");
}

/* Read argv without applying it: --config has to be known before the file, the rest comes after.
 * The number of arguments, or -1 with a message. */
static int scan(struct reading *r, int argc, char *const argv[], struct argument *arguments)
{
    struct option options[OPTION_END + 1] = {{0}};
    for (int i = 0; i < OPTION_END; i++) {
        const struct key *key = i < KEY_COUNT ? &keys[i] : &others[i - KEY_COUNT];
        options[i] = (struct option){
            .name = key->name,
            .has_arg = key->argument ? required_argument : no_argument,
            .val = i,
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
        arguments[count++] = (struct argument){found, optarg};
    }
    if (optind < argc)
        return fail(r, "\"%s\": an argument that is not expected; see placed --help", argv[optind]);
    return count;
}

/* ---- together ---- */

static bool same_address(const struct listen_address *a, const struct listen_address *b)
{
    if (a->path[0] || b->path[0])
        return strcmp(a->path, b->path) == 0;
    return a->port != 0 && a->port == b->port && strcmp(a->host, b->host) == 0;
}

static int check_together(struct reading *r)
{
    struct config *config = r->config;
    char where[WHERE_BYTES];
    if (!config->tls_cert != !config->tls_key) {
        const struct key *given = key_find(config->tls_cert ? "tls-cert" : "tls-key");
        describe(r, given, r->from[given - keys], where);
        return fail(r, "%s\"%s\" needs \"%s\" too", where, given->name,
                    config->tls_cert ? "tls-key" : "tls-cert");
    }
    const struct key *sso = key_find("sso-header"), *identity = key_find("identity");
    if (config->sso_header && config->n_proxies == 0) {
        describe(r, sso, r->from[sso - keys], where);
        return fail(r, "%s\"sso-header\" needs \"trust-proxy\" too: else anybody could send it",
                    where);
    }
    if (config->identity == CONFIG_IDENTITY_SSO && !config->sso_header) {
        describe(r, identity, r->from[identity - keys], where);
        return fail(r, "%s\"identity\" sso needs \"sso-header\" too", where);
    }
    const struct key *listen = key_find("listen");
    describe(r, listen, r->from[listen - keys], where);
    for (size_t i = 0; i < config->n_listen; i++) {
        if (same_address(&config->listen[i], &config->admin))
            return fail(r, "%s\"listen\" and \"admin\" are the same address", where);
        for (size_t j = 0; j < i; j++)
            if (same_address(&config->listen[i], &config->listen[j]))
                return fail(r, "%s\"listen\" has an address twice", where);
    }
    return 0;
}

static int read_all(struct reading *r, const struct argument *arguments, int count)
{
    r->file = getenv("PLACED_CONFIG");
    if (r->file && !*r->file)
        r->file = NULL;
    for (int i = 0; i < count; i++)
        if (arguments[i].option == OPTION_CONFIG)
            r->file = arguments[i].value;
    if (apply_defaults(r) < 0 || (r->file && read_file(r) < 0) || read_environment(r) < 0)
        return -1;
    for (int i = 0; i < count; i++) {
        if (arguments[i].option >= KEY_COUNT)
            continue;
        const struct key *key = &keys[arguments[i].option];
        if (apply(r, key, key->argument ? arguments[i].value : "yes", FROM_COMMAND_LINE) < 0)
            return -1;
    }
    return check_together(r);
}

static enum config_result decide(struct reading *r, const struct argument *arguments, int count)
{
    bool check = false;
    for (int i = 0; i < count; i++) {
        if (arguments[i].option == OPTION_HELP) {
            print_help();
            return CONFIG_DONE;
        }
        if (arguments[i].option == OPTION_VERSION) {
            printf("placed %s\n", PLACED_VERSION);
            return CONFIG_DONE;
        }
        check |= arguments[i].option == OPTION_CHECK;
        r->config->rotate_secret |= arguments[i].option == OPTION_ROTATE;
    }
    if (read_all(r, arguments, count) < 0)
        return CONFIG_BAD;
    if (check)
        diag_info("configuration is fine");
    return check ? CONFIG_DONE : CONFIG_RUN;
}

enum config_result config_read(struct config *config, int argc, char *const argv[])
{
    memset(config, 0, sizeof *config);
    enum config_result result = CONFIG_BAD;
    struct reading *r = calloc(1, sizeof *r);
    struct argument *arguments = calloc((size_t)argc + 1, sizeof *arguments);
    if (!r || !arguments) {
        diag_error("out of memory");
        goto done;
    }
    r->config = config;
    int count = scan(r, argc, argv, arguments);
    if (count >= 0)
        result = decide(r, arguments, count);
    if (result == CONFIG_BAD)
        diag_error("%s", r->message);
done:
    free(arguments);
    free(r);
    return result;
}
