/* SPDX-License-Identifier: ISC */
/*
 * builder: the thread that reads the log into the store and its files, with a place of its own. It
 * waits until the log has an identity, loads what is on the disk and still right, reads on from
 * there, and goes on as the log grows. Whatever fails (disk full, files deleted under it, the log
 * cannot be read) is said once, and tried again later from what is on the disk.
 */
#ifndef PLACED_HISTORY_BUILDER_H
#define PLACED_HISTORY_BUILDER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/record.h"
#include "history/store.h"
#include "log/log.h"
#include "sys/metrics.h"

struct builder;

/* Who has the builder. Embed it and find yourself by its address. Both are called from the
 * builder's thread and must not block. */
struct builder_owner {
    /* The log's identity, false while it has none. */
    bool (*genesis)(struct builder_owner *owner, uint8_t genesis[GENESIS_BYTES]);
    /* The store shows more than before, or less. At most once in publish_ms while records come. */
    void (*published)(struct builder_owner *owner);
};

/* Start the thread. Log, store and owner must outlive it. NULL with errno on failure. */
struct builder *builder_create(struct log *log, struct store *store, struct builder_owner *owner,
                               unsigned publish_ms, struct metrics *metrics);

/* End the thread; what it has read is on the disk then. NULL is fine. */
void builder_destroy(struct builder *builder);

#endif
