/* SPDX-License-Identifier: ISC */
/* frame: copied out of the ring, with the version before it. */
#include "session/frame.h"

#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/edit.h"

enum { PAYLOAD_BYTES = 8 + EDIT_BYTES * FRAME_EDITS_MAX };

void frames_init(struct frames *frames, struct metrics *metrics)
{
    memset(frames, 0, sizeof *frames);
    frames->metrics = metrics;
}

void frames_finish(struct frames *frames)
{
    for (size_t i = 0; i < TICK_FRAMES_MAX; i++)
        free(frames->tick[i].memory);
    free(frames->own.memory);
}

static enum encoding encode(struct frames *frames, struct encoded_frame *encoded,
                            const struct ring *ring, uint64_t from, uint64_t to)
{
    if (!encoded->memory) {
        encoded->memory = malloc(FRAME_HEADROOM + PAYLOAD_BYTES + FRAME_TAILROOM);
        if (!encoded->memory)
            return FRAME_NO_MEMORY;
    }
    struct frame *frame = &encoded->frame;
    if (to - from > FRAME_EDITS_MAX)
        to = from + FRAME_EDITS_MAX;
    frame->serial = ++frames->serial;
    frame->n_messages = 0;
    frame->from = from;
    frame->to = to;
    frame->payload = encoded->memory + FRAME_HEADROOM;
    frame->len = 8 + (size_t)(to - from) * EDIT_BYTES;
    if (ring_copy(ring, from, to, frame->payload + 8, &frame->version) == RING_GONE)
        return FRAME_GONE;
    store_u64(frame->payload, frame->version);
    metric_add(frames->metrics, frames_total, 1);
    return FRAME_ENCODED;
}

uint64_t frames_add_user(struct frames *frames)
{
    return ++frames->n_users;
}

void frames_begin(struct frames *frames, uint64_t user)
{
    frames->owner = user;
    frames->n = 0;
}

enum encoding frames_add(struct frames *frames, const struct ring *ring, uint64_t from, uint64_t to)
{
    enum encoding result = encode(frames, &frames->tick[frames->n], ring, from, to);
    frames->n += result == FRAME_ENCODED;
    return result;
}

enum encoding frames_encode_own(struct frames *frames, const struct ring *ring, uint64_t from,
                                uint64_t to)
{
    return encode(frames, &frames->own, ring, from, to);
}

struct frame *frames_last(struct frames *frames, uint64_t user)
{
    return frames->owner == user && frames->n > 0 ? &frames->tick[frames->n - 1].frame : NULL;
}

const struct frame *frames_find(const struct frames *frames, uint64_t user, uint64_t from)
{
    if (frames->owner != user)
        return NULL;
    for (size_t i = 0; i < frames->n; i++) {
        if (frames->tick[i].frame.from == from)
            return &frames->tick[i].frame;
    }
    return NULL;
}
