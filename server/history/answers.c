/* SPDX-License-Identifier: ISC */
/*
 * answers: a table of entries, one a name that is being made or was made. An entry that a worker
 * has is left alone by all others; one that has been made lies in a list by use, whose end goes
 * when there is no room.
 */
#include "history/answers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "sys/worker.h"

enum {
    BUCKETS = 4096,
    ENTRY_BYTES = 4096, /* what a name counts at least, so that there are never very many */
};

struct entry {
    struct job job; /* first: the pointers are exchanged */
    struct answers *answers;
    struct history_name name;
    SLIST_ENTRY(entry) in_bucket;
    /* Under the lock: */
    bool making;    /* a worker has it or will; then it is in no list by use */
    uint64_t stamp; /* that was asked for when it was given to the worker */
    struct answers_made made;
    TAILQ_ENTRY(entry) by_use;
};

struct answers {
    struct answers_maker *maker;
    struct answers_limits limits;
    struct worker *quick, *slow;

    pthread_mutex_t lock; /* of what follows; held for moments only */
    SLIST_HEAD(bucket, entry) buckets[BUCKETS];
    TAILQ_HEAD(by_use, entry) by_use; /* the one asked for last comes first */
    size_t cached_bytes;
};

/* ---- the cache; the lock is held ---- */

static struct bucket *bucket_of(struct answers *answers, const struct history_name *name)
{
    uint64_t hash = (uint64_t)name->kind << 32 | (uint64_t)(uint16_t)name->position.gx << 16 |
                    (uint16_t)name->position.gy;
    hash = (hash ^ hash >> 29) * UINT64_C(0xbf58476d1ce4e5b9) + name->from;
    hash = (hash ^ hash >> 31) * UINT64_C(0x94d049bb133111eb) + name->to;
    hash = (hash ^ hash >> 30) * UINT64_C(0x9e3779b97f4a7c15);
    return &answers->buckets[hash >> 52];
}

static struct entry *find(struct answers *answers, struct history_name name)
{
    struct entry *entry;
    SLIST_FOREACH(entry, bucket_of(answers, &name), in_bucket)
    if (history_name_equal(entry->name, name))
        return entry;
    return NULL;
}

static size_t bytes_of(const struct entry *entry)
{
    size_t len = entry->made.answer ? entry->made.answer->len : 0;
    return len > ENTRY_BYTES ? len : ENTRY_BYTES;
}

/* Out of the list by use, with what was made. It lives on for those who hold it. */
static void forget(struct answers *answers, struct entry *entry)
{
    answers->cached_bytes -= bytes_of(entry);
    TAILQ_REMOVE(&answers->by_use, entry, by_use);
    history_answer_release(entry->made.answer);
    entry->made = (struct answers_made){.state = HISTORY_COMING};
}

static void drop(struct answers *answers, struct entry *entry)
{
    SLIST_REMOVE(bucket_of(answers, &entry->name), entry, entry, in_bucket);
    free(entry);
}

/* Keep what was made, and let go what nobody has asked for the longest. */
static void remember(struct answers *answers, struct entry *entry, struct answers_made made)
{
    entry->made = made;
    answers->cached_bytes += bytes_of(entry);
    TAILQ_INSERT_HEAD(&answers->by_use, entry, by_use);
    while (answers->cached_bytes > answers->limits.cache_bytes) {
        struct entry *oldest = TAILQ_LAST(&answers->by_use, by_use);
        if (oldest == entry)
            break;
        forget(answers, oldest);
        drop(answers, oldest);
    }
}

/* ---- the workers ---- */

static void run(struct job *job)
{
    struct entry *entry = (struct entry *)job;
    struct answers *answers = entry->answers;
    struct answers_made made = answers->maker->make(answers->maker, entry->name);
    pthread_mutex_lock(&answers->lock);
    entry->making = false;
    if (made.state == HISTORY_COMING || made.state == HISTORY_BUSY)
        drop(answers, entry);
    else
        remember(answers, entry, made);
    pthread_mutex_unlock(&answers->lock);
    if (made.state != HISTORY_COMING)
        answers->maker->ready(answers->maker);
}

/* ---- any thread ---- */

static struct entry *add(struct answers *answers, struct history_name name)
{
    struct entry *entry = calloc(1, sizeof *entry);
    if (entry) {
        entry->job.run = run;
        entry->answers = answers;
        entry->name = name;
        SLIST_INSERT_HEAD(bucket_of(answers, &name), entry, in_bucket);
    }
    return entry;
}

/* Have it made. The lock is held, and the entry is in no list by use. */
static enum history_state begin(struct answers *answers, struct entry *entry, uint64_t stamp,
                                bool slow)
{
    entry->stamp = stamp;
    entry->making = worker_add(slow ? answers->slow : answers->quick, &entry->job, 0);
    if (entry->making)
        return HISTORY_COMING;
    drop(answers, entry);
    return HISTORY_BUSY;
}

enum history_state answers_get(struct answers *answers, struct history_name name, uint64_t stamp,
                               bool slow, struct history_answer **answer,
                               struct history_name *moved)
{
    enum history_state state = HISTORY_COMING;
    pthread_mutex_lock(&answers->lock);
    struct entry *entry = find(answers, name);
    if (entry && !entry->making && entry->stamp == stamp) {
        state = entry->made.state;
        TAILQ_REMOVE(&answers->by_use, entry, by_use);
        TAILQ_INSERT_HEAD(&answers->by_use, entry, by_use);
        *answer = history_answer_retain(entry->made.answer);
        *moved = entry->made.moved;
    } else if (!entry || !entry->making) {
        if (entry)
            forget(answers, entry);
        else
            entry = add(answers, name);
        state = entry ? begin(answers, entry, stamp, slow) : HISTORY_BUSY;
    }
    pthread_mutex_unlock(&answers->lock);
    return state;
}

/* ---- the beginning and the end ---- */

struct answers *answers_create(struct answers_maker *maker, struct answers_limits limits)
{
    struct answers *answers = calloc(1, sizeof *answers);
    if (!answers)
        return NULL;
    answers->maker = maker;
    answers->limits = limits;
    pthread_mutex_init(&answers->lock, NULL);
    TAILQ_INIT(&answers->by_use);
    answers->quick = worker_create("answers", limits.queue);
    answers->slow = worker_create("past", limits.queue);
    if (!answers->quick || !answers->slow) {
        int error = errno;
        answers_destroy(answers);
        errno = error;
        return NULL;
    }
    return answers;
}

void answers_destroy(struct answers *answers)
{
    if (!answers)
        return;
    worker_destroy(answers->quick);
    worker_destroy(answers->slow);
    for (size_t i = 0; i < BUCKETS; i++) {
        struct entry *entry;
        while ((entry = SLIST_FIRST(&answers->buckets[i]))) {
            SLIST_REMOVE_HEAD(&answers->buckets[i], in_bucket);
            history_answer_release(entry->made.answer);
            free(entry);
        }
    }
    pthread_mutex_destroy(&answers->lock);
    free(answers);
}
