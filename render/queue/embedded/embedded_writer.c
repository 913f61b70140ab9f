/* SPDX-License-Identifier: ISC */
/*
 * embedded_writer: all appends that wait are one transaction. Housekeeping (the places that have
 * moved, and the records that can go) is another, at most once a second, so that a queue that is
 * full can still be emptied. Both are planned under the lock and done without it.
 */
#include "render/queue/embedded/embedded_writer.h"

#include <stdlib.h>

#include "sys/clock.h"
#include "sys/diag.h"

enum {
    TIDY_EVERY_MS = 1000,
    DROP_MAX = 10000, /* records at a time, so that no append waits long for it */
    SAY_EVERY_MS = 60000,
    EVENTS_KEPT = 10000,
    DEAD_KEPT = 1000000,
};

static const int64_t day_ms = (int64_t)24 * 3600 * 1000;

/* What a topic keeps. */
struct keeping {
    bool shared;      /* what all groups have done goes */
    uint64_t records; /* at most so many; 0: any number */
    int64_t days;     /* at most so long; 0: for ever */
};

static const struct keeping keepings[QUEUE_TOPICS] = {
    [QUEUE_UPLOADS] = {.shared = true, .days = 30}, /* of a group that nobody consumes any more */
    [QUEUE_TILES] = {.shared = true, .days = 30},
    [QUEUE_EVENTS] = {.records = EVENTS_KEPT, .days = 1},
    [QUEUE_DEAD] = {.records = DEAD_KEPT},
};

/* The thread's own. */
struct writing {
    struct embedded *e;
    const struct shelf_ops *ops;
    struct shelf_look *look; /* NULL: no memory for it, then nothing goes because of its age */
    uint8_t value[QUEUE_VALUE_MAX];
    int64_t said_ms;
};

void embedded_tidy_soon(struct embedded *e)
{
    if (e->tidy_due_ms != CLOCK_NEVER)
        return;
    e->tidy_due_ms = clock_now_ms() + TIDY_EVERY_MS;
    pthread_cond_signal(&e->work);
}

/* What failed is said once a minute. */
static void say(struct writing *w, const char *what, const char *wrong)
{
    int64_t now = clock_now_ms();
    if (w->said_ms != 0 && now - w->said_ms < SAY_EVERY_MS)
        return;
    diag_error("queue: %s: %s", what, wrong);
    w->said_ms = now;
}

/* ---- appends ---- */

/* NULL, or what is wrong; then the shelf is as it was. high becomes what it is afterwards. */
static const char *put_all(struct writing *w, const struct embedded_append *appends,
                           uint64_t high[QUEUE_TOPICS])
{
    struct shelf *shelf = w->e->shelf;
    bool changed[QUEUE_TOPICS] = {0};
    const char *wrong = w->ops->begin(shelf);
    if (wrong)
        return wrong;
    for (const struct embedded_append *a = appends; a && !wrong; a = a->next) {
        changed[a->topic] = true;
        wrong = w->ops->put(shelf, a->topic, high[a->topic]++, a->time_ms, a->value, a->len);
    }
    for (int t = 0; t < QUEUE_TOPICS && !wrong; t++)
        if (changed[t])
            wrong = w->ops->set_high(shelf, (enum queue_topic)t, high[t]);
    return wrong ? wrong : w->ops->commit(shelf);
}

static void report(struct embedded_append *appends, const char *wrong)
{
    while (appends) {
        struct embedded_append *a = appends;
        appends = a->next;
        if (a->outcome)
            a->outcome->known(a->outcome, !wrong, wrong ? wrong : "");
        free(a);
    }
}

/* With the lock, which it gives up while it works. */
static void write_appends(struct writing *w)
{
    struct embedded *e = w->e;
    struct embedded_append *appends = e->appends;
    uint64_t high[QUEUE_TOPICS];
    size_t n = 0, bytes = 0;
    e->appends = NULL;
    e->appends_end = &e->appends;
    for (size_t t = 0; t < QUEUE_TOPICS; t++)
        high[t] = e->bounds[t].high;
    pthread_mutex_unlock(&e->lock);

    for (const struct embedded_append *a = appends; a; a = a->next) {
        n++;
        bytes += a->len;
    }
    const char *wrong = put_all(w, appends, high);
    if (wrong)
        say(w, "records were not written", wrong);

    pthread_mutex_lock(&e->lock);
    for (size_t t = 0; t < QUEUE_TOPICS && !wrong; t++)
        e->bounds[t].high = high[t];
    embedded_tidy_soon(e);
    pthread_cond_broadcast(&e->news);
    pthread_mutex_unlock(&e->lock);

    report(appends, wrong);

    pthread_mutex_lock(&e->lock);
    e->n_appends -= n;
    e->append_bytes -= bytes;
}

/* ---- housekeeping ---- */

/* The place before which all groups of a topic have done everything. With the lock. */
static uint64_t done_by_all(const struct embedded *e, enum queue_topic topic)
{
    uint64_t least = UINT64_MAX;
    for (const struct embedded_group *g = e->groups; g; g = g->next_group)
        if (g->topic == topic && g->given.place < least)
            least = g->given.place;
    return least == UINT64_MAX ? 0 : least;
}

/* Where a topic may begin, by its groups and how many it keeps. With the lock. */
static uint64_t choose_low(const struct embedded *e, enum queue_topic topic)
{
    const struct shelf_bounds *b = &e->bounds[topic];
    uint64_t low = keepings[topic].shared ? done_by_all(e, topic) : 0;
    if (keepings[topic].records && b->high > keepings[topic].records)
        low = b->high - keepings[topic].records;
    if (low > b->low + DROP_MAX)
        low = b->low + DROP_MAX;
    return low < b->low ? b->low : low < b->high ? low : b->high;
}

/* The same by their age: the first record from low on that is not too old. */
static uint64_t skip_old(struct writing *w, enum queue_topic topic, uint64_t low,
                         const struct shelf_bounds *b)
{
    int64_t limit_ms = clock_wall_ms() - keepings[topic].days * day_ms, time_ms;
    if (!keepings[topic].days || !w->look)
        return low;
    while (low < b->high && low < b->low + DROP_MAX &&
           (w->ops->get(w->e->shelf, w->look, topic, low, w->value, &time_ms) == 0 ||
            time_ms < limit_ms))
        low++;
    return low;
}

/* Places are read under the lock, and written without. */
static const char *put_places(struct writing *w)
{
    struct embedded *e = w->e;
    const char *wrong = NULL;
    pthread_mutex_lock(&e->lock);
    for (struct embedded_group *g = e->groups; g && !wrong; g = g->next_group) {
        uint64_t place = g->given.place;
        if (place == g->written)
            continue;
        g->written = place;
        pthread_mutex_unlock(&e->lock);
        wrong = w->ops->set_place(e->shelf, g->topic, g->name, place);
        pthread_mutex_lock(&e->lock);
    }
    pthread_mutex_unlock(&e->lock);
    return wrong;
}

/* NULL, or what is wrong; then the shelf is as it was. */
static const char *tidy_shelf(struct writing *w, const struct shelf_bounds before[QUEUE_TOPICS],
                              const uint64_t low[QUEUE_TOPICS])
{
    const char *wrong = w->ops->begin(w->e->shelf);
    if (wrong)
        return wrong;
    for (int t = 0; t < QUEUE_TOPICS && !wrong; t++)
        if (low[t] > before[t].low)
            wrong = w->ops->drop(w->e->shelf, (enum queue_topic)t, before[t].low, low[t]);
    if (!wrong)
        wrong = put_places(w);
    return wrong ? wrong : w->ops->commit(w->e->shelf);
}

/* With the lock, which it gives up while it works. */
static void tidy(struct writing *w)
{
    struct embedded *e = w->e;
    struct shelf_bounds before[QUEUE_TOPICS];
    uint64_t low[QUEUE_TOPICS];
    e->tidy_due_ms = CLOCK_NEVER;
    for (int t = 0; t < QUEUE_TOPICS; t++) {
        before[t] = e->bounds[t];
        low[t] = choose_low(e, (enum queue_topic)t);
    }
    pthread_mutex_unlock(&e->lock);

    for (int t = 0; t < QUEUE_TOPICS; t++)
        low[t] = skip_old(w, (enum queue_topic)t, low[t], &before[t]);
    const char *wrong = tidy_shelf(w, before, low);
    if (wrong)
        say(w, "places were not written, and nothing was deleted", wrong);

    pthread_mutex_lock(&e->lock);
    for (int t = 0; t < QUEUE_TOPICS && !wrong; t++) {
        e->bounds[t].low = low[t];
        if (low[t] - before[t].low >= DROP_MAX)
            embedded_tidy_soon(e); /* there may be more that can go */
    }
    if (!wrong)
        return;
    for (struct embedded_group *g = e->groups; g; g = g->next_group)
        g->written = UINT64_MAX; /* it is not known */
    embedded_tidy_soon(e);
}

void *embedded_write(void *arg)
{
    struct embedded *e = arg;
    struct writing w = {.e = e, .ops = e->shelf->ops};
    w.look = w.ops->look_create(e->shelf);
    pthread_mutex_lock(&e->lock);
    while (!e->closing || e->appends) {
        while (!e->appends && !e->closing && clock_now_ms() < e->tidy_due_ms)
            clock_wait(&e->work, &e->lock, e->tidy_due_ms);
        if (e->appends)
            write_appends(&w);
        if (clock_now_ms() >= e->tidy_due_ms)
            tidy(&w);
    }
    tidy(&w);
    pthread_mutex_unlock(&e->lock);
    if (w.look)
        w.ops->look_destroy(e->shelf, w.look);
    return NULL;
}
