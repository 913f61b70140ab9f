/* SPDX-License-Identifier: ISC */
/* own_batches: a short list. Batches are given up strictly oldest first, so one number says which
 * of those that are still to come have been. */
#include "rules/own_batches.h"

#include <pthread.h>
#include <stdlib.h>

struct own {
    struct own *next;
    uint64_t nonce;
    uint64_t given_up;                 /* batches up to this one are no longer open */
    uint64_t read[OWN_BATCHES_WINDOW]; /* by number modulo that: the one read last */
};

struct own_batches {
    pthread_mutex_t lock;
    struct own *first;
};

struct own_batches *own_batches_create(void)
{
    struct own_batches *own = calloc(1, sizeof *own);
    if (own)
        pthread_mutex_init(&own->lock, NULL);
    return own;
}

void own_batches_destroy(struct own_batches *own)
{
    if (!own)
        return;
    while (own->first) {
        struct own *first = own->first;
        own->first = first->next;
        free(first);
    }
    pthread_mutex_destroy(&own->lock);
    free(own);
}

/* Under the lock. NULL: somebody else's. */
static struct own *find(struct own_batches *own, uint64_t nonce)
{
    struct own *found = own->first;
    while (found && found->nonce != nonce)
        found = found->next;
    return found;
}

static uint64_t *place_of(struct own *own, uint64_t batch)
{
    return &own->read[batch % OWN_BATCHES_WINDOW];
}

int own_batches_add(struct own_batches *own, uint64_t nonce)
{
    struct own *added = calloc(1, sizeof *added);
    if (!added)
        return -1;
    added->nonce = nonce;
    pthread_mutex_lock(&own->lock);
    added->next = own->first;
    own->first = added;
    pthread_mutex_unlock(&own->lock);
    return 0;
}

void own_batches_remove(struct own_batches *own, uint64_t nonce)
{
    pthread_mutex_lock(&own->lock);
    struct own **at = &own->first;
    while (*at && (*at)->nonce != nonce)
        at = &(*at)->next;
    struct own *removed = *at;
    if (removed)
        *at = removed->next;
    pthread_mutex_unlock(&own->lock);
    free(removed);
}

bool own_batches_give_up(struct own_batches *own, uint64_t nonce, uint64_t batch)
{
    pthread_mutex_lock(&own->lock);
    struct own *found = find(own, nonce);
    bool read = found && *place_of(found, batch) == batch;
    if (found && !read)
        found->given_up = batch;
    pthread_mutex_unlock(&own->lock);
    return !read;
}

enum landed own_batches_read(struct own_batches *own, const struct origin *origin)
{
    enum landed landed = LANDED_OTHER;
    pthread_mutex_lock(&own->lock);
    struct own *found = find(own, origin->nonce);
    if (found) {
        bool again = *place_of(found, origin->batch) == origin->batch;
        landed = again ? LANDED_OTHER : origin->batch <= found->given_up ? LANDED_KEPT : LANDED_OWN;
        *place_of(found, origin->batch) = origin->batch;
    }
    pthread_mutex_unlock(&own->lock);
    return landed;
}
