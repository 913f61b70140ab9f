/* SPDX-License-Identifier: ISC */
/* pulse: see pulse.h. */
#include "moderation/pulse.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/hex.h"
#include "core/message.h"
#include "identity/identity.h"
#include "moderation/suspects.h"
#include "moderation/window_counts.h"

enum {
    KEYS = 4096,
    STEP_MS = 1000,
    SECONDS = WINDOW_STEPS,
    TOP = 10,
    SOME = 256, /* that are looked at of those that come at once; they stand for the others */
};

/* In the order of the list; its names are those of the metrics. */
enum {
#define X(name, reason, retry_ms, status) REASON_##name,
    REFUSALS(X)
#undef X
        REASONS,
};

/* The metrics at one moment. */
struct beat {
    int64_t at_ms;
    uint64_t edits;
    uint64_t refused[REASONS];
};

struct pulse {
    struct metrics *metrics;
    pthread_mutex_t lock;
    struct window_counts *networks, *authors, *cells;
    struct beat beats[SECONDS + 1]; /* the newest ones: a ring */
    size_t n_beats;                 /* ever */
};

struct pulse *pulse_create(struct metrics *metrics)
{
    struct pulse *pulse = calloc(1, sizeof *pulse);
    if (!pulse)
        return NULL;
    pulse->metrics = metrics;
    pthread_mutex_init(&pulse->lock, NULL);
    pulse->networks = window_counts_create(KEYS, STEP_MS);
    pulse->authors = window_counts_create(KEYS, STEP_MS);
    pulse->cells = window_counts_create(KEYS, STEP_MS);
    if (pulse->networks && pulse->authors && pulse->cells)
        return pulse;
    pulse_destroy(pulse);
    return NULL;
}

void pulse_destroy(struct pulse *pulse)
{
    if (!pulse)
        return;
    window_counts_destroy(pulse->networks);
    window_counts_destroy(pulse->authors);
    window_counts_destroy(pulse->cells);
    pthread_mutex_destroy(&pulse->lock);
    free(pulse);
}

/* A cell as a key that is not 0, and back. */
enum { CELL_BIAS = 1 << 20 };

static uint64_t cell_key(const struct sample *sample)
{
    uint32_t cx = (uint32_t)(sample->x + CELL_BIAS * SUSPECT_CELL) / SUSPECT_CELL;
    uint32_t cy = (uint32_t)(sample->y + CELL_BIAS * SUSPECT_CELL) / SUSPECT_CELL;
    return (uint64_t)cx << 32 | cy;
}

static int32_t cell_pixel(uint32_t half)
{
    return ((int32_t)half - CELL_BIAS) * SUSPECT_CELL;
}

void pulse_take(struct pulse *pulse, const struct sample *samples, size_t n, int64_t now_ms)
{
    size_t step = n > SOME ? n / SOME : 1;
    pthread_mutex_lock(&pulse->lock);
    for (size_t i = 0; i < n; i += step) {
        uint32_t weight = samples[i].weight * (uint32_t)step;
        if (samples[i].network != 0)
            window_counts_add(pulse->networks, samples[i].network, now_ms, weight);
        window_counts_add(pulse->authors, samples[i].author, now_ms, weight);
        window_counts_add(pulse->cells, cell_key(&samples[i]), now_ms, weight);
    }
    pthread_mutex_unlock(&pulse->lock);
}

static struct beat beat_now(const struct pulse *pulse, int64_t now_ms)
{
    struct beat beat = {.at_ms = now_ms, .edits = metric_get(pulse->metrics, edits_folded_total)};
#define X(name, reason, retry_ms, status)                                                          \
    beat.refused[REASON_##name] = metric_get(pulse->metrics, refused_##reason##_total);
    REFUSALS(X)
#undef X
    return beat;
}

void pulse_tick(struct pulse *pulse, int64_t now_ms)
{
    pthread_mutex_lock(&pulse->lock);
    pulse->beats[pulse->n_beats++ % (SECONDS + 1)] = beat_now(pulse, now_ms);
    pthread_mutex_unlock(&pulse->lock);
}

static const char *const reasons[REASONS] = {
#define X(name, reason, retry_ms, status) [REASON_##name] = #reason,
    REFUSALS(X)
#undef X
};

static void add_rates(cJSON *json, const struct pulse *pulse, int64_t now_ms)
{
    struct beat now = beat_now(pulse, now_ms);
    size_t first = pulse->n_beats > SECONDS ? pulse->n_beats - SECONDS : 0;
    struct beat then = pulse->n_beats > 0 ? pulse->beats[first % (SECONDS + 1)] : now;
    double seconds = now.at_ms > then.at_ms ? (double)(now.at_ms - then.at_ms) / 1000 : 1;
    cJSON_AddNumberToObject(json, "seconds", SECONDS);
    cJSON_AddNumberToObject(json, "edits", (double)(now.edits - then.edits) / seconds);
    cJSON *refused = cJSON_AddObjectToObject(json, "refused");
    for (int i = 0; i < REASONS; i++)
        if (now.refused[i] > then.refused[i])
            cJSON_AddNumberToObject(refused, reasons[i],
                                    (double)(now.refused[i] - then.refused[i]) / seconds);
    cJSON_AddNumberToObject(json, "people", (double)metric_get(pulse->metrics, people));
}

static void name_network(cJSON *item, uint64_t key)
{
    char text[4 + HEX_U64_BYTES] = "net:";
    hex_from_u64(text + 4, key);
    cJSON_AddStringToObject(item, "net", text);
}

static void name_author(cJSON *item, uint64_t key)
{
    char author[HEX_U64_BYTES], name[PSEUDONYM_BYTES];
    hex_from_u64(author, key);
    identity_pseudonym(key, name);
    cJSON_AddStringToObject(item, "author", author);
    cJSON_AddStringToObject(item, "name", name);
}

static void name_cell(cJSON *item, uint64_t key)
{
    cJSON_AddNumberToObject(item, "x", cell_pixel((uint32_t)(key >> 32)));
    cJSON_AddNumberToObject(item, "y", cell_pixel((uint32_t)key));
}

static void add_top(cJSON *json, const char *name, const struct window_counts *counts,
                    int64_t now_ms, void (*name_it)(cJSON *item, uint64_t key))
{
    struct window_count top[TOP];
    size_t n = window_counts_top(counts, now_ms, top, TOP);
    cJSON *list = cJSON_AddArrayToObject(json, name);
    for (size_t i = 0; list && i < n; i++) {
        cJSON *item = cJSON_CreateObject();
        name_it(item, top[i].key);
        cJSON_AddNumberToObject(item, "edits", (double)top[i].n);
        cJSON_AddItemToArray(list, item);
    }
}

struct cJSON *pulse_json(struct pulse *pulse, int64_t now_ms)
{
    cJSON *json = cJSON_CreateObject();
    pthread_mutex_lock(&pulse->lock);
    add_rates(json, pulse, now_ms);
    add_top(json, "networks", pulse->networks, now_ms, name_network);
    add_top(json, "authors", pulse->authors, now_ms, name_author);
    add_top(json, "cells", pulse->cells, now_ms, name_cell);
    pthread_mutex_unlock(&pulse->lock);
    return json;
}
