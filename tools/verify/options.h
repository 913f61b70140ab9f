/* SPDX-License-Identifier: ISC */
/* options: what the command line asks for. */
#ifndef PLACED_VERIFY_OPTIONS_H
#define PLACED_VERIFY_OPTIONS_H

#include <stdbool.h>

#include "common/source.h"

enum { PROPERTIES_MAX = 64 };

struct options {
    const char *a, *b; /* b is NULL: one alone */
    bool json, quiet, exact;
    struct log_property properties[PROPERTIES_MAX];
    struct source_options source;
};

enum options_result {
    OPTIONS_GO,
    OPTIONS_DONE, /* --help or --version, which is printed */
    OPTIONS_WRONG /* usage, which was complained about on standard error */
};

enum options_result options_read(struct options *options, int argc, char *argv[]);

#endif
