/* SPDX-License-Identifier: ISC */
/*
 * config_keys: the table of options. One row serves the configuration file, the environment, the
 * command line, --help and the defaults, so that they cannot disagree.
 */
#ifndef PLACED_CONFIG_CONFIG_KEYS_H
#define PLACED_CONFIG_CONFIG_KEYS_H

#include "config/config.h"

enum key_result {
    KEY_SET,
    KEY_BAD,      /* not what key_expected says */
    KEY_TOO_MANY, /* a list is full */
    KEY_NO_MEMORY,
};

struct key {
    const char *name;     /* long option and key of the file; PLACED_NAME in the environment */
    const char *argument; /* as --help shows it; NULL for a flag (yes or no in the file) */
    const char *fallback; /* the default as text, NULL for none */
    const char *help;
    const char *expected; /* of a value; NULL: a number from min to max */
    unsigned long min, max;
    enum key_result (*set)(struct config *config, const struct key *key, const char *value);
    size_t offset; /* of the member of struct config that set writes, if it is a plain one */
    bool list;     /* may be given several times, or with commas */
};

enum { KEY_COUNT = 32 };

extern const struct key keys[KEY_COUNT];

/* NULL when there is no such key. */
const struct key *key_find(const char *name);

/* The name among n of table that a mistyped one probably meant, or NULL. */
const char *key_suggest(const char *name, const struct key *table, size_t n);

/* What a good value looks like, in words. */
enum { KEY_EXPECTED_BYTES = 128 };
void key_expected(const struct key *key, char text[KEY_EXPECTED_BYTES]);

/* Read value (text) into config. Of a list, add to it. */
enum key_result key_set(struct config *config, const struct key *key, const char *value);

/* Forget the elements of a list, because a later source replaces them. */
void key_clear_list(struct config *config, const struct key *key);

#endif
