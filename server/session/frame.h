/* SPDX-License-Identifier: ISC */
/*
 * frame: a run of edits as one binary message, encoded once for everybody who is at the same place.
 * A shard has one set of buffers: what one canvas encoded is there until another one, or its own
 * next tick, needs them. Shard's thread.
 */
#ifndef PLACED_SESSION_FRAME_H
#define PLACED_SESSION_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/message.h"
#include "core/ring.h"
#include "sys/metrics.h"

enum {
    FRAME_HEADROOM = 32,     /* writable bytes before a frame's payload */
    FRAME_TAILROOM = 2048,   /* and after it */
    FRAME_MESSAGES_MAX = 2,  /* messages that are sent with a frame */
    FRAME_EDITS_MAX = 21000, /* edits a frame: 63 kB, one send */
    TICK_FRAMES_MAX = 16, /* frames encoded a tick; when there is more, the next tick is at once */
};

struct frame {
    uint64_t serial; /* no two frames of a shard have the same */
    uint64_t version;
    uint64_t from, to; /* positions in the ring: edits [from, to) */
    uint8_t *payload;  /* u64 version | 3n bytes; the room before and after it is the transport's */
    size_t len;
    /* What everybody is told at this time, right after the frame: a send costs the same with it. */
    struct message messages[FRAME_MESSAGES_MAX];
    size_t n_messages;
};

struct encoded_frame {
    struct frame frame;
    uint8_t *memory; /* headroom, payload and tailroom; allocated when first needed */
};

struct frames {
    struct metrics *metrics;
    uint64_t serial;  /* of the frame encoded last */
    uint64_t n_users; /* so far; each has a number, as an address may be had twice */
    uint64_t owner;   /* whose tick is in tick[] */
    size_t n;
    struct encoded_frame tick[TICK_FRAMES_MAX];
    struct encoded_frame own; /* for one session that is behind */
};

void frames_init(struct frames *frames, struct metrics *metrics);
void frames_finish(struct frames *frames);

enum encoding {
    FRAME_ENCODED,
    FRAME_NO_MEMORY, /* try again later */
    FRAME_GONE,      /* not in the ring any more */
};

/* One more user of the buffers: its number. */
uint64_t frames_add_user(struct frames *frames);

/* A tick of this user begins, and there is nothing in it yet. */
void frames_begin(struct frames *frames, uint64_t user);

/* One more frame of the tick, of at most FRAME_EDITS_MAX edits from `from` on. There are fewer than
 * TICK_FRAMES_MAX. */
enum encoding frames_add(struct frames *frames, const struct ring *ring, uint64_t from,
                         uint64_t to);

/* Likewise, for one session alone: frames->own. */
enum encoding frames_encode_own(struct frames *frames, const struct ring *ring, uint64_t from,
                                uint64_t to);

/* The last frame of a user's tick; NULL: it has none. */
struct frame *frames_last(struct frames *frames, uint64_t user);

/* The frame of a user's tick that begins at `from`, or NULL. */
const struct frame *frames_find(const struct frames *frames, uint64_t user, uint64_t from);

#endif
