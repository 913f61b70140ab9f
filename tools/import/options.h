/* SPDX-License-Identifier: ISC */
/* options: what the command line says. */
#ifndef PLACED_IMPORT_OPTIONS_H
#define PLACED_IMPORT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "author.h"
#include "common/place_row.h"
#include "log/options.h"

enum {
    OPTIONS_PROPERTIES_MAX = 64,
    OPTIONS_FORMAT_AUTO = PLACE_FORMATS, /* by the header line, or the name .png */
    OPTIONS_FORMAT_PNG,
};

/* A part of the data, in its own coordinates. */
struct region {
    int64_t x, y, width, height;
};

struct options {
    const char *log, *server; /* one of them; the other is NULL */
    const char *const *files;
    size_t n_files;
    int format; /* of enum place_format, or OPTIONS_FORMAT_... */

    bool has_region;
    struct region region;
    int64_t offset_x, offset_y; /* added to the data's coordinates */

    double speed; /* times as fast as it happened; 0: as fast as it goes, with the times it had */
    size_t batch; /* edits a record */
    bool authors;
    uint8_t author_key[AUTHOR_KEY_BYTES];

    const char *work; /* NULL: beside the log or the first file */
    size_t memory;    /* bytes for sorting */
    const char *json; /* NULL: no report as JSON */
    bool insecure, quiet;
    struct log_property properties[OPTIONS_PROPERTIES_MAX];
    size_t n_properties;
};

enum options_result {
    OPTIONS_RUN,
    OPTIONS_DONE, /* --help or --version: it was printed */
    OPTIONS_BAD,  /* usage: it was said on standard error */
};

/* argv must outlive the options; it may be reordered. */
enum options_result import_options(struct options *options, int argc, char *argv[]);

#endif
