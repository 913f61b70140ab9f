/* SPDX-License-Identifier: ISC */
/*
 * recent_authors: headers one behind the other in a ring of bytes, and a ring of what they belong
 * to. Offsets grow, so that a record is found by halving.
 */
#include "moderation/recent_authors.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/authors.h"

struct kept {
    uint64_t offset;
    uint32_t at, len; /* of its header in the bytes; len 0: it has no good one */
    uint32_t n;       /* edits */
};

struct recent_authors {
    struct fold fold;
    pthread_mutex_t lock; /* of what follows */
    uint64_t first, next; /* of the kept ones, counted since the start */
    uint32_t end;         /* where the next header goes */
    struct kept kept[RECENT_RECORDS];
    uint8_t bytes[RECENT_BYTES];
};

static struct kept *kept_at(struct recent_authors *recent, uint64_t i)
{
    return &recent->kept[i % RECENT_RECORDS];
}

/* The oldest one; NULL: there is none. */
static struct kept *oldest(struct recent_authors *recent)
{
    return recent->first < recent->next ? kept_at(recent, recent->first) : NULL;
}

/* Let go of the oldest ones until there is room for one more with so many bytes; where they go. The
 * oldest lie next behind the end, in their order, and then from the beginning on. */
static uint32_t make_room(struct recent_authors *recent, uint32_t len)
{
    uint32_t at = recent->end;
    const struct kept *old;
    if (len > RECENT_BYTES - at) {
        while ((old = oldest(recent)) && old->at >= at)
            recent->first++;
        at = 0;
    }
    if (recent->next - recent->first == RECENT_RECORDS)
        recent->first++;
    /* One without bytes is at a place, too, and goes when that is taken. */
    while ((old = oldest(recent)) && old->at < at + len && at < old->at + (old->len ? old->len : 1))
        recent->first++;
    return at;
}

static int on_record(struct fold *fold, const struct fold_record *record,
                     char error[FOLD_ERROR_BYTES])
{
    struct recent_authors *recent =
        (struct recent_authors *)((char *)fold - offsetof(struct recent_authors, fold));
    struct span header = record->record->authors;
    size_t n = record->edits.n;
    bool good = n > 0 && authors_count(header) == n && header.len <= RECENT_BYTES / 8;
    if (n == 0 || (!good && header.len > RECENT_BYTES / 8))
        return 0;
    uint32_t len = good ? (uint32_t)header.len : 0;
    pthread_mutex_lock(&recent->lock);
    uint32_t at = make_room(recent, len);
    *kept_at(recent, recent->next++) = (struct kept){record->record->offset, at, len, (uint32_t)n};
    if (good)
        memcpy(recent->bytes + at, header.data, len);
    recent->end = at + len;
    pthread_mutex_unlock(&recent->lock);
    return 0;
}

bool recent_authors_find(struct recent_authors *recent, uint64_t offset, uint32_t index,
                         uint64_t *author)
{
    pthread_mutex_lock(&recent->lock);
    uint64_t low = recent->first, high = recent->next;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (kept_at(recent, middle)->offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    const struct kept *kept = kept_at(recent, low);
    bool found = low < recent->next && kept->offset == offset && index < kept->n;
    if (found)
        *author = kept->len > 0
                      ? authors_of((struct span){recent->bytes + kept->at, kept->len}, index)
                      : 0;
    pthread_mutex_unlock(&recent->lock);
    return found;
}

struct fold *recent_authors_fold(struct recent_authors *recent)
{
    return &recent->fold;
}

struct recent_authors *recent_authors_create(void)
{
    static const struct fold_ops ops = {.record = on_record};
    struct recent_authors *recent = calloc(1, sizeof *recent);
    if (!recent)
        return NULL;
    recent->fold = (struct fold){.ops = &ops, .from = FOLD_LIVE};
    pthread_mutex_init(&recent->lock, NULL);
    return recent;
}

void recent_authors_destroy(struct recent_authors *recent)
{
    if (!recent)
        return;
    pthread_mutex_destroy(&recent->lock);
    free(recent);
}
