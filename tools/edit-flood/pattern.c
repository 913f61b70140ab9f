/* SPDX-License-Identifier: ISC */
/* pattern: see pattern.h. */
#include "pattern.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/edit.h"
#include "fractal.h"
#include "image.h"
#include "shuffle.h"
#include "trace.h"

enum {
    ALL_WORDS = CANVAS_WIDTH * CANVAS_HEIGHT * CANVAS_COLOURS,
    RAID_RADIUS = 128,
    NOTE_BYTES = 256,
};

struct pattern {
    struct pattern_config config;
    struct shuffle shuffle;
    uint32_t *words; /* of image */
    size_t n_words;
    struct fractal *fractal;
    struct trace trace;
    char note[NOTE_BYTES];
};

static int create_image(struct pattern *pattern)
{
    const struct pattern_config *config = &pattern->config;
    if (image_load(config->files[0], config->at_x, config->at_y, &pattern->words,
                   &pattern->n_words) != 0)
        return -1;
    shuffle_init(&pattern->shuffle, (uint32_t)pattern->n_words, config->seed);
    snprintf(pattern->note, NOTE_BYTES, "%s: %zu pixels", config->files[0], pattern->n_words);
    return 0;
}

static int create_trace(struct pattern *pattern)
{
    const struct pattern_config *config = &pattern->config;
    struct trace *trace = &pattern->trace;
    if (trace_load(trace, config->files, config->n_files, config->at_x, config->at_y) != 0)
        return -1;
    snprintf(pattern->note, NOTE_BYTES,
             "trace: %" PRIu64 " rows, %zu edits over %.1f s; skipped: %" PRIu64
             " outside, %" PRIu64 " empty, %" PRIu64 " areas, %" PRIu64 " malformed",
             trace->rows, trace->n, trace->edits[trace->n - 1].ms / 1e3, trace->outside,
             trace->empty, trace->areas, trace->malformed);
    return 0;
}

struct pattern *pattern_create(const struct pattern_config *config)
{
    struct pattern *pattern = calloc(1, sizeof *pattern);
    if (!pattern)
        return NULL;
    pattern->config = *config;
    int result = 0;
    switch (config->kind) {
    case PATTERN_RANDOM:
        shuffle_init(&pattern->shuffle, ALL_WORDS, config->seed);
        break;
    case PATTERN_RAID:
        if (config->region_w > 0)
            shuffle_init(&pattern->shuffle, (uint32_t)(config->region_w * config->region_h),
                         config->seed);
        break;
    case PATTERN_IMAGE:
        result = create_image(pattern);
        break;
    case PATTERN_FRACTAL:
        pattern->fractal = fractal_create(config->threads);
        result = pattern->fractal ? 0 : -1;
        break;
    case PATTERN_TRACE:
        result = create_trace(pattern);
        break;
    }
    if (result == 0)
        return pattern;
    pattern_destroy(pattern);
    return NULL;
}

void pattern_destroy(struct pattern *pattern)
{
    if (!pattern)
        return;
    fractal_destroy(pattern->fractal);
    trace_finish(&pattern->trace);
    free(pattern->words);
    free(pattern);
}

static uint32_t random_word(const struct pattern *pattern, uint64_t k)
{
    uint32_t i = shuffle_at(&pattern->shuffle, (uint32_t)(k % ALL_WORDS));
    uint32_t pixel = i >> 4;
    return edit_pack(pixel % CANVAS_WIDTH, pixel / CANVAS_WIDTH, i & 15);
}

static uint32_t clamp(int v)
{
    return v < 0 ? 0 : v > CANVAS_WIDTH - 1 ? CANVAS_WIDTH - 1 : (uint32_t)v;
}

/* Most of a faction paint their own quarter, some the others'; the middle is the thick of it. */
static uint32_t raid_word(const struct pattern *pattern, uint64_t k)
{
    static const uint8_t factions[4] = {5, 12, 8, 10}; /* red, blue, yellow, green */
    uint64_t h = shuffle_mix(k ^ pattern->config.seed << 32);
    int x = (int)(h & 127) + (int)(h >> 7 & 127) - RAID_RADIUS + 1;
    int y = (int)(h >> 14 & 127) + (int)(h >> 21 & 127) - RAID_RADIUS + 1;
    unsigned side = (x > 0) ^ (y > 0 ? 3 : 0);
    if ((h >> 28 & 3) == 0)
        side = h >> 30 & 3;
    return edit_pack(clamp(pattern->config.at_x + x), clamp(pattern->config.at_y + y),
                     factions[side & 3]);
}

/* The rectangle's pixels in random order, again and again, in one colour. */
static uint32_t region_word(const struct pattern *pattern, uint64_t k)
{
    const struct pattern_config *config = &pattern->config;
    uint32_t w = (uint32_t)config->region_w, pixels = w * (uint32_t)config->region_h;
    uint32_t i = shuffle_at(&pattern->shuffle, (uint32_t)(k % pixels));
    return edit_pack((uint32_t)config->region_x + i % w, (uint32_t)config->region_y + i / w,
                     (uint32_t)config->colour);
}

void pattern_words(struct pattern *pattern, uint64_t k, size_t n, uint32_t *words)
{
    switch (pattern->config.kind) {
    case PATTERN_RANDOM:
        for (size_t i = 0; i < n; i++)
            words[i] = random_word(pattern, k + i);
        break;
    case PATTERN_IMAGE:
        for (size_t i = 0; i < n; i++)
            words[i] =
                pattern
                    ->words[shuffle_at(&pattern->shuffle, (uint32_t)((k + i) % pattern->n_words))];
        break;
    case PATTERN_FRACTAL:
        for (size_t i = 0; i < n; i++)
            words[i] = fractal_word(pattern->fractal, k + i);
        break;
    case PATTERN_RAID:
        for (size_t i = 0; i < n; i++)
            words[i] = pattern->config.region_w > 0 ? region_word(pattern, k + i)
                                                    : raid_word(pattern, k + i);
        break;
    case PATTERN_TRACE:
        for (size_t i = 0; i < n; i++)
            words[i] = pattern->trace.edits[(k + i) % pattern->trace.n].word;
        break;
    }
}

uint64_t pattern_distinct(const struct pattern *pattern)
{
    switch (pattern->config.kind) {
    case PATTERN_RANDOM:
        return ALL_WORDS;
    case PATTERN_IMAGE:
        return pattern->n_words;
    case PATTERN_FRACTAL:
        return CANVAS_WIDTH * CANVAS_HEIGHT;
    case PATTERN_RAID:
        if (pattern->config.region_w > 0)
            return (uint64_t)pattern->config.region_w * (uint64_t)pattern->config.region_h;
        return 1000; /* the corner of the canvas folds its overhang into a few pixels */
    case PATTERN_TRACE:
        return 1; /* whatever people did */
    }
    return 1;
}

bool pattern_timed(const struct pattern *pattern)
{
    return pattern->config.kind == PATTERN_TRACE;
}

uint64_t pattern_due(const struct pattern *pattern, uint64_t elapsed_us, bool *over)
{
    double ms = (double)elapsed_us / 1e3 * pattern->config.speed;
    size_t due = trace_until(&pattern->trace, 0, ms < 4e9 ? (uint64_t)ms : UINT32_MAX);
    *over = due == pattern->trace.n;
    return due;
}

const char *pattern_note(const struct pattern *pattern)
{
    return pattern->note[0] ? pattern->note : NULL;
}
