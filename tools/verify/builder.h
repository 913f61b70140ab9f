/* SPDX-License-Identifier: ISC */
/*
 * builder: the blocks of a log, made from its records by nothing but the rule of PROTOCOL.md,
 * "History"; not by the code that makes a server's. In memory is what is not complete yet.
 */
#ifndef PLACED_VERIFY_BUILDER_H
#define PLACED_VERIFY_BUILDER_H

#include <stdint.h>

#include "common/source.h"
#include "history/block.h"
#include "history/digest.h"

/* A block that was made; it lives until the next call with this builder. */
struct built {
    struct position position;
    uint64_t number;
    const uint8_t *bytes;
    size_t len;
    uint8_t sha256[DIGEST_BYTES], chain[DIGEST_BYTES];
};

struct builder;

/* genesis: NULL for none, zero bytes. NULL when memory is short. */
struct builder *builder_create(const uint8_t *genesis);
void builder_destroy(struct builder *builder); /* NULL is fine */

/* One more record, in order. 1: *built is complete; 0: it is not; -1 without memory. */
int builder_add(struct builder *builder, const struct source_record *record, struct built *built);

/* Canvases so far, in the order in which they were first painted. */
size_t builder_canvases(const struct builder *builder);

/* The block of canvas i that is not complete (perhaps without a record); its chain is that of the
 * block before it. 0, or -1 without memory. */
int builder_open_block(struct builder *builder, size_t i, struct built *built);

/* The number of the block that this canvas's next record would be in. */
uint64_t builder_number(const struct builder *builder, struct position position);

#endif
