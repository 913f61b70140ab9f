/* SPDX-License-Identifier: ISC */
/* net_rate: see net_rate.h. */
#include "moderation/net_rate.h"

#include <stdlib.h>

#include "moderation/window_counts.h"

enum {
    NETWORKS = 65536,
    STEP_MS = 1000,
    SECONDS = WINDOW_STEPS * STEP_MS / 1000,
    SAID = 256, /* a power of two */
};

struct net_rate {
    struct detector detector;
    struct window_counts *counts;
    struct said {
        uint64_t network;
        int64_t second;
    } said[SAID]; /* of a network once a second, so that a flood costs little */
};

static void take(struct detector *detector, const struct sample *sample)
{
    struct net_rate *rate = (struct net_rate *)detector;
    if (sample->network == 0)
        return;
    uint64_t n = window_counts_add(rate->counts, sample->network, sample->time_ms, 1);
    if (n < (uint64_t)detector->threshold * SECONDS)
        return;
    struct said *said = &rate->said[sample->network % SAID];
    int64_t second = sample->time_ms / 1000;
    if (said->network == sample->network && said->second == second)
        return;
    *said = (struct said){sample->network, second};
    suspects_found(detector->suspects, detector->rule, sample->network, 0, 0,
                   (uint32_t)(n / SECONDS), sample->time_ms, &sample->author, 1);
}

static void destroy(struct detector *detector)
{
    struct net_rate *rate = (struct net_rate *)detector;
    window_counts_destroy(rate->counts);
    free(rate);
}

struct detector *net_rate_create(void)
{
    static const struct detector_ops ops = {.take = take, .destroy = destroy};
    struct net_rate *rate = calloc(1, sizeof *rate);
    if (!rate)
        return NULL;
    rate->detector.ops = &ops;
    rate->counts = window_counts_create(NETWORKS, STEP_MS);
    if (rate->counts)
        return &rate->detector;
    free(rate);
    return NULL;
}
