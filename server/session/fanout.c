/* SPDX-License-Identifier: ISC */
/*
 * fan-out: the frames of the present tick are kept, encoded, until the next one. A frame goes by
 * the positions it covers, so a session's cursor alone says which frame is its next.
 */
#include "session/fanout.h"

#include <stdlib.h>

#include "core/bytes.h"
#include "core/edit.h"
#include "session/owed.h"

enum {
    TICK_FRAMES = 16, /* frames encoded a tick; when there is more, the next tick is at once */
    TICK_MAX_US = 1000 * 1000, /* a tick that is not set to more stretches so far */
    ROUND_PERCENT = 60,        /* of a tick that a round of sends fills at most */
    SHRINK_SHARE = 4,          /* a tick that is too long loses a quarter of the difference */
    SHRINK_US = 1000,          /* the last bit at once */
    EARLY_EDITS = TICK_FRAMES / 2 * FRAME_EDITS_MAX, /* news that do not wait for the tick */
    PAYLOAD_BYTES = 8 + EDIT_BYTES * FRAME_EDITS_MAX,
};

struct encoded {
    struct frame frame;
    uint8_t *memory; /* headroom and payload; allocated when first needed */
};

struct fanout {
    const struct ring *ring;
    struct metrics *metrics;
    uint64_t tick_us;      /* as it was set */
    uint64_t stretched_us; /* as it is now: tick_us or more */
    uint64_t took_us;      /* the last round */
    uint64_t ticked_us;    /* when the last tick with news was */
    struct ring_mark told; /* where it ended */
    bool told_whole;       /* at the end of a record */
    uint64_t serial;       /* of the last frame */
    size_t n_frames;
    struct encoded frames[TICK_FRAMES];
    struct encoded own;                   /* for one session that is behind */
    uint64_t deliveries, delivered_bytes; /* not yet in the metrics: an atomic each would be dear */
};

struct fanout *fanout_create(const struct ring *ring, struct metrics *metrics, uint64_t tick_us)
{
    struct fanout *fanout = calloc(1, sizeof *fanout);
    if (!fanout)
        return NULL;
    fanout->ring = ring;
    fanout->metrics = metrics;
    fanout->tick_us = fanout->stretched_us = tick_us;
    metric_set(metrics, tick_ms, tick_us / 1000);
    fanout->told = ring_head(ring);
    fanout->told_whole = true;
    return fanout;
}

void fanout_destroy(struct fanout *fanout)
{
    if (!fanout)
        return;
    for (size_t i = 0; i < TICK_FRAMES; i++)
        free(fanout->frames[i].memory);
    free(fanout->own.memory);
    free(fanout);
}

enum encode {
    ENCODED,
    NO_MEMORY, /* try again later */
    GONE,      /* not in the ring any more */
};

/* Encode the edits [from, to), at most a frame's worth of them. */
static enum encode encode(struct fanout *fanout, struct encoded *encoded, uint64_t from,
                          uint64_t to)
{
    if (!encoded->memory) {
        encoded->memory = malloc(FRAME_HEADROOM + PAYLOAD_BYTES + FRAME_TAILROOM);
        if (!encoded->memory)
            return NO_MEMORY;
    }
    struct frame *frame = &encoded->frame;
    if (to - from > FRAME_EDITS_MAX)
        to = from + FRAME_EDITS_MAX;
    frame->serial = ++fanout->serial;
    frame->n_riders = 0;
    frame->from = from;
    frame->to = to;
    frame->payload = encoded->memory + FRAME_HEADROOM;
    frame->len = 8 + (size_t)(to - from) * EDIT_BYTES;
    if (ring_copy(fanout->ring, from, to, frame->payload + 8, &frame->version) == RING_GONE)
        return GONE;
    store_u64(frame->payload, frame->version);
    metric_add(fanout->metrics, frames_total, 1);
    return ENCODED;
}

bool fanout_tick(struct fanout *fanout, uint64_t now, bool force, uint64_t *due)
{
    struct ring_mark head = ring_head(fanout->ring);
    *due = UINT64_MAX;
    if (head.version == fanout->told.version && head.position == fanout->told.position)
        return false;
    /* More than a few frames of news do not wait: at millions of edits a second the ring would lap
     * those who read at once. */
    bool soon = force || !fanout->told_whole || fanout->ticked_us == 0 ||
                head.position - fanout->told.position >= EARLY_EDITS;
    if (!soon && now < fanout->ticked_us + fanout->stretched_us) {
        *due = fanout->ticked_us + fanout->stretched_us;
        return false;
    }
    uint64_t from = fanout->told.position;
    fanout->n_frames = 0;
    do {
        struct encoded *encoded = &fanout->frames[fanout->n_frames];
        enum encode result = encode(fanout, encoded, from, head.position);
        if (result == NO_MEMORY)
            break;
        if (result == GONE) {
            /* The ring began anew, or we slept through all of it: everyone behind will fall off. */
            fanout->n_frames = 0;
            from = head.position;
            break;
        }
        from = encoded->frame.to;
        fanout->n_frames++;
    } while (from < head.position && fanout->n_frames < TICK_FRAMES);

    if (from == fanout->told.position && from < head.position) { /* no memory for a single frame */
        *due = now + fanout->tick_us;
        return false;
    }
    fanout->told_whole = from == head.position;
    if (fanout->told_whole) {
        fanout->told = head;
    } else {
        fanout->told.position = from;
        if (fanout->n_frames > 0)
            fanout->told.version = fanout->frames[fanout->n_frames - 1].frame.version;
        *due = now; /* the rest at once */
    }
    fanout->ticked_us = now;
    return true;
}

static enum told deliver(struct fanout *fanout, struct session *session, const struct frame *frame)
{
    switch (session->ops->frame(session, frame)) {
    case SENT_BUSY:
        return TOLD_BUSY;
    case SENT_GONE:
        return TOLD_BROKEN;
    case SENT_OK:
        break;
    }
    session->position = frame->to;
    session->version = frame->version;
    if (frame->n_riders > 0)
        session_paid(session, frame);
    fanout->deliveries++;
    fanout->delivered_bytes += frame->len;
    return TOLD_ALL;
}

enum told fanout_send(struct fanout *fanout, struct session *session)
{
    for (size_t i = 0; i < fanout->n_frames; i++) {
        const struct frame *frame = &fanout->frames[i].frame;
        if (frame->from != session->position)
            continue;
        enum told result = deliver(fanout, session, frame);
        if (result != TOLD_ALL)
            return result;
    }
    while (!fanout_up_to_date(fanout, session)) {
        enum encode encoded =
            encode(fanout, &fanout->own, session->position, fanout->told.position);
        if (encoded != ENCODED)
            return encoded == GONE ? TOLD_FELL_OFF : TOLD_BUSY;
        enum told result = deliver(fanout, session, &fanout->own.frame);
        if (result != TOLD_ALL)
            return result;
    }
    return TOLD_ALL;
}

bool fanout_ride(struct fanout *fanout, const struct message *message)
{
    if (!fanout->told_whole || fanout->n_frames == 0)
        return false;
    struct frame *last = &fanout->frames[fanout->n_frames - 1].frame;
    if (last->n_riders == FRAME_RIDERS)
        return false;
    last->riders[last->n_riders++] = *message;
    return true;
}

void fanout_round(struct fanout *fanout, uint64_t took_us)
{
    uint64_t longest = fanout->tick_us > TICK_MAX_US ? fanout->tick_us : TICK_MAX_US;
    /* One round alone says little: something else may have had the processor. */
    uint64_t both = took_us < fanout->took_us ? took_us : fanout->took_us;
    fanout->took_us = took_us;
    uint64_t wanted = both * 100 / ROUND_PERCENT;
    if (wanted < fanout->tick_us)
        wanted = fanout->tick_us;
    if (wanted > longest)
        wanted = longest;
    if (wanted + SHRINK_US < fanout->stretched_us)
        wanted = fanout->stretched_us - (fanout->stretched_us - wanted) / SHRINK_SHARE;
    if (wanted == fanout->stretched_us)
        return;
    fanout->stretched_us = wanted;
    metric_set(fanout->metrics, tick_ms, wanted / 1000);
}

void fanout_count(struct fanout *fanout)
{
    metric_add(fanout->metrics, deliveries_total, fanout->deliveries);
    metric_add(fanout->metrics, delivered_bytes_total, fanout->delivered_bytes);
    fanout->deliveries = fanout->delivered_bytes = 0;
}

bool fanout_up_to_date(const struct fanout *fanout, const struct session *session)
{
    /* At the same place the version counts too: a skipped record moves it without any edit. */
    uint64_t told = fanout->told.position;
    return session->position > told ||
           (session->position == told && session->version >= fanout->told.version);
}

struct ring_mark fanout_told(const struct fanout *fanout, bool *whole)
{
    *whole = fanout->told_whole;
    return fanout->told;
}
