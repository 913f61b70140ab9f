/* SPDX-License-Identifier: ISC */
/* owners: a short list; an owner must not go away while it is told, hence under the lock. */
#include "plane/owners.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

struct owners {
    struct fold fold;
    struct log_outcomes outcomes;
    pthread_mutex_t lock;
    struct batch_owner *owners;
};

/* Under the lock. NULL: somebody else's. */
static struct batch_owner *find(struct owners *owners, uint64_t nonce)
{
    struct batch_owner *owner = owners->owners;
    while (owner && owner->nonce != nonce)
        owner = owner->next;
    return owner;
}

static int on_record(struct fold *fold, const struct fold_record *record,
                     char error[FOLD_ERROR_BYTES])
{
    struct owners *owners = (struct owners *)((char *)fold - offsetof(struct owners, fold));
    struct origin origin;
    if (!record_origin(record->record, &origin))
        return 0;
    pthread_mutex_lock(&owners->lock);
    struct batch_owner *owner = find(owners, origin.nonce);
    if (owner) {
        owner->landed(owner, origin.batch, record->record->offset + 1);
        owner->has_landed = true;
    }
    pthread_mutex_unlock(&owners->lock);
    return 0;
}

static void on_delivered(struct fold *fold)
{
    struct owners *owners = (struct owners *)((char *)fold - offsetof(struct owners, fold));
    pthread_mutex_lock(&owners->lock);
    for (struct batch_owner *owner = owners->owners; owner; owner = owner->next) {
        if (owner->has_landed)
            owner->delivered(owner);
        owner->has_landed = false;
    }
    pthread_mutex_unlock(&owners->lock);
}

static void on_outcome(struct log_outcomes *outcomes, struct origin origin,
                       enum log_outcome outcome)
{
    struct owners *owners = (struct owners *)((char *)outcomes - offsetof(struct owners, outcomes));
    pthread_mutex_lock(&owners->lock);
    struct batch_owner *owner = find(owners, origin.nonce);
    if (owner)
        owner->outcome(owner, origin.batch, outcome);
    pthread_mutex_unlock(&owners->lock);
}

struct owners *owners_create(void)
{
    static const struct fold_ops ops = {.record = on_record, .delivered = on_delivered};
    struct owners *owners = calloc(1, sizeof *owners);
    if (!owners)
        return NULL;
    owners->fold = (struct fold){.ops = &ops, .from = FOLD_LIVE};
    owners->outcomes.outcome = on_outcome;
    pthread_mutex_init(&owners->lock, NULL);
    return owners;
}

void owners_destroy(struct owners *owners)
{
    if (!owners)
        return;
    pthread_mutex_destroy(&owners->lock);
    free(owners);
}

struct fold *owners_fold(struct owners *owners)
{
    return &owners->fold;
}

struct log_outcomes *owners_outcomes(struct owners *owners)
{
    return &owners->outcomes;
}

void owners_add(struct owners *owners, struct batch_owner *owner)
{
    pthread_mutex_lock(&owners->lock);
    owner->next = owners->owners;
    owners->owners = owner;
    pthread_mutex_unlock(&owners->lock);
}

void owners_remove(struct owners *owners, struct batch_owner *owner)
{
    pthread_mutex_lock(&owners->lock);
    struct batch_owner **at = &owners->owners;
    while (*at && *at != owner)
        at = &(*at)->next;
    if (*at)
        *at = owner->next;
    pthread_mutex_unlock(&owners->lock);
}
