/* SPDX-License-Identifier: ISC */
/*
 * fan-out: the frames of a tick go by the positions that they cover, so a session's cursor alone
 * says which one is its next.
 */
#include "session/fanout.h"

enum {
    EARLY_EDITS = TICK_FRAMES_MAX / 2 * FRAME_EDITS_MAX, /* news that do not wait for the tick */
    RETRY_US = 200 * 1000, /* when there was no memory for a single frame */
};

void fanout_init(struct fanout *fanout, const struct canvas_place *place, struct frames *frames,
                 const struct pace *pace)
{
    *fanout = (struct fanout){.place = place,
                              .frames = frames,
                              .user = frames_add_user(frames),
                              .pace = pace,
                              .sent = ring_head(place_ring(place)),
                              .sent_whole = true};
}

/* Is it time to send what is new? */
static bool is_due(const struct fanout *fanout, const struct ring_mark *head, uint64_t now_us,
                   bool force)
{
    /* More than a few frames of news do not wait: at millions of edits a second the ring would lap
     * those who read at once. */
    return force || !fanout->sent_whole || fanout->ticked_us == 0 ||
           head->position - fanout->sent.position >= EARLY_EDITS ||
           now_us >= fanout->ticked_us + fanout->pace->tick_us;
}

/* Encode from the last tick's end towards head. Where it ended; *memory is false when there was
 * none for a single frame. */
static uint64_t encode(struct fanout *fanout, const struct ring_mark *head, bool *memory)
{
    struct frames *frames = fanout->frames;
    uint64_t from = fanout->sent.position;
    *memory = true;
    frames_begin(frames, fanout->user);
    do {
        switch (frames_add(frames, place_ring(fanout->place), from, head->position)) {
        case FRAME_ENCODED:
            from = frames_last(frames, fanout->user)->to;
            break;
        case FRAME_NO_MEMORY:
            *memory = frames->n > 0;
            return from;
        case FRAME_GONE:
            /* The ring began anew, or we slept through all of it: everyone behind is lost. */
            frames_begin(frames, fanout->user);
            return head->position;
        }
    } while (from < head->position && frames->n < TICK_FRAMES_MAX);
    return from;
}

bool fanout_tick(struct fanout *fanout, uint64_t now_us, bool force, uint64_t *due_us)
{
    struct ring_mark head = ring_head(place_ring(fanout->place));
    *due_us = UINT64_MAX;
    if (head.version == fanout->sent.version && head.position == fanout->sent.position)
        return false;
    if (!is_due(fanout, &head, now_us, force)) {
        *due_us = fanout->ticked_us + fanout->pace->tick_us;
        return false;
    }
    bool memory;
    uint64_t end = encode(fanout, &head, &memory);
    if (!memory) {
        *due_us = now_us + RETRY_US;
        return false;
    }
    fanout->sent_whole = end == head.position;
    if (fanout->sent_whole) {
        fanout->sent = head;
    } else {
        fanout->sent.position = end;
        fanout->sent.version = frames_last(fanout->frames, fanout->user)->version;
        *due_us = now_us; /* the rest at once */
    }
    fanout->ticked_us = now_us;
    return true;
}

bool fanout_attach(struct fanout *fanout, const struct message *message)
{
    struct frame *last = frames_last(fanout->frames, fanout->user);
    if (!fanout->sent_whole || !last || last->n_messages == FRAME_MESSAGES_MAX)
        return false;
    last->messages[last->n_messages++] = *message;
    return true;
}

enum fanout_next fanout_next(struct fanout *fanout, uint64_t position, uint64_t version,
                             const struct frame **frame)
{
    if (fanout_is_up_to_date(fanout, position, version))
        return FANOUT_UP_TO_DATE;
    *frame = frames_find(fanout->frames, fanout->user, position);
    if (*frame)
        return FANOUT_FRAME;
    switch (frames_encode_own(fanout->frames, place_ring(fanout->place), position,
                              fanout->sent.position)) {
    case FRAME_ENCODED:
        *frame = &fanout->frames->own.frame;
        return FANOUT_FRAME;
    case FRAME_NO_MEMORY:
        return FANOUT_NO_MEMORY;
    case FRAME_GONE:
        break;
    }
    return FANOUT_LOST;
}
