/* SPDX-License-Identifier: ISC */
/* options: what the command line asks for. */
#ifndef PLACED_EDIT_FLOOD_OPTIONS_H
#define PLACED_EDIT_FLOOD_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "pattern.h"
#include "plane_info.h"
#include "sys/network.h"
#include "target.h"

struct people;

enum {
    TARGETS_MAX = 16,
    SOURCES_MAX = 64,
    PROCESSES_MAX = 64,
    FILES_MAX = 128,
    CANVASES_MAX = 1024,
};

struct options {
    struct target targets[TARGETS_MAX];
    unsigned n_targets;
    struct target poll; /* where readers ask by long polls, */
    bool polls;         /* if they do */
    struct position canvases[CANVASES_MAX];
    unsigned n_canvases; /* 0: the one that the target's path names */
    bool all_canvases;   /* ask the server which are open */
    struct in_addr sources[SOURCES_MAX];
    unsigned n_sources;
    struct network from, forwarded; /* where the writers are, */
    bool has_from, has_forwarded;   /* if it is said: by their own address; by X-Forwarded-For */
    unsigned identities;            /* that the writers share; 0: they have none */
    struct people *people;          /* NULL: not asked for */
    unsigned readers, writers, full_readers; /* connections, over all processes */
    unsigned processes;
    double rate;     /* edits a second over all writers; 0: as fast as they are acknowledged */
    unsigned batch;  /* edits a message */
    unsigned window; /* messages of a writer without an answer */
    double ramp;     /* connections a second over all processes */
    double duration; /* seconds of load */
    double settle;   /* seconds to wait for the last answers */
    double slow, stalled, reconnecting; /* shares of the readers, 0 to 1 */
    unsigned slow_bytes;                /* a second that a slow reader reads */
    double stall;                       /* seconds that a stalled reader does not read */
    double reconnect_every;             /* seconds that a reconnecting reader stays */
    struct pattern_config pattern;
    const char *files[FILES_MAX];
    bool insecure, own_server, alone, eager, quiet, impatient;
    const char *json; /* a file, "-" for standard output, NULL */
};

enum options_parse {
    OPTIONS_RUN,
    OPTIONS_DONE, /* --help or --version: said */
    OPTIONS_BAD,  /* said what */
};

enum options_parse options_parse(struct options *options, int argc, char **argv);

#endif
