/* SPDX-License-Identifier: ISC */
/*
 * build: the fold that makes history: records into shelves, shelves onto the disk, and all of it
 * visible now and then. Without a thread: whoever reads the log drives it.
 */
#ifndef PLACED_HISTORY_BUILD_H
#define PLACED_HISTORY_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history/store.h"
#include "log/log.h"
#include "plane/fold.h"
#include "plane/reader.h"
#include "sys/metrics.h"

struct build;

struct build_config {
    struct store *store;
    struct metrics *metrics;
    unsigned publish_ms;
    void (*published)(void *whom); /* from whichever call has published; must not block */
    void *whom;
};

/* NULL when out of memory. */
struct build *build_create(const struct build_config *config);
void build_destroy(struct build *build); /* NULL is fine */

/* Load what is on the disk of the log's history and can be gone on with; folders of other logs are
 * removed. 0, or -1 with a reason in build_error; also when *stop was set meanwhile. */
int build_load(struct build *build, const uint8_t genesis[GENESIS_BYTES],
               struct log_identity identity, const volatile int *stop);

/* For a reader. Its `from` is what build_load left to be read. */
struct fold *build_fold(struct build *build);

/* What proves that the log is the one that was read before; false: nothing was. Points into build.
 */
bool build_proof(const struct build *build, struct reader_proof *proof);

/* Do what has become due: publish, save. Records that are given do so too. 0, or -1 with a reason:
 * then only build_load and build_destroy make sense. */
int build_tick(struct build *build);

/* When the next tick is due (clock_now_ms); CLOCK_NEVER when nothing has happened. */
int64_t build_due(const struct build *build);

/* Are there records that are not visible yet? */
bool build_is_fresh(const struct build *build);

/* Publish and save everything now. 0, or -1 with a reason. */
int build_flush(struct build *build);

/* Are files missing or damaged that were whole? Then load again. */
bool build_is_damaged(struct build *build);

/* Drop everything of this log from the disk: it was made of another one. */
int build_clear(struct build *build);

/* Why the last call failed; NULL: none did. Which folder it is about. */
const char *build_error(const struct build *build);
const char *build_folder(const struct build *build);

#endif
