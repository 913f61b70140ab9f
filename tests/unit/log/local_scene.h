/* SPDX-License-Identifier: ISC */
/* local_scene: embedded logs of known batches in directories of their own. */
#ifndef PLACED_TESTS_LOG_LOCAL_SCENE_H
#define PLACED_TESTS_LOG_LOCAL_SCENE_H

#include <sys/stat.h>

#include "collector.h"

enum { SIZE = 67 }; /* edits in a batch */

/* For struct world: a store is the path of a directory. */
void *local_create(void);
void local_destroy(void *store);
struct log *open_log(void *store); /* NULL after a message */

/* Append batches from to last of nonce 1 and wait for their outcomes. */
void append_range(struct opened *o, struct collector *c, uint64_t from, uint64_t last);

/* A directory with a log of n batches. */
char *make_log(uint64_t n);

enum reading {
    READ_ALL,     /* as written */
    READ_PART,    /* an error, and what came before it was as written */
    READ_REFUSED, /* not even opened, or not sought */
    READ_WRONG,   /* something else than was written */
};

/* Read a log of make_log(n). */
enum reading read_log(const char *dir, uint64_t n, char error[LOG_ERROR_BYTES]);

/* Its data.mdb, open for reading and writing, and what fstat says of it. */
int open_data(const char *dir, struct stat *st);

#endif
