/* SPDX-License-Identifier: ISC */
/* options: what the command line asks for. */
#ifndef PLACED_EXPORT_OPTIONS_H
#define PLACED_EXPORT_OPTIONS_H

#include <stdbool.h>

#include "common/moment.h"
#include "common/region.h"
#include "common/source.h"

enum { PROPERTIES_MAX = 64 };

struct options {
    const char *log;
    const char *out; /* of the CSV; NULL or "-": standard output */
    const char *png; /* of the picture; NULL: none is asked for, "-": standard output */
    bool has_from, has_to, has_at;
    struct moment from, to, at;
    bool has_canvas, has_region;
    struct position canvas;
    struct region region; /* of a canvas, if that is what was asked for */
    struct log_property properties[PROPERTIES_MAX];
    struct source_options source;
    bool quiet;
};

enum options_result {
    OPTIONS_GO,
    OPTIONS_DONE, /* --help or --version, which is printed */
    OPTIONS_WRONG /* usage, which was complained about on standard error */
};

enum options_result options_read(struct options *options, int argc, char *argv[]);

#endif
