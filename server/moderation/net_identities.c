/* SPDX-License-Identifier: ISC */
/* net_identities: see net_identities.h. */
#include "moderation/net_identities.h"

#include <stdlib.h>

#include "moderation/window_counts.h"

enum {
    NETWORKS = 16384,
    AUTHORS = 131072,
    STEP_MS = 60 * 1000,
    WINDOW_MS = WINDOW_STEPS * STEP_MS,
};

struct net_identities {
    struct detector detector;
    struct window_counts *networks; /* new authors of each */
    struct window_counts *counted;  /* who counts already, by author and network */
};

static void take(struct detector *detector, const struct sample *sample)
{
    struct net_identities *identities = (struct net_identities *)detector;
    uint64_t network = sample->network;
    if (network == 0 || sample->known_ms == 0 || sample->time_ms - sample->known_ms > WINDOW_MS)
        return;
    uint64_t pair = sample->author ^ network * UINT64_C(0xd6e8feb86659fd93);
    if (window_counts_add(identities->counted, pair ? pair : 1, sample->time_ms, 1) != 1)
        return;
    uint64_t n = window_counts_add(identities->networks, network, sample->time_ms, 1);
    if (n >= detector->threshold)
        suspects_found(detector->suspects, detector->rule, network, 0, 0, (uint32_t)n,
                       sample->time_ms, &sample->author, 1);
}

static void destroy(struct detector *detector)
{
    struct net_identities *identities = (struct net_identities *)detector;
    window_counts_destroy(identities->networks);
    window_counts_destroy(identities->counted);
    free(identities);
}

struct detector *net_identities_create(void)
{
    static const struct detector_ops ops = {.take = take, .destroy = destroy};
    struct net_identities *identities = calloc(1, sizeof *identities);
    if (!identities)
        return NULL;
    identities->detector.ops = &ops;
    identities->networks = window_counts_create(NETWORKS, STEP_MS);
    identities->counted = window_counts_create(AUTHORS, STEP_MS);
    if (identities->networks && identities->counted)
        return &identities->detector;
    destroy(&identities->detector);
    return NULL;
}
