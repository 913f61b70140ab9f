/* SPDX-License-Identifier: ISC */
/*
 * source: the records that edit a canvas, in log order, behind one interface: from a log, from a
 * server over HTTP, or from a folder of history blocks. It reads only.
 *
 * One thread. Everything a source holds is bounded: of a log some thousand records or 64 MiB, of a
 * server one block a canvas. Waits end when stop_asked() (stop.h) says so: that is SOURCE_FAILED.
 */
#ifndef PLACED_TOOLS_SOURCE_H
#define PLACED_TOOLS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "core/record.h"
#include "log/options.h"

enum { SOURCE_ERROR_BYTES = 512 };

enum source_result {
    SOURCE_FAILED = -1, /* source_error says why; the source cannot be read on until a seek */
    SOURCE_END = 0,     /* nothing more below the end */
    SOURCE_RECORD = 1,
};

/* Whole canvases: from first to last, both included, in both directions. */
struct source_area {
    struct position first, last;
};

/* All zero is a good choice: everything. Copied, but for the properties. */
struct source_options {
    bool limited; /* only the canvases of area; a server is not asked for others */
    struct source_area area;
    const struct log_property *properties; /* librdkafka's, for Kafka */
    size_t n_properties;
    unsigned timeout_s; /* how long a server may say nothing; 0: 30 s */
};

/* One record that edits one canvas. Records that are skipped whole (PROTOCOL.md) never come. */
struct source_record {
    uint64_t offset; /* the version after it is offset + 1 */
    int64_t time_ms; /* ms since 1970; -1: unknown */
    struct position position;
    const uint8_t *edits; /* 3n bytes, all in range */
    size_t n;             /* >= 1 */
    struct span authors;  /* header a where it counts (core/authors.h); data is NULL for none, and
                             always from a server, which does not tell */
};

struct source;

void source_close(struct source *source); /* NULL is fine */

/* Which log this is; false when it is empty or does not say. */
bool source_genesis(const struct source *source, uint8_t genesis[GENESIS_BYTES]);

/* The least offset that can be read (0, unless the log's beginning was deleted), and the version of
 * the plane after all that is there. */
uint64_t source_begin(const struct source *source);
uint64_t source_end(const struct source *source);

/* The version of the plane at a time: after the last record whose time is time_ms or before it; 0
 * when there is none. Where a clock was set back, one of the places. 0, or -1 and source_error. */
int source_offset_at(struct source *source, int64_t time_ms, uint64_t *version);

/* The next records are those with from <= offset < to. Without a seek: all. May be called at any
 * time, also to begin again. 0, or -1 and source_error. */
int source_seek(struct source *source, uint64_t from, uint64_t to);

/* The next record of the area in log order; it lives until the next call with this source. */
enum source_result source_next(struct source *source, struct source_record *record);

/* A sentence without a final stop. */
const char *source_error(const struct source *source);

/* ---- for implementations: each has a struct that begins with struct source ---- */

struct source_ops {
    int (*offset_at)(struct source *source, int64_t time_ms, uint64_t *version);
    int (*seek)(struct source *source, uint64_t from, uint64_t to);
    enum source_result (*next)(struct source *source, struct source_record *record);
    void (*close)(struct source *source);
};

struct source {
    const struct source_ops *ops;
    struct source_options options;
    bool has_genesis;
    uint8_t genesis[GENESIS_BYTES];
    uint64_t begin, end;
    char error[SOURCE_ERROR_BYTES];
};

/* Is this canvas asked for? */
static inline bool source_wants(const struct source_options *options, struct position p)
{
    const struct source_area *area = &options->area;
    return !options->limited || (p.gx >= area->first.gx && p.gx <= area->last.gx &&
                                 p.gy >= area->first.gy && p.gy <= area->last.gy);
}

#endif
