/* SPDX-License-Identifier: ISC */
/*
 * intake: each canvas gathers by itself; batches in flight are in one circular array by number,
 * which grows by one. They are settled strictly oldest first, because `placed` is cumulative: it
 * must not pass a message whose outcome is still open.
 *
 * The lock guards what other threads touch: the range of numbers in flight and how each fared.
 */
#include "session/intake.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/authors.h"
#include "core/costs.h"
#include "core/edit.h"

enum {
    IN_FLIGHT = 1024,                  /* batches, a power of two; as many as the log takes */
    BATCH_EDITS_MAX = AUTHORS_RUN_MAX, /* of a record: a run can say who made them all */
    EDITS_MAX =
        1 << 19, /* not settled: a quarter of what the largest ring holds, so that no burst of ours
                    pushes a viewer off it between two turns. Bounds the tickets at 28 MiB too */
    RETRY_US = 5 * 1000, /* when the log's queue is full */
    FIRST_ROOM = 16,
};

/* Whatever a log takes holds one message of the longest kind, with its headers. */
_Static_assert(POSITION_BYTES + EDIT_BYTES * 256 + 1 + AUTHORS_RUN_BYTES + 1 + COSTS_RUN_BYTES <=
                   LOG_RECORD_MIN,
               "a message is never cut");

struct batch {
    struct ticket *tickets;
    size_t n;
    uint64_t unknown_since_us; /* when it was first seen to be unknown; 0: it is not */
    /* under the lock */
    bool landed, has_outcome;
    uint64_t version;         /* when landed */
    enum log_outcome outcome; /* when has_outcome */
};

struct intake {
    struct env *env;
    struct log_writer *writer;
    struct canvases *canvases;
    struct owners *owners;
    struct rules *rules;
    struct metrics *metrics;
    struct intake_config config;
    struct intake_sink *sink;
    struct batch_owner owner;
    uint8_t genesis[GENESIS_BYTES]; /* offered while the log has no record */

    struct gathering **gatherings; /* by place_index; NULL: nothing came for it yet */
    size_t n_gatherings;
    struct gathering **listed; /* those that have something; room of them */
    size_t n_listed, listed_room;
    size_t n_open;     /* edits gathered and in flight */
    uint64_t retry_us; /* not before this: the log's queue was full */
    bool closed;
    bool refuse_gathered; /* the log turned read-only under them */

    pthread_mutex_t lock;
    uint64_t oldest, next; /* in flight: [oldest, next) */
    struct batch batches[IN_FLIGHT];
};

static struct batch *batch_of(struct intake *intake, uint64_t number)
{
    return &intake->batches[number & (IN_FLIGHT - 1)];
}

static struct intake *of_owner(struct batch_owner *owner)
{
    return (struct intake *)((char *)owner - offsetof(struct intake, owner));
}

/* ---- what comes back, from other threads ---- */

static bool in_flight(const struct intake *intake, uint64_t batch)
{
    return batch >= intake->oldest && batch < intake->next;
}

static void on_landed(struct batch_owner *owner, uint64_t batch, uint64_t version)
{
    struct intake *intake = of_owner(owner);
    pthread_mutex_lock(&intake->lock);
    if (in_flight(intake, batch)) {
        batch_of(intake, batch)->landed = true;
        batch_of(intake, batch)->version = version;
    }
    pthread_mutex_unlock(&intake->lock);
}

static void on_delivered(struct batch_owner *owner)
{
    struct intake *intake = of_owner(owner);
    intake->sink->ready(intake->sink);
}

static void on_outcome(struct batch_owner *owner, uint64_t batch, enum log_outcome outcome)
{
    struct intake *intake = of_owner(owner);
    pthread_mutex_lock(&intake->lock);
    if (in_flight(intake, batch)) {
        batch_of(intake, batch)->has_outcome = true;
        batch_of(intake, batch)->outcome = outcome;
    }
    pthread_mutex_unlock(&intake->lock);
    /* A committed batch is acknowledged when it is read back; only bad news is news by itself. */
    if (outcome != LOG_COMMITTED)
        intake->sink->ready(intake->sink);
}

/* ---- gathering ---- */

/* NULL when out of memory. */
static struct gathering *gathering_of(struct intake *intake, const struct canvas_place *place)
{
    size_t at = place_index(place);
    if (at >= intake->n_gatherings) {
        size_t n = at + FIRST_ROOM;
        struct gathering **all = realloc(intake->gatherings, n * sizeof(struct gathering *));
        if (!all)
            return NULL;
        memset(all + intake->n_gatherings, 0,
               (n - intake->n_gatherings) * sizeof(struct gathering *));
        intake->gatherings = all;
        intake->n_gatherings = n;
    }
    if (!intake->gatherings[at]) {
        intake->gatherings[at] = calloc(1, sizeof **intake->gatherings);
        if (intake->gatherings[at])
            intake->gatherings[at]->position = place_position(place);
    }
    return intake->gatherings[at];
}

/* -1 when out of memory. */
static int list(struct intake *intake, struct gathering *gathering)
{
    if (gathering->is_listed)
        return 0;
    if (intake->n_listed == intake->listed_room) {
        size_t room = intake->listed_room ? 2 * intake->listed_room : FIRST_ROOM;
        struct gathering **listed = realloc(intake->listed, room * sizeof(struct gathering *));
        if (!listed)
            return -1;
        intake->listed = listed;
        intake->listed_room = room;
    }
    gathering->is_listed = true;
    intake->listed[intake->n_listed++] = gathering;
    return 0;
}

/* ---- to the log ---- */

/* What fits into one record of this log. */
static struct record_room record_room(const struct intake *intake)
{
    return (struct record_room){.bytes = log_writer_record_max(intake->writer),
                                .edits = BATCH_EDITS_MAX,
                                .costs = rules_count(intake->rules)};
}

/* headers: room for both. */
static enum log_append append(struct intake *intake, const struct gathering *gathering,
                              const struct gathered *gathered, uint64_t number, uint8_t *headers)
{
    size_t authors_len = 1 + gathered->n_runs * AUTHORS_RUN_BYTES;
    uint8_t *costs = rules_count(intake->rules) ? headers + authors_len : NULL;
    gathering_store_headers(gathering, gathered, headers, costs);
    struct log_batch batch = {
        .value = gathered->value,
        .authors = {headers, authors_len},
        .energy = {costs, costs ? costs_bytes(gathered->n_runs) : 0},
        .origin = {.nonce = intake->owner.nonce, .batch = number},
        .genesis = canvases_version(intake->canvases) > 0 ? NULL : intake->genesis,
    };
    return log_writer_append(intake->writer, &batch);
}

/* Give the log one record. */
static enum log_append flush_first(struct intake *intake, struct gathering *gathering)
{
    struct record_room room = record_room(intake);
    struct gathered first = gathering_first(gathering, &room);
    struct ticket *tickets = malloc(first.n_tickets * sizeof *tickets);
    uint8_t *headers = malloc(1 + first.n_runs * AUTHORS_RUN_BYTES + costs_bytes(first.n_runs));
    if (!tickets || !headers || intake->next - intake->oldest == IN_FLIGHT) {
        free(tickets);
        free(headers);
        return LOG_FULL;
    }
    memcpy(tickets, gathering->tickets, first.n_tickets * sizeof *tickets);
    struct batch *batch = batch_of(intake, intake->next);
    batch->tickets = tickets;
    batch->n = first.n_tickets;
    /* Counted as in flight first: the record can be read back before the append returns. */
    pthread_mutex_lock(&intake->lock);
    uint64_t number = intake->next++;
    pthread_mutex_unlock(&intake->lock);
    enum log_append result = append(intake, gathering, &first, number, headers);
    free(headers);
    if (result == LOG_ACCEPTED) {
        metric_add(intake->metrics, batches_total, 1);
        gathering_drop(gathering, &first);
        return result;
    }
    pthread_mutex_lock(&intake->lock);
    intake->next--;
    pthread_mutex_unlock(&intake->lock);
    batch->n = 0;
    batch->tickets = NULL;
    free(tickets);
    return result;
}

/* Give the log all that was gathered for a canvas. False: not all of it was taken. */
static bool flush(struct intake *intake, struct gathering *gathering, uint64_t now_us)
{
    while (gathering->n_edits > 0) {
        switch (flush_first(intake, gathering)) {
        case LOG_ACCEPTED:
            gathering->flushed_us = now_us;
            break;
        case LOG_FULL:
        case LOG_TOO_LARGE: /* the log takes less than it did a moment ago: cut anew */
            intake->retry_us = now_us + RETRY_US;
            return false;
        case LOG_READONLY:
            intake->refuse_gathered = true;
            return false;
        }
    }
    return true;
}

/* Room for one more message of so many edits; NULL: there is none. */
static struct gathering *make_room(struct intake *intake, const struct canvas_place *place,
                                   uint32_t edits)
{
    if (intake->n_open + edits > EDITS_MAX)
        return NULL;
    struct gathering *gathering = gathering_of(intake, place);
    if (!gathering || list(intake, gathering) != 0)
        return NULL;
    struct record_room room = record_room(intake);
    if (gathering_is_full(gathering, &room, edits)) {
        uint64_t now_us = env_now_us(intake->env);
        if (now_us < intake->retry_us || !flush(intake, gathering, now_us))
            return NULL;
    }
    return gathering;
}

static bool refuse(struct verdict *verdict, enum refusal reason)
{
    verdict->obstacle.reason = reason;
    return false;
}

bool intake_add(struct intake *intake, struct canvas_place *place, const struct visitor *visitor,
                struct ticket *ticket, const uint8_t *edits, struct verdict *verdict)
{
    memset(verdict, 0, sizeof *verdict);
    if (intake->closed)
        return refuse(verdict, REFUSAL_CLOSED);
    if (!place_open(place))
        return refuse(verdict, REFUSAL_LOCKED);
    if (intake->refuse_gathered || log_writer_state(intake->writer) == LOG_STALLED)
        return refuse(verdict, REFUSAL_READONLY);
    struct gathering *gathering = make_room(intake, place, ticket->edits);
    if (!gathering)
        return refuse(verdict, REFUSAL_BUSY);
    /* The rules come last: what they have reserved need not be given back then. */
    if (!rules_judge(intake->rules, visitor, place, edits, ticket->edits, env_time_ms(intake->env),
                     &ticket->reservation, verdict))
        return false;
    if (gathering_add(gathering, ticket, edits) != 0) {
        rules_give_back(intake->rules, &ticket->reservation);
        return refuse(verdict, REFUSAL_BUSY);
    }
    intake->n_open += ticket->edits;
    return true;
}

/* ---- settling ---- */

static void settle(struct intake *intake, const struct ticket *tickets, size_t n, enum settled what,
                   enum refusal reason, uint64_t version)
{
    for (size_t i = 0; i < n; i++) {
        if (what == SETTLED_REFUSED)
            rules_give_back(intake->rules, &tickets[i].reservation);
        else if (what == SETTLED_UNKNOWN)
            rules_keep(intake->rules, &tickets[i].reservation, env_time_ms(intake->env));
        intake->sink->settled(intake->sink, &tickets[i], what, reason, version);
        intake->n_open -= tickets[i].edits;
    }
}

/* How the oldest batch in flight fared, if that is known. */
static bool take_oldest(struct intake *intake, uint64_t now_us, enum settled *what,
                        uint64_t *version, uint64_t *due_us)
{
    bool taken = false;
    pthread_mutex_lock(&intake->lock);
    if (intake->oldest < intake->next) {
        struct batch *batch = batch_of(intake, intake->oldest);
        if (batch->landed) {
            *what = SETTLED_PLACED;
            *version = batch->version;
            taken = true;
        } else if (batch->has_outcome && batch->outcome == LOG_REFUSED) {
            *what = SETTLED_REFUSED;
            taken = true;
        } else if (batch->has_outcome && batch->outcome == LOG_UNKNOWN) {
            if (batch->unknown_since_us == 0)
                batch->unknown_since_us = now_us;
            *due_us = batch->unknown_since_us + intake->config.unknown_us;
            *what = SETTLED_UNKNOWN;
            /* Not if it is just being read: then on_landed waits for the lock. */
            taken = now_us >= *due_us &&
                    rules_give_up(intake->rules, intake->owner.nonce, intake->oldest);
        }
        if (taken) {
            batch->landed = batch->has_outcome = false;
            intake->oldest++;
        }
    }
    pthread_mutex_unlock(&intake->lock);
    return taken;
}

static uint64_t settle_batches(struct intake *intake, uint64_t now_us)
{
    uint64_t due_us = UINT64_MAX, version = 0;
    enum settled what;
    for (;;) {
        struct batch *oldest = batch_of(intake, intake->oldest);
        if (!take_oldest(intake, now_us, &what, &version, &due_us))
            return due_us;
        metric_add(intake->metrics, batches_failed_total, what == SETTLED_REFUSED);
        metric_add(intake->metrics, batches_unknown_total, what == SETTLED_UNKNOWN);
        settle(intake, oldest->tickets, oldest->n, what, REFUSAL_FAILED, version);
        free(oldest->tickets);
        oldest->tickets = NULL;
        oldest->n = 0;
        oldest->unknown_since_us = 0;
        due_us = UINT64_MAX;
    }
}

/* The log is read-only: nothing that was gathered will be in it. */
static void refuse_all(struct intake *intake)
{
    for (size_t i = 0; i < intake->n_listed; i++) {
        struct gathering *gathering = intake->listed[i];
        settle(intake, gathering->tickets, gathering->n_tickets, SETTLED_REFUSED, REFUSAL_READONLY,
               0);
        gathering_clear(gathering);
        gathering->is_listed = false;
    }
    intake->n_listed = 0;
    intake->refuse_gathered = false;
}

/* When a gathering is to be given to the log. */
static uint64_t flush_at(const struct intake *intake, const struct gathering *gathering)
{
    bool now = intake->closed || gathering->flushed_us == 0;
    uint64_t at_us = now ? 0 : gathering->flushed_us + intake->config.batch_us;
    return at_us > intake->retry_us ? at_us : intake->retry_us;
}

static uint64_t flush_due(struct intake *intake, uint64_t now_us)
{
    uint64_t due_us = UINT64_MAX;
    for (size_t i = 0; i < intake->n_listed && !intake->refuse_gathered;) {
        struct gathering *gathering = intake->listed[i];
        if (now_us >= flush_at(intake, gathering) && flush(intake, gathering, now_us)) {
            gathering->is_listed = false;
            intake->listed[i] = intake->listed[--intake->n_listed];
            continue;
        }
        uint64_t at_us = flush_at(intake, gathering);
        due_us = at_us < due_us ? at_us : due_us;
        i++;
    }
    return due_us;
}

uint64_t intake_run(struct intake *intake)
{
    uint64_t now_us = env_now_us(intake->env);
    uint64_t settle_us = settle_batches(intake, now_us);
    uint64_t flush_us = flush_due(intake, now_us);
    if (intake->refuse_gathered) {
        refuse_all(intake);
        flush_us = UINT64_MAX;
    }
    return flush_us < settle_us ? flush_us : settle_us;
}

void intake_close(struct intake *intake)
{
    intake->closed = true;
}

bool intake_idle(const struct intake *intake)
{
    return intake->n_open == 0;
}

/* ---- making and releasing ---- */

struct intake *intake_create(struct env *env, struct log_writer *writer, struct canvases *canvases,
                             struct owners *owners, struct rules *rules, struct metrics *metrics,
                             struct intake_config config, struct intake_sink *sink)
{
    struct intake *intake = calloc(1, sizeof *intake);
    if (!intake)
        return NULL;
    intake->env = env;
    intake->writer = writer;
    intake->canvases = canvases;
    intake->owners = owners;
    intake->rules = rules;
    intake->metrics = metrics;
    intake->config = config;
    intake->sink = sink;
    intake->owner = (struct batch_owner){.nonce = env_random_u64(env),
                                         .landed = on_landed,
                                         .delivered = on_delivered,
                                         .outcome = on_outcome};
    env->random(env, intake->genesis, sizeof intake->genesis);
    intake->oldest = intake->next = 1;
    pthread_mutex_init(&intake->lock, NULL);
    owners_add(owners, &intake->owner);
    if (rules_own(rules, intake->owner.nonce) == 0)
        return intake;
    intake_destroy(intake);
    return NULL;
}

void intake_destroy(struct intake *intake)
{
    if (!intake)
        return;
    rules_disown(intake->rules, intake->owner.nonce);
    owners_remove(intake->owners, &intake->owner);
    for (size_t i = 0; i < IN_FLIGHT; i++)
        free(intake->batches[i].tickets);
    for (size_t i = 0; i < intake->n_gatherings; i++) {
        if (intake->gatherings[i])
            gathering_clear(intake->gatherings[i]);
        free(intake->gatherings[i]);
    }
    free(intake->gatherings);
    free(intake->listed);
    pthread_mutex_destroy(&intake->lock);
    free(intake);
}
