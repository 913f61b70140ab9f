/* SPDX-License-Identifier: ISC */
/*
 * build_world: a log in memory, the build that makes history of it into a folder, and what the
 * history has to be, put together by other code from the same records. For the tests.
 */
#ifndef PLACED_TESTS_BUILD_WORLD_H
#define PLACED_TESTS_BUILD_WORLD_H

#include "cmocka_all.h"
#include "history/build.h"
#include "log_memory.h"

enum { WORLD_RECORDS_MAX = 60000 };

/* A record as the test knows it. */
struct world_record {
    struct position position;
    uint64_t offset;
    int64_t time_ms;
    uint32_t n;
    uint8_t *edits;
};

struct world {
    char root[64];   /* where the folders of logs lie */
    char folder[96]; /* of this log, below it */
    uint8_t genesis[GENESIS_BYTES];
    struct env env;
    uint64_t now_us, random;
    struct memory_partition *partition;
    struct log *log;
    struct world_record *records; /* all that have edits, in log order */
    size_t n;
    uint64_t high; /* offset of the next record */
    unsigned publish_ms;
    struct metrics metrics;
    struct store *store;
    struct build *build;
    struct reader *reader;
    volatile int stop;
    bool sparse;   /* compare in full only one canvas in 16, and those with complete blocks */
    int published; /* calls */
    uint64_t from; /* the offset from which the last start had to read */
};

int world_setup(void **state);
int world_teardown(void **state);
#define WORLD_TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

uint64_t world_random(struct world *world, uint64_t below);

/* Append a record of n random edits, some ms after the last one. */
void world_put(struct world *world, struct position position, uint32_t n);
/* Append one that every fold skips. */
void world_put_garbage(struct world *world);
/* Append records until the canvas has at least so many edits more, up to `most` a record. */
void world_paint(struct world *world, struct position position, size_t edits, uint32_t most);

/* Put another log in place of this one: empty, of the same genesis, with the same offsets. */
void world_replace_log(struct world *world);

/* Load, prove, read to the end: what the builder's session does. */
enum reader_result world_start(struct world *world);
/* Read what has come. */
enum reader_result world_read(struct world *world);
/* End it as a stop does (all is saved), or as a kill does (nothing more is). */
void world_stop(struct world *world);
void world_kill(struct world *world);

/* The history as it has to be, computed here. */
uint8_t *world_block(const struct world *world, struct position position, uint64_t number,
                     size_t *len); /* also the open one; NULL: there is none. Free it */
void world_pixels(const struct world *world, struct position position, uint64_t version,
                  uint8_t *pixels);

/* Everything that the store says and the files hold of all canvases is as it has to be; read to
 * the end. */
void world_expect(struct world *world);

/* Every *.bin and *.key below a folder, as one number; *n counts them. */
uint64_t world_digest(const char *folder, size_t *n);

/* A path below the log's folder: static, overwritten by the next call. */
const char *world_path(const struct world *world, const char *name);
void world_remove(const struct world *world, const char *name); /* NULL: all */
void world_copy(const char *from, const char *to);              /* a file */

#endif
