/* SPDX-License-Identifier: ISC */
/*
 * who: questions are jobs of a worker. One that is ahead of what history has read comes back a
 * little later, for a moment: so somebody who asks about the pixel just painted is told.
 */
#include "moderation/who.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "history/history.h"
#include "moderation/record_authors.h"
#include "plane/canvases.h"
#include "sys/clock.h"
#include "sys/metrics.h"
#include "sys/worker.h"

enum {
    AGAIN_MS = 20,           /* when history is looked at again */
    BEHIND_MS = 1500,        /* how long it is waited for */
    AUTHORS_MS = 3000,       /* how long authors are looked up for everybody, */
    STAFF_AUTHORS_MS = 9000, /* and for moderators */
};

struct who_service {
    struct who_config config;
    struct metrics *metrics;
    struct record_authors *authors;
    struct worker *worker;
    volatile int stop;
    pthread_mutex_t lock;                     /* of what follows */
    LIST_HEAD(questions, who_question) asked; /* that have no answer yet */
    unsigned waiting, staff_waiting;
};

/* Counted: by who asks, and by who's thread until it is answered. */
struct who_question {
    struct job job; /* first: the pointers are exchanged */
    struct who_service *who;
    LIST_ENTRY(who_question) in_asked; /* under who's lock */
    struct position position;
    uint32_t x, y;
    size_t room;
    bool staff;
    int64_t asked_ms;
    uint64_t behind; /* the canvas's version when it was asked */
    atomic_uint count;
    pthread_mutex_t lock; /* of what follows */
    struct who_asker asker;
    bool dropped;
    struct who_answer *answer;
};

static void release(struct who_question *question)
{
    if (atomic_fetch_sub(&question->count, 1) > 1)
        return;
    pthread_mutex_destroy(&question->lock);
    free(question->answer);
    free(question);
}

/* ---- who's thread ---- */

static struct who_answer *make_answer(size_t room)
{
    return calloc(1, sizeof(struct who_answer) + room * sizeof(struct who_change));
}

/* What was painted: false when it cannot be told. */
static bool find_changes(struct who_question *question, struct pixel_changes *changes)
{
    struct history *history = question->who->config.history;
    changes->room = question->room;
    changes->blocks = question->staff ? WHO_STAFF_BLOCKS : WHO_BLOCKS;
    changes->list = history ? calloc(question->room, sizeof *changes->list) : NULL;
    if (!changes->list)
        return false;
    enum store_result result =
        history_pixel(history, question->position, question->x, question->y, changes);
    if (result == STORE_NONE)
        changes->whole = true;
    return result == STORE_OK || result == STORE_NONE;
}

static void find_authors(struct who_question *question, struct who_answer *answer)
{
    struct record_edit *edits = calloc(answer->n + 1, sizeof *edits);
    int64_t patience_ms = question->staff ? STAFF_AUTHORS_MS : AUTHORS_MS;
    if (!edits)
        return;
    for (size_t i = 0; i < answer->n; i++)
        edits[i] = (struct record_edit){.offset = answer->changes[i].version - 1,
                                        .index = answer->changes[i].index};
    record_authors_find(question->who->authors, edits, answer->n, clock_now_ms() + patience_ms,
                        &question->who->stop);
    for (size_t i = 0; i < answer->n; i++) {
        answer->changes[i].known = edits[i].known;
        answer->changes[i].author = edits[i].author;
    }
    free(edits);
}

static void fill_in(struct who_question *question, struct who_answer *answer,
                    const struct pixel_changes *changes)
{
    answer->history = true;
    answer->whole = changes->whole;
    answer->n = changes->n;
    for (size_t i = 0; i < changes->n; i++) {
        const struct pixel_change *change = &changes->list[i];
        answer->changes[i] = (struct who_change){.version = change->version,
                                                 .time_ms = change->time_ms,
                                                 .index = change->index,
                                                 .colour = change->colour};
    }
    find_authors(question, answer);
}

/* It waits no more. */
static void forget(struct who_question *question)
{
    struct who_service *who = question->who;
    pthread_mutex_lock(&who->lock);
    LIST_REMOVE(question, in_asked);
    --*(question->staff ? &who->staff_waiting : &who->waiting);
    pthread_mutex_unlock(&who->lock);
}

static void conclude(struct who_question *question, struct who_answer *answer)
{
    forget(question);
    pthread_mutex_lock(&question->lock);
    question->answer = answer;
    if (!question->dropped)
        question->asker.answered(question->asker.context);
    pthread_mutex_unlock(&question->lock);
    release(question);
}

static bool is_dropped(struct who_question *question)
{
    pthread_mutex_lock(&question->lock);
    bool dropped = question->dropped;
    pthread_mutex_unlock(&question->lock);
    return dropped;
}

/* Has history still to read what the canvas showed when it was asked? */
static bool is_behind(const struct who_question *question)
{
    struct history *history = question->who->config.history;
    return history && history_known(history, question->position) < question->behind;
}

static void run(struct job *job)
{
    struct who_question *question = (struct who_question *)job;
    struct who_service *who = question->who;
    struct pixel_changes changes = {0};
    if (is_dropped(question)) {
        conclude(question, NULL);
        return;
    }
    if (is_behind(question) && clock_now_ms() - question->asked_ms < BEHIND_MS &&
        worker_add(who->worker, job, clock_now_ms() + AGAIN_MS))
        return;
    bool found = find_changes(question, &changes);
    struct who_answer *answer = make_answer(changes.n);
    struct canvas_place *place = canvases_find(who->config.canvases, question->position);
    if (answer && place) {
        answer->version = place_version(place);
        answer->colour = place_colour(place, question->x, question->y);
        if (found)
            fill_in(question, answer, &changes);
    }
    free(changes.list);
    conclude(question, answer);
}

/* ---- any thread ---- */

static struct who_question *question_create(struct who_service *who, struct position position,
                                            uint32_t x, uint32_t y, size_t room, bool staff,
                                            const struct who_asker *asker)
{
    struct who_question *question = calloc(1, sizeof *question);
    struct canvas_place *place = canvases_find(who->config.canvases, position);
    if (!question)
        return NULL;
    question->job.run = run;
    question->who = who;
    question->position = position;
    question->x = x;
    question->y = y;
    question->room = room < WHO_CHANGES_MAX ? room : WHO_CHANGES_MAX;
    question->staff = staff;
    question->asked_ms = clock_now_ms();
    question->behind = place ? place_version(place) : 0;
    question->asker = *asker;
    atomic_init(&question->count, 2);
    pthread_mutex_init(&question->lock, NULL);
    return question;
}

/* False: too many wait. */
static bool list(struct who_service *who, struct who_question *question)
{
    pthread_mutex_lock(&who->lock);
    unsigned *waiting = question->staff ? &who->staff_waiting : &who->waiting;
    bool fits = *waiting < (question->staff ? WHO_STAFF_MAX : WHO_WAITING_MAX);
    if (fits) {
        ++*waiting;
        LIST_INSERT_HEAD(&who->asked, question, in_asked);
    }
    pthread_mutex_unlock(&who->lock);
    return fits;
}

struct who_question *who_ask(struct who_service *who, struct position position, uint32_t x,
                             uint32_t y, size_t room, bool staff, const struct who_asker *asker)
{
    struct who_question *question = question_create(who, position, x, y, room, staff, asker);
    bool added = question && list(who, question);
    /* Moderators before everybody, both in their order. */
    if (added && worker_add(who->worker, &question->job, staff ? 0 : question->asked_ms)) {
        metric_add(who->metrics, who_asked_total, 1);
        return question;
    }
    metric_add(who->metrics, who_refused_total, 1);
    if (added)
        forget(question);
    if (question) {
        release(question);
        release(question);
    }
    return NULL;
}

const struct who_answer *who_answer(struct who_question *question)
{
    pthread_mutex_lock(&question->lock);
    const struct who_answer *answer = question->answer;
    pthread_mutex_unlock(&question->lock);
    return answer;
}

void who_drop(struct who_question *question)
{
    if (!question)
        return;
    pthread_mutex_lock(&question->lock);
    question->dropped = true;
    pthread_mutex_unlock(&question->lock);
    release(question);
}

/* ---- its life ---- */

struct who_service *who_create(const struct who_config *config, struct metrics *metrics)
{
    struct who_service *who = calloc(1, sizeof *who);
    if (!who)
        return NULL;
    who->config = *config;
    who->metrics = metrics;
    LIST_INIT(&who->asked);
    pthread_mutex_init(&who->lock, NULL);
    errno = ENOMEM;
    who->authors = record_authors_create(config->log, config->recent);
    if (who->authors)
        who->worker = worker_create("who", WHO_WAITING_MAX + WHO_STAFF_MAX);
    if (who->worker)
        return who;
    int error = errno;
    who_destroy(who);
    errno = error;
    return NULL;
}

void who_destroy(struct who_service *who)
{
    if (!who)
        return;
    __atomic_store_n(&who->stop, 1, __ATOMIC_RELAXED);
    worker_destroy(who->worker);
    record_authors_destroy(who->authors);
    struct who_question *question;
    while ((question = LIST_FIRST(&who->asked))) {
        LIST_REMOVE(question, in_asked);
        release(question);
    }
    pthread_mutex_destroy(&who->lock);
    free(who);
}
