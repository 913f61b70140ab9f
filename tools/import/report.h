/* SPDX-License-Identifier: ISC */
/* report: how it went, for people and as JSON. */
#ifndef PLACED_IMPORT_REPORT_H
#define PLACED_IMPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "tally.h"

struct report {
    const char *import; /* its id */
    struct tally tally;
    int64_t first_ms, last_ms; /* of the rows that were taken; 0: they have no times */
    bool complete;
    bool to_server;
    uint64_t found;                  /* edits that an earlier run had brought there */
    uint64_t appended;               /* edits of this run */
    uint64_t records;                /* in the log; messages for a server */
    uint64_t refused;                /* edits that the server refused for good */
    uint64_t first;                  /* offset of the first record, when there is one */
    double read_s, sort_s, append_s; /* this run's */
};

/* On standard output; or on standard error, when standard output is for the JSON. */
void report_print(const struct report *report, bool to_stderr);

/* path "-": standard output. 0, or -1 after a message. */
int report_write_json(const struct report *report, const char *path);

#endif
