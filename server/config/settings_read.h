/* SPDX-License-Identifier: ISC */
/*
 * settings_read: reads a program's settings from the configuration file, then the environment, then
 * the command line, the later winning. Unknown keys and bad values are refused with where, what,
 * and what was expected.
 */
#ifndef PLACED_CONFIG_SETTINGS_READ_H
#define PLACED_CONFIG_SETTINGS_READ_H

#include <stddef.h>

#include "config/setting.h"
#include "log/options.h"

enum config_result {
    CONFIG_RUN,
    CONFIG_DONE, /* --help, --version or --check-config has been answered: exit 0 */
    CONFIG_BAD,  /* a message has been printed: exit 2 */
};

/* While they are read: for check. */
struct settings_reading;

/* A program and what can be set of it. */
struct settings {
    const char *program;  /* "placed" */
    const char *prefix;   /* "PLACED_": of its variables in the environment */
    const char *sister;   /* the beginning of variables of another program, which are not slips; or
                             NULL */
    const char *summary;  /* what it is, in a line of --help */
    const char *epilogue; /* the end of --help */
    const struct setting *table;
    size_t n;
    /* The options that are no keys, since they make no sense in a file: "config", "check-config",
     * "version" and "help"; another is set as it is read, before the file. */
    const struct setting *others;
    size_t n_others;
    /* Section [kafka]: properties for librdkafka, into a table of max. */
    size_t properties, n_properties; /* offsets: struct log_property[max], size_t */
    size_t max_properties;
    /* What the values may say together: 0, or -1 by settings_fail. */
    int (*check)(struct settings_reading *reading, void *values);
};

/* argv as main has it. Prints messages by itself. values is the program's structure, all zero
 * before; what was allocated is the caller's, whatever the result. */
enum config_result settings_read(const struct settings *settings, void *values, int argc,
                                 char *const argv[]);

/* Refuse the value of the setting `name`, saying where it came from: -1. */
__attribute__((format(printf, 3, 4))) int settings_fail(struct settings_reading *reading,
                                                        const char *name, const char *format, ...);

#endif
