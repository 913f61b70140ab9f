/* SPDX-License-Identifier: ISC */
/*
 * keyframe: a canvas before one of its blocks, as bytes: so that a picture of a version needs the
 * blocks since the last keyframe only. It names the chain up to there, and so the history that it
 * is of. Pure. See PROTOCOL.md, "History".
 */
#ifndef PLACED_HISTORY_KEYFRAME_H
#define PLACED_HISTORY_KEYFRAME_H

#include <stddef.h>
#include <stdint.h>

#include "core/canvas.h"
#include "core/record.h"
#include "history/digest.h"

enum {
    KEYFRAME_BLOCKS = 16, /* one stands before every so many blocks, but not before the first */
    KEYFRAME_HEAD_BYTES = 88,
    KEYFRAME_BYTES = KEYFRAME_HEAD_BYTES + CANVAS_PIXELS / 2,
};

struct keyframe_head {
    struct position position;
    uint8_t genesis[GENESIS_BYTES];
    uint64_t block;              /* it stands before this one */
    uint64_t version;            /* of the canvas */
    uint8_t chain[DIGEST_BYTES]; /* of the block before it */
};

/* pixels: one colour a byte, CANVAS_PIXELS of them, here and below. */
void keyframe_encode(uint8_t bytes[KEYFRAME_BYTES], const struct keyframe_head *head,
                     const uint8_t *pixels);

/* NULL and the pixels when it is whole and the one that is expected; else what is wrong, in words.
 */
const char *keyframe_decode(const uint8_t *bytes, size_t len, const struct keyframe_head *expected,
                            uint8_t *pixels);

#endif
