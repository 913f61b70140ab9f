/* SPDX-License-Identifier: ISC */
/* issuing: see issuing.h. The keys of the table are keyed hashes already, so nobody can choose
 * which slots his networks fall on. */
#include "identity/issuing.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    SLOTS = 1 << 16, /* 1 MiB */
    PROBES = 8,
    HOUR_MS = 3600 * 1000,
    WIDER = 4, /* by so much a wider network may have more */
};

struct slot {
    uint64_t network; /* 0: free */
    int64_t until_ms; /* what it was given is paid off then; before now: the same as free */
};

struct issuing {
    pthread_mutex_t lock;
    unsigned rate;
    struct slot slots[SLOTS];
};

struct issuing *issuing_create(unsigned rate)
{
    struct issuing *issuing = calloc(1, sizeof *issuing);
    if (!issuing)
        return NULL;
    pthread_mutex_init(&issuing->lock, NULL);
    issuing->rate = rate;
    return issuing;
}

void issuing_destroy(struct issuing *issuing)
{
    if (!issuing)
        return;
    pthread_mutex_destroy(&issuing->lock);
    free(issuing);
}

/* The network's slot, or the one that it gets: a free one, else that whose debt ends first. So a
 * full table forgets those first that it would forget soonest anyway. */
static struct slot *find(struct issuing *issuing, uint64_t network)
{
    struct slot *best = NULL;
    for (unsigned i = 0; i < PROBES; i++) {
        struct slot *slot = &issuing->slots[(network + i) % SLOTS];
        if (slot->network == network)
            return slot;
        if (!best || slot->until_ms < best->until_ms)
            best = slot;
    }
    return best;
}

static int64_t max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

bool issuing_take(struct issuing *issuing, const uint64_t networks[VISITOR_NETWORKS],
                  int64_t now_ms, uint64_t *retry_ms)
{
    int64_t until_ms[VISITOR_NETWORKS], wait_ms = 0;
    if (issuing->rate == 0)
        return true;
    pthread_mutex_lock(&issuing->lock);
    for (unsigned i = 0, rate = issuing->rate; i < VISITOR_NETWORKS; i++, rate *= WIDER) {
        if (networks[i] == 0)
            continue;
        struct slot *slot = find(issuing, networks[i]);
        int64_t debt_until = slot->network == networks[i] ? slot->until_ms : 0;
        if (debt_until > now_ms + HOUR_MS) /* the clock was set back: no more than a full debt */
            debt_until = slot->until_ms = now_ms + HOUR_MS;
        until_ms[i] = max(debt_until, now_ms) + (HOUR_MS + rate - 1) / rate;
        wait_ms = max(wait_ms, until_ms[i] - (now_ms + HOUR_MS));
    }
    for (unsigned i = 0; wait_ms <= 0 && i < VISITOR_NETWORKS; i++) {
        if (networks[i] != 0)
            *find(issuing, networks[i]) =
                (struct slot){.network = networks[i], .until_ms = until_ms[i]};
    }
    pthread_mutex_unlock(&issuing->lock);
    *retry_ms = wait_ms > 0 ? (uint64_t)wait_ms : 0;
    return wait_ms <= 0;
}
