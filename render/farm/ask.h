/* SPDX-License-Identifier: ISC */
/* ask: what those who want a picture say and hear. */
#ifndef PLACED_RENDER_FARM_ASK_H
#define PLACED_RENDER_FARM_ASK_H

#include <stddef.h>
#include <stdint.h>

#include "render/name/blob.h"
#include "render/name/picture.h"

enum {
    FARM_ATTEMPTS = 3,
    FARM_NEGATIVE_S = 10,
};

/* The order in which jobs of a pool are rendered. */
enum farm_priority {
    FARM_WAITING, /* a browser waits */
    FARM_STALE,   /* somebody was given an old one */
    FARM_BATCH,
    FARM_PRIORITIES,
};

enum farm_outcome {
    FARM_DONE,   /* picture has it */
    FARM_FULL,   /* too much waits, the pool rests or has no children: try again in retry_s */
    FARM_FAILED, /* three attempts failed; not tried again for retry_s */
};

struct farm_answer {
    enum farm_outcome outcome;
    struct blob *picture; /* FARM_DONE: hold it to keep it */
    unsigned retry_s;
    const char *why; /* FARM_FAILED: a sentence for people, until the callback returns */
    unsigned attempts;
};

/* Somebody who waits. Embed it, all zero; it must stay until answered was called or farm_leave
 * returned. */
struct farm_waiter {
    void (*answered)(struct farm_waiter *waiter, const struct farm_answer *answer);
    /* The farm's own: */
    struct farm_waiter *next, **link;
    void *job;
    unsigned place;
};

#endif
