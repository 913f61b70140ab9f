/* SPDX-License-Identifier: ISC */
/* bare: what the bare alternatives share: time, records of random edits, and their options. */
#ifndef PLACED_BENCH_BARE_H
#define PLACED_BENCH_BARE_H

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "core/edit.h"

enum { BARE_BATCH_MAX = 65536 };

struct bare {
    const char *where; /* a directory, or HOST:PORT/TOPIC */
    uint64_t edits;    /* in all */
    size_t batch;      /* a record */
    size_t records;    /* that this makes */
};

static inline double bare_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline double bare_cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static inline void bare_fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* Random edits, which do not compress: as those of a flood. */
static inline void bare_fill(uint8_t *edits, size_t n)
{
    static uint64_t state = 88172645463325252;
    for (size_t i = 0; i < n; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        edit_store(edits + EDIT_BYTES * i,
                   edit_pack((uint32_t)(state & 0xffffff) % CANVAS_WIDTH,
                             (uint32_t)(state >> 24 & 0xffffff) % CANVAS_HEIGHT,
                             (uint32_t)(state >> 60)));
    }
}

/* --edits N --batch N WHERE. Ends the program when they are wrong. */
static inline struct bare bare_options(int argc, char *argv[], const char *usage)
{
    static const struct option options[] = {
        {"edits", required_argument, NULL, 'e'}, {"batch", required_argument, NULL, 'b'}, {0}};
    struct bare bare = {.edits = 10000000, .batch = BARE_BATCH_MAX};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'e')
            bare.edits = strtoull(optarg, NULL, 10);
        else if (option == 'b')
            bare.batch = strtoul(optarg, NULL, 10);
        else
            bare.batch = 0;
    }
    if (optind + 1 != argc || bare.edits == 0 || bare.batch == 0 || bare.batch > BARE_BATCH_MAX) {
        fputs(usage, stderr);
        exit(2);
    }
    bare.where = argv[optind];
    bare.records = (bare.edits + bare.batch - 1) / bare.batch;
    bare.edits = bare.records * bare.batch;
    return bare;
}

static inline void bare_print(const char *name, const struct bare *bare, double seconds, double cpu)
{
    printf(
        "{\"bench\":\"%s\",\"edits\":%llu,\"batch\":%zu,\"records\":%zu,\"seconds\":%.6f,"
        "\"cpu\":%.6f,\"edits_per_second\":%.0f}\n",
        name, (unsigned long long)bare->edits, bare->batch, bare->records, seconds, cpu,
        (double)bare->edits / seconds);
}

#endif
