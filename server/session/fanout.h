/* SPDX-License-Identifier: ISC */
/*
 * fan-out: what the viewers of one canvas in one shard are sent. Each tick the new edits become one
 * encoded frame (several when there are many), which everybody gets who is up to date; a session
 * that is behind gets its own run. Shard's thread.
 */
#ifndef PLACED_SESSION_FANOUT_H
#define PLACED_SESSION_FANOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ring.h"
#include "plane/place.h"
#include "session/frame.h"
#include "session/pace.h"

struct fanout {
    const struct canvas_place *place; /* is watched */
    struct frames *frames;            /* of the shard, */
    uint64_t user;                    /* and our number there */
    const struct pace *pace;
    uint64_t ticked_us;    /* when the last tick with news was; 0: there was none */
    struct ring_mark sent; /* where it ended */
    bool sent_whole;       /* at the end of a record, so that sent.checksum is right */
};

/* From the present on. */
void fanout_init(struct fanout *fanout, const struct canvas_place *place, struct frames *frames,
                 const struct pace *pace);

/* Encode what is new, if there is anything and the tick is due (or forced). True when there are
 * frames to send. *due_us becomes when to come again, UINT64_MAX: when something is new. */
bool fanout_tick(struct fanout *fanout, uint64_t now_us, bool force, uint64_t *due_us);

/* After a tick and before anything of it is sent: everybody is told this message right after the
 * tick's last frame, in the same send. False: there is no such frame, or no room. */
bool fanout_attach(struct fanout *fanout, const struct message *message);

enum fanout_next {
    FANOUT_FRAME,
    FANOUT_UP_TO_DATE, /* with the last tick */
    FANOUT_NO_MEMORY,  /* try again later */
    FANOUT_LOST,       /* what follows is no longer in the ring */
};

/* What follows for a client at this position and version. The frame is good until the next call. */
enum fanout_next fanout_next(struct fanout *fanout, uint64_t position, uint64_t version,
                             const struct frame **frame);

/* Has a client at this position and version got everything up to the last tick? */
static inline bool fanout_is_up_to_date(const struct fanout *fanout, uint64_t position,
                                        uint64_t version)
{
    /* At the same place the version counts too: a ring that began anew has no edit between. */
    return position > fanout->sent.position ||
           (position == fanout->sent.position && version >= fanout->sent.version);
}

#endif
