/* SPDX-License-Identifier: ISC */
/*
 * setting: one option of a program: a row of its table. One row serves the configuration file, the
 * environment, the command line, --help and the default, so that they cannot disagree.
 */
#ifndef PLACED_CONFIG_SETTING_H
#define PLACED_CONFIG_SETTING_H

#include <stddef.h>
#include <stdint.h>

enum setting_result {
    SETTING_SET,
    SETTING_BAD,      /* not what setting_expected says */
    SETTING_TOO_MANY, /* a list is full */
    SETTING_NO_MEMORY,
};

struct setting {
    const char *name;     /* long option and key of the file; PREFIX_NAME in the environment */
    const char *argument; /* as --help shows it; NULL for a flag (yes or no in the file) */
    const char *fallback; /* the default as text, NULL for none */
    const char *help;
    const char *expected; /* of a value; NULL: a number from min to max */
    unsigned long min, max;
    /* Read value (text) into the program's structure of values. Of a list, add to it. */
    enum setting_result (*set)(void *values, const struct setting *setting, const char *value);
    size_t offset; /* of the member that set writes, if it is a plain one */
    /* Of a list, which may be given several times, or with commas: forget its elements, because a
     * later source replaces them. NULL: it is no list. */
    void (*clear)(void *values, const struct setting *setting);
};

/* The row of this name among n, or NULL. */
const struct setting *setting_find(const char *name, const struct setting *table, size_t n);

/* The name among n of table that a mistyped one probably meant, or NULL. */
const char *setting_suggest(const char *name, const struct setting *table, size_t n);

/* What a good value looks like, in words. */
enum { SETTING_EXPECTED_BYTES = 128 };
void setting_expected(const struct setting *setting, char text[SETTING_EXPECTED_BYTES]);

/* ---- kinds of values: the `set` of plain members ---- */

/* A whole number from min to max, into an unsigned. */
enum setting_result setting_number(void *values, const struct setting *setting, const char *value);
/* A whole number of bytes, or of K, M, G or T (powers of 1024), into a uint64_t. */
enum setting_result setting_size(void *values, const struct setting *setting, const char *value);
/* The name of a file or folder, into a char *. A quote would become part of it, which nobody means.
 */
enum setting_result setting_path(void *values, const struct setting *setting, const char *value);
/* yes or no, on or off, true or false, 1 or 0, into a bool. */
enum setting_result setting_flag(void *values, const struct setting *setting, const char *value);

/* ---- what others are made of ---- */

/* A whole number of len characters from min to max: 0, or -1. */
int setting_parse_number(const char *text, size_t len, unsigned long min, unsigned long max,
                         unsigned long *number);

/* Free what *slot has, and let it have a copy of len bytes of value. */
enum setting_result setting_replace(char **slot, const char *value, size_t len);

/* Call add for each item between commas, without the blanks around it. */
enum setting_result setting_each(void *values, const char *value,
                                 enum setting_result (*add)(void *values, const char *item,
                                                            size_t len));

#endif
