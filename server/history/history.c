/* SPDX-License-Identifier: ISC */
/*
 * history: the builder fills the store, workers make answers from it. What can be told from the
 * store's index alone is told at once: only versions inside of blocks need a worker to find out
 * whether the canvas had them.
 */
#include "history/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "history/answers.h"
#include "history/builder.h"
#include "history/maker.h"
#include "history/store.h"

/* The blocks of a scrubbing visitor and the pictures of a hundred others; 256 pictures take the
 * worker 3 seconds or so, which is less than a client waits. */
const struct history_config history_config_default = {
    .publish_ms = 200, .cache_bytes = 32 << 20, .queue = 256};

struct history {
    struct answers_maker made_by; /* first, the pointers are exchanged */
    struct builder_owner builds;
    struct history_source *source;
    struct metrics *metrics;
    struct store *store;
    struct maker *maker;
    struct answers *answers;
    struct builder *builder;
};

/* ---- for the others ---- */

static struct answers_made make(struct answers_maker *made_by, struct history_name name)
{
    struct history *history = (struct history *)made_by;
    metric_add(history->metrics, history_answers_total, 1);
    uint8_t genesis[GENESIS_BYTES];
    if (!store_genesis(history->store, genesis))
        return (struct answers_made){.state = HISTORY_COMING};
    return maker_make(history->maker, genesis, name);
}

static void ready(struct answers_maker *made_by)
{
    struct history_source *source = ((struct history *)made_by)->source;
    source->ready(source);
}

static struct history *of_builder(struct builder_owner *owner)
{
    return (struct history *)((char *)owner - offsetof(struct history, builds));
}

static bool genesis_of_log(struct builder_owner *owner, uint8_t genesis[GENESIS_BYTES])
{
    struct history_source *source = of_builder(owner)->source;
    return source->genesis(source, genesis);
}

static void published(struct builder_owner *owner)
{
    struct history_source *source = of_builder(owner)->source;
    source->ready(source);
}

/* ---- what is known ---- */

/* What the index says of a canvas. Its own version, and how far it is known: above its own version
 * nothing has happened to it, up to there. */
struct known {
    uint64_t version, up_to, read;
    size_t n_blocks;
};

static struct known known_of(struct history *history, struct position position)
{
    struct store_canvas canvas;
    struct known known = {.read = store_version(history->store)};
    /* Afterwards: what it says is not older than `read`. */
    if (store_find(history->store, position, &canvas)) {
        known.version = canvas.version;
        known.n_blocks = canvas.n_blocks;
    }
    known.up_to = known.version > known.read ? known.version : known.read;
    return known;
}

/* A version that history has not read: is there one? */
static enum history_state unread(struct history *history, uint64_t version)
{
    return version <= history->source->version(history->source) ? HISTORY_COMING : HISTORY_NONE;
}

/* ---- asking ---- */

/* What is asked for. */
struct request {
    struct history_name name;
    struct history_answer **answer;
    struct history_name *moved;
};

static enum history_state get(struct history *history, struct request *request, uint64_t stamp)
{
    bool slow = maker_is_slow(request->name.kind);
    return answers_get(history->answers, request->name, stamp, slow, request->answer,
                       request->moved);
}

static enum history_state move(struct request *request, struct history_name name)
{
    *request->moved = name;
    return HISTORY_MOVED;
}

static enum history_state get_picture(struct history *history, struct request *request,
                                      const struct known *known)
{
    struct history_name name = request->name;
    if (name.from > known->up_to)
        return unread(history, name.from);
    if (name.from > known->version) {
        name.from = known->version;
        return move(request, name);
    }
    return get(history, request, 0);
}

static enum history_state get_edits(struct history *history, struct request *request,
                                    const struct known *known)
{
    if (request->name.from == known->version)
        return HISTORY_WAIT;
    return get_picture(history, request, known); /* the same rules for its version */
}

static enum history_state get_heat(struct history *history, struct request *request,
                                   const struct known *known)
{
    struct history_name asked = request->name, *name = &request->name;
    if (asked.from > asked.to)
        return HISTORY_NONE;
    if (asked.to > known->up_to)
        return unread(history, asked.to);
    if (name->from > known->version)
        name->from = known->version;
    if (name->to > known->version)
        name->to = known->version;
    enum history_state state = get(history, request, 0);
    if (state != HISTORY_READY || history_name_equal(asked, *name))
        return state;
    history_answer_release(*request->answer); /* under its right name */
    return move(request, *name);
}

static enum history_state get_block(struct history *history, struct request *request,
                                    const struct known *known)
{
    uint64_t read_to = request->name.to;
    request->name.to = 0;
    if (request->name.from < known->n_blocks)
        return get(history, request, 0);
    return known->read < read_to ? HISTORY_COMING : HISTORY_NONE;
}

static enum history_state get_time(struct history *history, struct request *request,
                                   const struct known *known)
{
    uint64_t read_to = request->name.to;
    request->name.to = 0;
    return known->read < read_to ? HISTORY_COMING : get(history, request, known->read);
}

static enum history_state get_of_canvas(struct history *history, struct request *request)
{
    if (!history->source->exists(history->source, request->name.position))
        return HISTORY_NONE;
    struct known known = known_of(history, request->name.position);
    switch (request->name.kind) {
    case HISTORY_PICTURE:
        return get_picture(history, request, &known);
    case HISTORY_HEAT:
        return get_heat(history, request, &known);
    case HISTORY_BLOCK:
        return get_block(history, request, &known);
    case HISTORY_EDITS:
        return get_edits(history, request, &known);
    case HISTORY_TIME:
        return get_time(history, request, &known);
    case HISTORY_TAIL:
        return get(history, request, known.version);
    case HISTORY_INDEX:
    case HISTORY_PLANE_INDEX:
        break;
    }
    return get(history, request, known.read);
}

enum history_state history_get(struct history *history, struct history_name name,
                               struct history_answer **answer, struct history_name *moved)
{
    struct request request = {.name = name, .answer = answer, .moved = moved};
    uint8_t log[GENESIS_BYTES], read[GENESIS_BYTES];
    if (!history->source->genesis(history->source, log) || store_hopeless(history->store))
        return HISTORY_NONE;
    if (!store_genesis(history->store, read) || memcmp(log, read, GENESIS_BYTES) != 0)
        return HISTORY_COMING;
    if (name.kind == HISTORY_PLANE_INDEX)
        return get(history, &request, store_version(history->store));
    return get_of_canvas(history, &request);
}

uint64_t history_known(struct history *history, struct position position)
{
    return known_of(history, position).up_to;
}

enum store_result history_pixel(struct history *history, struct position position, uint32_t x,
                                uint32_t y, struct pixel_changes *changes)
{
    uint8_t genesis[GENESIS_BYTES];
    changes->n = 0;
    if (!store_genesis(history->store, genesis))
        return STORE_BAD;
    return pixel_find(history->store, position, x, y, changes);
}

/* ---- the beginning and the end ---- */

struct history *history_create(struct log *log, struct history_source *source,
                               const struct history_config *config, struct metrics *metrics)
{
    struct history *history = calloc(1, sizeof *history);
    if (!history)
        return NULL;
    history->made_by = (struct answers_maker){.make = make, .ready = ready};
    history->builds = (struct builder_owner){.genesis = genesis_of_log, .published = published};
    history->source = source;
    history->metrics = metrics;
    const struct answers_limits limits = {.cache_bytes = config->cache_bytes,
                                          .queue = config->queue};
    errno = ENOMEM;
    history->store = store_create(config->directory);
    history->maker = history->store ? maker_create(history->store) : NULL;
    if (history->maker)
        history->answers = answers_create(&history->made_by, limits);
    if (history->answers)
        history->builder =
            builder_create(log, history->store, &history->builds, config->publish_ms, metrics);
    if (history->builder)
        return history;
    int error = errno;
    history_destroy(history);
    errno = error;
    return NULL;
}

void history_destroy(struct history *history)
{
    if (!history)
        return;
    builder_destroy(history->builder);
    answers_destroy(history->answers);
    maker_destroy(history->maker);
    store_destroy(history->store);
    free(history);
}
