/* SPDX-License-Identifier: ISC */
/* options: the command line. */
#ifndef PLACED_TIMELAPSE_OPTIONS_H
#define PLACED_TIMELAPSE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/moment.h"
#include "common/region.h"
#include "log/options.h"

enum { OPTIONS_PROPERTIES_MAX = 64, OPTIONS_COMMAND_BYTES = 512 };

enum format { FORMAT_WEBP, FORMAT_PNG, FORMAT_RAW };

enum options_result { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

struct options {
    const char *log, *out;
    enum format format;
    bool has_from, has_to, has_region, has_idle;
    struct moment from, to;
    struct region region;
    uint32_t fps;
    uint64_t speed_milli, edits_per_frame; /* 0: not given */
    int64_t idle_ms;
    uint32_t zoom, shrink; /* one of them is 1 */
    uint32_t hold_ms;
    unsigned threads; /* 0: as many as there are processors */
    bool anew, quiet;
    struct log_property properties[OPTIONS_PROPERTIES_MAX];
    size_t n_properties;
};

/* OPTIONS_DONE: it was --help or --version. OPTIONS_WRONG: a message is on standard error. What
 * options point to is argv's, whose -X it cuts. */
enum options_result timelapse_options_read(int argc, char *argv[], struct options *options);

/* What of them shapes the output, in one form and on one line: two commands with the same text
 * make the same output of the same log. */
void timelapse_options_command(const struct options *options, char command[OPTIONS_COMMAND_BYTES]);

#endif
