/* SPDX-License-Identifier: ISC */
/* pace: the time spent on sending is added up over one tick, and the next ticks follow it. */
#include "session/pace.h"

enum {
    TICK_MAX_US = 1000 * 1000, /* a tick that is not set to more stretches so far */
    ROUND_PERCENT = 60,        /* of a tick that sending fills at most */
    SHRINK_SHARE = 4,          /* a tick that is too long loses a quarter of the difference, */
    SHRINK_US = 1000,          /* and the last of it at once */
};

void pace_init(struct pace *pace, struct metrics *metrics, uint64_t tick_us)
{
    *pace = (struct pace){.metrics = metrics, .set_us = tick_us, .tick_us = tick_us};
    metric_set(metrics, tick_ms, tick_us / 1000);
}

/* A period has ended. */
static void adapt(struct pace *pace)
{
    uint64_t longest = pace->set_us > TICK_MAX_US ? pace->set_us : TICK_MAX_US;
    /* One period alone says little: something else may have had the processor. */
    uint64_t both = pace->spent_us < pace->previous_us ? pace->spent_us : pace->previous_us;
    uint64_t wanted = both * 100 / ROUND_PERCENT;
    if (wanted < pace->set_us)
        wanted = pace->set_us;
    if (wanted > longest)
        wanted = longest;
    if (wanted + SHRINK_US < pace->tick_us)
        wanted = pace->tick_us - (pace->tick_us - wanted) / SHRINK_SHARE;
    if (wanted == pace->tick_us)
        return;
    pace->tick_us = wanted;
    metric_set(pace->metrics, tick_ms, wanted / 1000);
}

void pace_spend(struct pace *pace, uint64_t now_us, uint64_t took_us)
{
    if (pace->began_us == 0 || now_us >= pace->began_us + pace->tick_us) {
        adapt(pace);
        pace->previous_us = pace->spent_us;
        pace->spent_us = 0;
        pace->began_us = now_us;
    }
    pace->spent_us += took_us;
}
