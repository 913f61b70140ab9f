/* SPDX-License-Identifier: ISC */
/* pace: see pace.h. */
#include "pace.h"

/* 140,000 years. Times of a log are of any size: up to here they multiply without overflow. */
static const uint64_t elapsed_max = UINT64_C(1) << 52;

void pace_init(struct pace *pace, const struct pace_config *config)
{
    *pace = (struct pace){.config = *config};
}

void pace_record(struct pace *pace, int64_t time_ms)
{
    if (time_ms < 0 || (pace->has_clock && time_ms <= pace->clock_ms))
        return;
    if (pace->has_clock) {
        int64_t gap = time_ms - pace->clock_ms; /* neither is negative */
        if (pace->config.idle_ms >= 0 && gap > pace->config.idle_ms)
            gap = pace->config.idle_ms;
        uint64_t room = elapsed_max - pace->elapsed_ms;
        pace->elapsed_ms += (uint64_t)gap < room ? (uint64_t)gap : room;
    }
    pace->has_clock = true;
    pace->clock_ms = time_ms;
}

uint64_t pace_frame(const struct pace *pace)
{
    const struct pace_config *config = &pace->config;
    if (config->edits_per_frame > 0)
        return 1 + pace->edits / config->edits_per_frame;
    /* elapsed_ms / speed_milli seconds of film, rounded up to a whole frame. */
    uint64_t parts = pace->elapsed_ms * config->fps;
    uint64_t frame = parts / config->speed_milli + (parts % config->speed_milli > 0);
    return frame > 0 ? frame : 1;
}

uint64_t pace_room(const struct pace *pace)
{
    uint64_t a_frame = pace->config.edits_per_frame;
    return a_frame > 0 ? a_frame - pace->edits % a_frame : PACE_ALL_EDITS;
}

void pace_take(struct pace *pace, uint64_t n)
{
    pace->edits += n;
}
