/* SPDX-License-Identifier: ISC */
/*
 * watch_costs: what watching costs an edit, in nanoseconds of one thread.
 *
 * Formulas. note: wall time of sightings_note / calls, for pairs that are known (what an event loop
 * pays for each message that is taken), and for new ones. queue: wall time in the fold that copies
 * edits for the watch (what the reader pays) / edits, in records of 1,000 edits by as many authors,
 * with the queue emptied meanwhile; some of them, as while no rule is on, and all. calm, raid: wall
 * time in detector_take / edits (what the watch's own thread pays, and a job over an old log), of
 * each rule: calm is EDITS edits at random by 100,000 authors, 1,000 a second; raid the same with
 * every second edit by one of 500 authors in one cell, in one colour. Best of REPEAT. Prints JSON.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/authors.h"
#include "core/edit.h"
#include "moderation/detectors.h"
#include "moderation/sample_queue.h"
#include "moderation/sightings.h"
#include "sys/clock.h"
#include "sys/descriptors.h"

enum {
    EDITS = 1000000,
    AUTHORS = 100000,
    RAIDERS = 500,
    NETWORKS = 20000,
    PER_MS = 1, /* edits a millisecond */
    RECORD_EDITS = 1000,
    REPEAT = 3,
};

static uint64_t state = 88172645463325252u;

static uint64_t at_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t person(uint64_t n)
{
    return AUTHOR_PERSON | (n + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

static void least(double *best, double value)
{
    if (*best == 0 || value < *best)
        *best = value;
}

static void note(double *known_ns, double *new_ns)
{
    struct sightings *sightings = sightings_create();
    if (!sightings)
        abort();
    struct visitor visitor = {0};
    double began = now();
    for (uint64_t i = 0; i < AUTHORS; i++) {
        visitor.author = person(i);
        visitor.networks[VISITOR_NETWORK_NARROW] = 1 + i % NETWORKS;
        sightings_note(sightings, &visitor, 1700000000000);
    }
    least(new_ns, (now() - began) / AUTHORS * 1e9);
    began = now();
    for (uint64_t k = 0; k < EDITS; k++) {
        uint64_t i = at_random() % AUTHORS;
        visitor.author = person(i);
        visitor.networks[VISITOR_NETWORK_NARROW] = 1 + i % NETWORKS;
        sightings_note(sightings, &visitor, 1700000001000);
    }
    least(known_ns, (now() - began) / EDITS * 1e9);
    sightings_destroy(sightings);
}

static void on_filled(void *context)
{
    (void)context;
}

static double queue(bool all)
{
    static struct sample taken[4096];
    static uint8_t value[RECORD_EDITS * EDIT_BYTES], header[1 + RECORD_EDITS * AUTHORS_RUN_BYTES];
    uint64_t authors[RECORD_EDITS];
    char error[FOLD_ERROR_BYTES];
    struct sample_queue *queue = sample_queue_create((struct sample_queue_ops){on_filled, NULL});
    if (!queue)
        abort();
    for (int i = 0; i < RECORD_EDITS; i++)
        authors[i] = person(at_random() % AUTHORS);
    struct record record = {.value = {value, sizeof value}};
    record.authors = (struct span){header, authors_store_runs(header, authors, RECORD_EDITS)};
    struct fold_record fold_record = {.record = &record, .edits = record_edits(&record)};
    struct fold *fold = sample_queue_fold(queue);
    sample_queue_take_all(queue, all);
    double spent = 0;
    for (int i = 0; i < EDITS / RECORD_EDITS; i++) {
        double began = now();
        fold->ops->record(fold, &fold_record, error);
        spent += now() - began;
        while (i % 100 == 0 && sample_queue_take(queue, INT64_MAX, taken, 4096) > 0)
            continue;
    }
    sample_queue_destroy(queue);
    return spent / EDITS * 1e9;
}

static double detect(int rule, bool raid)
{
    struct suspects *suspects = suspects_create();
    struct detector *detector = suspects ? detectors_create(rule, 0, suspects) : NULL;
    if (!detector)
        abort();
    struct sample sample = {.time_ms = 1700000000000};
    double began = now();
    for (int i = 0; i < EDITS; i++) {
        bool raider = raid && i % 2 == 0;
        uint64_t who = raider ? at_random() % RAIDERS : RAIDERS + at_random() % AUTHORS;
        sample.time_ms += i % PER_MS == 0;
        sample.author = person(who);
        sample.network = raider ? 1 + who % 14 : 100 + who % NETWORKS;
        sample.known_ms = sample.time_ms - (raider ? 1000 : 86400 * 1000);
        sample.x = raider ? 512 + (int32_t)(at_random() % 64) : (int32_t)(at_random() % 1000);
        sample.y = raider ? 448 + (int32_t)(at_random() % 64) : (int32_t)(at_random() % 1000);
        sample.colour = raider ? 5 : (uint8_t)(at_random() % 16);
        detector_take(detector, &sample);
    }
    double spent = now() - began;
    detector_destroy(detector);
    suspects_destroy(suspects);
    return spent / EDITS * 1e9;
}

int main(void)
{
    standard_descriptors_open();
    double known_ns = 0, new_ns = 0, queue_ns[2] = {0}, rules_ns[DETECTORS][2] = {{0}};
    for (int repeat = 0; repeat < REPEAT; repeat++) {
        note(&known_ns, &new_ns);
        for (int all = 0; all < 2; all++)
            least(&queue_ns[all], queue(all));
        for (int rule = 0; rule < DETECTORS; rule++)
            for (int raid = 0; raid < 2; raid++)
                least(&rules_ns[rule][raid], detect(rule, raid));
    }
    printf(
        "{\"note_known_ns\":%.0f,\"note_new_ns\":%.0f,\"queue_some_ns\":%.1f,\"queue_all_ns\":%.1f",
        known_ns, new_ns, queue_ns[0], queue_ns[1]);
    for (int rule = 0; rule < DETECTORS; rule++)
        printf(",\"%s\":{\"calm_ns\":%.0f,\"raid_ns\":%.0f}", detector_rules[rule].name,
               rules_ns[rule][0], rules_ns[rule][1]);
    puts("}");
    return 0;
}
