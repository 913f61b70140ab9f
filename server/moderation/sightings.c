/* SPDX-License-Identifier: ISC */
/* sightings: see sightings.h. Tables by the author's hash, each under its own lock. */
#include "moderation/sightings.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    SHARDS = 64,
    AGAIN_MS = 24 * 3600 * 1000, /* shared anew, so that all servers know about when it was last */
};

struct shard {
    pthread_mutex_t lock;
    struct sighting_table *table;
};

struct sightings {
    struct shard shards[SHARDS];
    pthread_mutex_t lock;     /* of what follows; taken inside a shard's */
    struct sighting *waiting; /* to be shared: a ring */
    size_t first_waiting, n_waiting;
};

struct sightings *sightings_create(void)
{
    struct sightings *sightings = calloc(1, sizeof *sightings);
    if (!sightings)
        return NULL;
    bool good = true;
    pthread_mutex_init(&sightings->lock, NULL);
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_init(&sightings->shards[i].lock, NULL);
        sightings->shards[i].table = sighting_table_create(SIGHTINGS_PAIRS / SHARDS);
        good = good && sightings->shards[i].table;
    }
    sightings->waiting = calloc(SIGHTINGS_WAITING, sizeof *sightings->waiting);
    if (good && sightings->waiting)
        return sightings;
    sightings_destroy(sightings);
    return NULL;
}

void sightings_destroy(struct sightings *sightings)
{
    if (!sightings)
        return;
    for (size_t i = 0; i < SHARDS; i++) {
        sighting_table_destroy(sightings->shards[i].table);
        pthread_mutex_destroy(&sightings->shards[i].lock);
    }
    pthread_mutex_destroy(&sightings->lock);
    free(sightings->waiting);
    free(sightings);
}

/* The author's shard, locked. */
static struct shard *shard_of(struct sightings *sightings, uint64_t author)
{
    struct shard *shard = &sightings->shards[author * UINT64_C(0xd6e8feb86659fd93) >> 58];
    pthread_mutex_lock(&shard->lock);
    return shard;
}

static void wait_to_be_shared(struct sightings *sightings, const struct sighting *sighting)
{
    pthread_mutex_lock(&sightings->lock);
    /* When they are too many this one is known here and nowhere else. It is noted again in a day.
     */
    if (sightings->n_waiting < SIGHTINGS_WAITING) {
        size_t at = (sightings->first_waiting + sightings->n_waiting++) % SIGHTINGS_WAITING;
        sightings->waiting[at] = *sighting;
    }
    pthread_mutex_unlock(&sightings->lock);
}

void sightings_note(struct sightings *sightings, const struct visitor *visitor, int64_t now_ms)
{
    uint64_t author = visitor->author, network = visitor->networks[VISITOR_NETWORK_NARROW];
    if (author == 0 || network == 0)
        return;
    struct shard *shard = shard_of(sightings, author);
    bool share = sighting_table_note(shard->table, author, network, now_ms, AGAIN_MS);
    pthread_mutex_unlock(&shard->lock);
    if (share)
        wait_to_be_shared(sightings, &(struct sighting){.author = author,
                                                        .network = network,
                                                        .first_ms = now_ms,
                                                        .last_ms = now_ms});
}

void sightings_shared(struct sightings *sightings, uint64_t author, uint64_t network, int64_t at_ms,
                      uint64_t action)
{
    if (author == 0 || network == 0)
        return;
    struct shard *shard = shard_of(sightings, author);
    sighting_table_shared(shard->table, author, network, at_ms, (uint32_t)action);
    pthread_mutex_unlock(&shard->lock);
}

void sightings_forget(struct sightings *sightings, uint64_t author, uint64_t action)
{
    pthread_mutex_lock(&sightings->lock);
    for (size_t i = 0; i < sightings->n_waiting; i++) {
        struct sighting *waits =
            &sightings->waiting[(sightings->first_waiting + i) % SIGHTINGS_WAITING];
        if (waits->author == author)
            waits->author = 0;
    }
    pthread_mutex_unlock(&sightings->lock);
    struct shard *shard = shard_of(sightings, author);
    sighting_table_forget(shard->table, author, (uint32_t)action);
    pthread_mutex_unlock(&shard->lock);
}

size_t sightings_take(struct sightings *sightings, struct sighting *into, size_t room)
{
    size_t n = 0;
    pthread_mutex_lock(&sightings->lock);
    while (n < room && sightings->n_waiting > 0) {
        struct sighting *next = &sightings->waiting[sightings->first_waiting];
        if (next->author != 0)
            into[n++] = *next;
        sightings->first_waiting = (sightings->first_waiting + 1) % SIGHTINGS_WAITING;
        sightings->n_waiting--;
    }
    pthread_mutex_unlock(&sightings->lock);
    return n;
}

size_t sightings_networks(struct sightings *sightings, uint64_t author, struct sighting *into,
                          size_t room)
{
    struct shard *shard = shard_of(sightings, author);
    size_t n = sighting_table_networks(shard->table, author, into, room);
    pthread_mutex_unlock(&shard->lock);
    return n;
}

uint64_t sightings_network(struct sightings *sightings, uint64_t author)
{
    struct sighting newest;
    return sightings_networks(sightings, author, &newest, 1) > 0 ? newest.network : 0;
}

size_t sightings_authors(struct sightings *sightings, uint64_t network, struct sighting *into,
                         size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < SHARDS; i++) {
        struct shard *shard = &sightings->shards[i];
        pthread_mutex_lock(&shard->lock);
        n += sighting_table_authors(shard->table, network, n < room ? into + n : into,
                                    n < room ? room - n : 0);
        pthread_mutex_unlock(&shard->lock);
    }
    return n;
}
