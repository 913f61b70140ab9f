/* SPDX-License-Identifier: ISC */
/*
 * history_answer: what can be asked of the history, and the bytes that answer it: immutable, shared
 * and counted.
 */
#ifndef PLACED_HISTORY_HISTORY_ANSWER_H
#define PLACED_HISTORY_HISTORY_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"

enum {
    /* Edits of one answer to HISTORY_EDITS, unless a record has more: those of a frame. */
    HISTORY_EDITS_MAX = 21000,
};

/* What can be asked for. Versions that a canvas never had are moved to the greatest one below that
 * it had. */
enum history_kind {
    HISTORY_PICTURE,     /* the canvas at version `from`, as PNG */
    HISTORY_HEAT,        /* edits a pixel after version `from`, up to version `to`, as PNG */
    HISTORY_BLOCK,       /* block number `from`, which is complete; NONE when it is not yet and the
                          * plane has been read up to version `to` */
    HISTORY_TAIL,        /* the block that is not complete yet */
    HISTORY_EDITS,       /* the payload of a frame: what came after version `from` */
    HISTORY_INDEX,       /* of one canvas, as JSON */
    HISTORY_PLANE_INDEX, /* of all canvases, as JSON */
    HISTORY_TIME,        /* no bytes: moved to the picture at the time `from` (i64, ms since 1970),
                          * once the plane has been read up to version `to` */
};

enum history_state {
    HISTORY_READY,  /* *answer is it; release it */
    HISTORY_COMING, /* it is being made, or the log has not been read as far yet: source->ready */
    HISTORY_WAIT,   /* EDITS: none came yet after that version; source->ready when there are */
    HISTORY_MOVED,  /* not the canonical name; *moved is, and its kind may be another */
    HISTORY_BUSY,   /* too much is asked for at the moment: ask again in a second */
    HISTORY_NONE,   /* there is nothing of that name */
};

struct history_name {
    enum history_kind kind;
    struct position position; /* (0, 0) where the kind has none */
    uint64_t from, to;        /* 0 where the kind has none */
};

/* Immutable, shared and counted. */
struct history_answer {
    struct history_name name;
    uint64_t version; /* of the canvas (of the plane for its index) as far as it shows */
    char etag[40];    /* with its quotes */
    size_t len;
    const uint8_t *bytes;
};

bool history_name_equal(struct history_name a, struct history_name b);

/* Take over len bytes, for free(). The caller has the one reference. NULL when memory is short, and
 * then the bytes are freed. */
struct history_answer *history_answer_make(struct history_name name, uint64_t version,
                                           uint8_t *bytes, size_t len);

struct history_answer *history_answer_retain(struct history_answer *answer); /* NULL is fine */
void history_answer_release(struct history_answer *answer);                  /* NULL is fine */

#endif
