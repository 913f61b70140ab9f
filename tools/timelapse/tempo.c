/* SPDX-License-Identifier: ISC */
/* tempo: see tempo.h. */
#include "tempo.h"

/* 140,000 years. Times of a log are of any size: up to here they multiply without overflow. */
static const uint64_t elapsed_max = UINT64_C(1) << 52;

void tempo_init(struct tempo *tempo, const struct tempo_config *config)
{
    *tempo = (struct tempo){.config = *config};
}

void tempo_record(struct tempo *tempo, int64_t time_ms)
{
    if (time_ms < 0 || (tempo->has_clock && time_ms <= tempo->clock_ms))
        return;
    if (tempo->has_clock) {
        int64_t gap = time_ms - tempo->clock_ms; /* neither is negative */
        if (tempo->config.idle_ms >= 0 && gap > tempo->config.idle_ms)
            gap = tempo->config.idle_ms;
        uint64_t room = elapsed_max - tempo->elapsed_ms;
        tempo->elapsed_ms += (uint64_t)gap < room ? (uint64_t)gap : room;
    }
    tempo->has_clock = true;
    tempo->clock_ms = time_ms;
}

uint64_t tempo_frame(const struct tempo *tempo)
{
    const struct tempo_config *config = &tempo->config;
    if (config->edits_per_frame > 0)
        return 1 + tempo->edits / config->edits_per_frame;
    /* elapsed_ms / speed_milli seconds of film, rounded up to a whole frame. */
    uint64_t parts = tempo->elapsed_ms * config->fps;
    uint64_t frame = parts / config->speed_milli + (parts % config->speed_milli > 0);
    return frame > 0 ? frame : 1;
}

uint64_t tempo_room(const struct tempo *tempo)
{
    uint64_t a_frame = tempo->config.edits_per_frame;
    return a_frame > 0 ? a_frame - tempo->edits % a_frame : TEMPO_ALL_EDITS;
}

void tempo_take(struct tempo *tempo, uint64_t n)
{
    tempo->edits += n;
}
