/* SPDX-License-Identifier: ISC */
/* reducer: the fold, and the two that are told of it: the ring, and the intake whose batch it was.
 */
#include "plane/reducer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "session/intake.h"

struct reducer {
    struct log_records records;
    struct log_outcomes outcomes;
    struct ring *ring;
    struct metrics *metrics;
    bool live;
    enum { READING, EXPECTING, MISMATCH } anchor_state;
    struct anchor found; /* when MISMATCH */
    _Atomic uint64_t version;
    _Atomic bool begun; /* the log has a record */

    pthread_mutex_t canvas_lock; /* the reader writes under it, copies are made under it */
    struct canvas canvas;

    pthread_mutex_t intakes_lock;
    struct intake *intakes[REDUCER_INTAKES_MAX];
    size_t n_intakes;
};

static struct reducer *of_records(struct log_records *records)
{
    return (struct reducer *)((char *)records - offsetof(struct reducer, records));
}

static struct reducer *of_outcomes(struct log_outcomes *outcomes)
{
    return (struct reducer *)((char *)outcomes - offsetof(struct reducer, outcomes));
}

static struct intake *find_intake(struct reducer *reducer, struct origin origin)
{
    for (size_t i = 0; i < reducer->n_intakes; i++) {
        if (intake_owns(reducer->intakes[i], origin))
            return reducer->intakes[i];
    }
    return NULL;
}

/* The intake must not go away while it is told, hence under the lock. */
static void tell_landed(struct reducer *reducer, struct origin origin, uint64_t version)
{
    pthread_mutex_lock(&reducer->intakes_lock);
    struct intake *intake = find_intake(reducer, origin);
    if (intake)
        intake_landed(intake, origin.batch, version);
    pthread_mutex_unlock(&reducer->intakes_lock);
}

static void on_outcome(struct log_outcomes *outcomes, struct origin origin,
                       enum log_outcome outcome)
{
    struct reducer *reducer = of_outcomes(outcomes);
    pthread_mutex_lock(&reducer->intakes_lock);
    struct intake *intake = find_intake(reducer, origin);
    if (intake)
        intake_outcome(intake, origin.batch, outcome);
    pthread_mutex_unlock(&reducer->intakes_lock);
}

/* Compare instead of folding. The record at the anchor's offset is known; anything else read first
 * means that this is another log, or that the record is gone from it. */
static void check_anchor(struct reducer *reducer, const struct record *record)
{
    struct anchor found = record_anchor(record);
    if (anchor_equal(&found, &reducer->canvas.anchor)) {
        reducer->anchor_state = READING;
    } else {
        reducer->anchor_state = MISMATCH;
        reducer->found = found;
    }
}

static void on_record(struct log_records *records, const struct record *record)
{
    struct reducer *reducer = of_records(records);
    if (reducer->anchor_state == EXPECTING)
        check_anchor(reducer, record);
    if (reducer->anchor_state == MISMATCH || record->offset < reducer->canvas.version)
        return; /* folded already: a log may deliver twice, a fold must not go back */

    pthread_mutex_lock(&reducer->canvas_lock);
    struct record_edits edits = record_edits(record);
    size_t n = position_equal(edits.position, (struct position){0, 0}) ? edits.n : 0;
    canvas_apply(&reducer->canvas, edits.edits, n, record->offset + 1);
    reducer->canvas.anchor = record_anchor(record);
    if (!reducer->canvas.has_genesis && record->genesis.data &&
        record->genesis.len == GENESIS_BYTES) {
        reducer->canvas.has_genesis = true;
        memcpy(reducer->canvas.genesis, record->genesis.data, GENESIS_BYTES);
    }
    pthread_mutex_unlock(&reducer->canvas_lock);
    uint64_t version = reducer->canvas.version;
    metric_add(reducer->metrics, records_total, 1);
    metric_add(reducer->metrics, edits_folded_total, n);
    if (n == 0)
        metric_add(reducer->metrics, records_skipped_total, 1);
    atomic_store_explicit(&reducer->begun, true, memory_order_relaxed);
    if (!reducer->live)
        return;
    ring_push(reducer->ring, edits.edits, n, version, reducer->canvas.checksum);
    atomic_store_explicit(&reducer->version, version, memory_order_release);
    metric_set(reducer->metrics, version, version);
    struct origin origin;
    if (record_origin(record, &origin))
        tell_landed(reducer, origin, version);
}

struct reducer *reducer_create(struct ring *ring, struct metrics *metrics)
{
    struct reducer *reducer = calloc(1, sizeof *reducer);
    if (!reducer)
        return NULL;
    reducer->records.record = on_record;
    reducer->outcomes.outcome = on_outcome;
    reducer->ring = ring;
    reducer->metrics = metrics;
    pthread_mutex_init(&reducer->canvas_lock, NULL);
    pthread_mutex_init(&reducer->intakes_lock, NULL);
    canvas_init(&reducer->canvas);
    return reducer;
}

void reducer_destroy(struct reducer *reducer)
{
    if (!reducer)
        return;
    pthread_mutex_destroy(&reducer->canvas_lock);
    pthread_mutex_destroy(&reducer->intakes_lock);
    free(reducer);
}

struct log_records *reducer_records(struct reducer *reducer)
{
    return &reducer->records;
}

struct log_outcomes *reducer_outcomes(struct reducer *reducer)
{
    return &reducer->outcomes;
}

void reducer_load(struct reducer *reducer, const struct canvas *canvas)
{
    reducer->canvas = *canvas;
    reducer->begun = canvas->version > 0;
}

void reducer_expect_anchor(struct reducer *reducer)
{
    if (reducer->canvas.version > 0 && reducer->anchor_state == READING)
        reducer->anchor_state = EXPECTING;
}

bool reducer_mismatch(const struct reducer *reducer, struct anchor *found)
{
    *found = reducer->found;
    return reducer->anchor_state == MISMATCH;
}

bool reducer_expecting(const struct reducer *reducer)
{
    return reducer->anchor_state == EXPECTING;
}

bool reducer_anchor(const struct reducer *reducer, struct anchor *anchor)
{
    *anchor = reducer->canvas.anchor;
    return reducer->canvas.version > 0;
}

void reducer_go_live(struct reducer *reducer)
{
    reducer->live = true;
    ring_begin(reducer->ring, reducer->canvas.version, reducer->canvas.checksum);
    atomic_store_explicit(&reducer->version, reducer->canvas.version, memory_order_release);
    metric_set(reducer->metrics, version, reducer->canvas.version);
}

void reducer_copy(struct reducer *reducer, struct canvas *into)
{
    pthread_mutex_lock(&reducer->canvas_lock);
    *into = reducer->canvas;
    pthread_mutex_unlock(&reducer->canvas_lock);
}

uint64_t reducer_version(const struct reducer *reducer)
{
    return atomic_load_explicit(&reducer->version, memory_order_acquire);
}

bool reducer_log_begun(const struct reducer *reducer)
{
    return atomic_load_explicit(&reducer->begun, memory_order_relaxed);
}

int reducer_add_intake(struct reducer *reducer, struct intake *intake)
{
    int result = -1;
    pthread_mutex_lock(&reducer->intakes_lock);
    if (reducer->n_intakes < REDUCER_INTAKES_MAX) {
        reducer->intakes[reducer->n_intakes++] = intake;
        result = 0;
    }
    pthread_mutex_unlock(&reducer->intakes_lock);
    return result;
}

void reducer_remove_intake(struct reducer *reducer, struct intake *intake)
{
    pthread_mutex_lock(&reducer->intakes_lock);
    for (size_t i = 0; i < reducer->n_intakes; i++) {
        if (reducer->intakes[i] == intake)
            reducer->intakes[i--] = reducer->intakes[--reducer->n_intakes];
    }
    pthread_mutex_unlock(&reducer->intakes_lock);
}
