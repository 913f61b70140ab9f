/* SPDX-License-Identifier: ISC */
/*
 * snapshot: the canvas as PNG bytes, encoded once a version and at most once a second, in a worker
 * thread, and shared by everybody who asks.
 */
#ifndef PLACED_DERIVED_SNAPSHOT_H
#define PLACED_DERIVED_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "core/canvas.h"

/* One encoded picture; immutable, counted. */
struct snapshot {
    uint64_t version;
    char etag[48]; /* with its quotes: version and CRC-32C of the bytes */
    size_t len;
    const uint8_t *png;
};

/* PNG of the pixels: 4-bit palette, filter none, tEXt "version". Bytes for free(), or NULL. Pure.
 */
uint8_t *snapshot_encode(const uint8_t pixels[CANVAS_PIXELS], uint64_t version, size_t *len);

struct snapshots;

/* Where the pictures come from, and whom to tell. */
struct snapshot_source {
    /* Copy the canvas as it is now. Called by the worker. */
    void (*copy)(struct snapshot_source *source, struct canvas *into);
    /* The version as it is now; cheap, any thread. */
    uint64_t (*version)(struct snapshot_source *source);
    /* A new picture can be had by snapshots_get. Called by the worker; must not block. */
    void (*ready)(struct snapshot_source *source);
};

/* Start the worker. NULL with errno on failure. */
struct snapshots *snapshots_create(struct snapshot_source *source);

/* The newest picture if it is current (of the present version, or encoded less than a second ago),
 * else NULL, and then one is being made or planned: source->ready will be called. Release what you
 * get. Any thread, never blocks. */
struct snapshot *snapshots_get(struct snapshots *snapshots);

/* The newest picture however old, or NULL when there was none yet. */
struct snapshot *snapshots_newest(struct snapshots *snapshots);

void snapshot_release(struct snapshot *snapshot); /* NULL is fine. Any thread */

void snapshots_destroy(struct snapshots *snapshots); /* joins the worker. NULL is fine */

#endif
