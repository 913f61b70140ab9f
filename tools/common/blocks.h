/* SPDX-License-Identifier: ISC */
/*
 * blocks: a plane's history as blocks (PROTOCOL.md, "History"), wherever they lie: what is said of
 * them, and their bytes, which are believed only as far as they agree with that.
 */
#ifndef PLACED_TOOLS_BLOCKS_H
#define PLACED_TOOLS_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "core/record.h"
#include "difference.h"
#include "history/block.h"
#include "history/digest.h"

enum {
    BLOCKS_ERROR_BYTES = 512,
    BLOCKS_BYTES_MAX = 64 * 1024 * 1024, /* of one block */
};

#define BLOCKS_NO_TIME INT64_MIN /* it is not said */

/* What is said of one block. */
struct blocks_row {
    uint64_t from, to;
    uint32_t records, edits;
    int64_t time, time_to; /* of the first and the last record; -1 without one or when unknown */
    bool has_digests;      /* else there is nothing to compare with */
    uint8_t sha256[DIGEST_BYTES], chain[DIGEST_BYTES];
};

struct blocks_canvas {
    struct position position;
    uint64_t version, edits;
    struct blocks_row *rows; /* complete blocks, 0 to n_rows - 1 */
    size_t n_rows;
    struct blocks_row tail; /* block n_rows; without digests */
};

struct blocks;

struct blocks_ops {
    /* The bytes of a block for free(); number n_rows or more is the tail's, which may have become
     * complete, and longer, since. 0, or -1 with a reason in error. */
    int (*read)(struct blocks *blocks, const struct blocks_canvas *canvas, uint64_t number,
                uint8_t **bytes, size_t *len, char error[BLOCKS_ERROR_BYTES]);
    void (*close)(struct blocks *blocks);
};

/* For implementations: each has a struct that begins with this one. */
struct blocks {
    const struct blocks_ops *ops;
    bool has_genesis;
    uint8_t genesis[GENESIS_BYTES];
    uint64_t version;               /* of the plane: all records below it are there */
    struct blocks_canvas *canvases; /* in order of (gy, gx) */
    size_t n_canvases;
};

void blocks_close(struct blocks *blocks); /* NULL is fine */

/* NULL when there is none at this position. */
const struct blocks_canvas *blocks_find(const struct blocks *blocks, struct position position);

/* A block that was read; the bytes are the reader's to free. */
struct blocks_read {
    uint8_t *bytes;
    size_t len;
    struct block block;
    uint8_t sha256[DIGEST_BYTES];
};

enum blocks_result {
    BLOCKS_OK,
    BLOCKS_FAILED,    /* it cannot be read: *error says why */
    BLOCKS_DIFFERENT, /* it is not what is said of it: *difference */
};

/* Read one block and check all that can be known of it alone: that it is a block, of this canvas,
 * number and plane, complete when it has to be, with the versions, counts and times that are said,
 * and its SHA-256. It goes on from the version `from`. Of the tail, what came later is there, too.
 * After BLOCKS_OK and BLOCKS_DIFFERENT free read->bytes; when those are no block, NULL. */
enum blocks_result blocks_read(struct blocks *blocks, const struct blocks_canvas *canvas,
                               uint64_t number, uint64_t from, struct blocks_read *read,
                               struct difference *difference, char error[BLOCKS_ERROR_BYTES]);

/* Does row number `number` of this canvas go on with the chain? */
bool blocks_check_chain(const struct blocks_canvas *canvas, size_t number,
                        struct difference *difference);

#endif
