/* SPDX-License-Identifier: ISC */
/* history_json: see history_json.h. */
#include "history/history_json.h"

#include <stdlib.h>

#include "core/json.h"
#include "history/block.h"

/* Bounds of the texts: their keys, numbers of at most 20 digits, and hexadecimal. */
enum {
    HEAD_TEXT = 512,
    ROW_TEXT = 512,
    CANVAS_TEXT = 512, /* with its tail, without its rows */
    SAMPLE_TEXT = 48,
};

static void add_time(struct json *json, const char *key, int64_t time_ms)
{
    if (time_ms == -1)
        json_text(json, key, NULL);
    else
        json_i64(json, key, time_ms);
}

static void add_row(struct json *json, uint64_t number, const struct store_row *row)
{
    json_open(json, NULL, '{');
    json_u64(json, "block", number);
    json_u64(json, "from", row->from);
    json_u64(json, "to", row->to);
    json_u64(json, "records", row->records);
    json_u64(json, "edits", row->edits);
    add_time(json, "time", row->time);
    add_time(json, "time_to", row->time_to);
    json_u64(json, "bytes", row->bytes);
    json_hex(json, "sha256", row->sha256, DIGEST_BYTES);
    json_hex(json, "chain", row->chain, DIGEST_BYTES);
    json_close(json, '}');
}

static void add_tail(struct json *json, const struct store_tail *tail)
{
    json_open(json, "tail", '{');
    json_u64(json, "block", tail->block);
    json_u64(json, "from", tail->from);
    json_u64(json, "to", tail->to);
    json_u64(json, "records", tail->records);
    json_u64(json, "edits", tail->edits);
    add_time(json, "time", tail->time);
    add_time(json, "time_to", tail->time_to);
    json_close(json, '}');
}

static void add_activity(struct json *json, const struct store_details *details)
{
    json_open(json, "activity", '{');
    json_u64(json, "step", details->step);
    json_open(json, "samples", '[');
    for (size_t i = 0; i < details->n_samples; i++) {
        json_open(json, NULL, '[');
        json_u64(json, NULL, details->samples[i].version);
        add_time(json, NULL, details->samples[i].time_ms);
        json_close(json, ']');
    }
    json_close(json, ']');
    json_close(json, '}');
}

/* One that was never painted. */
static struct store_details *describe_blank(struct store *store, struct position position)
{
    struct store_details *details = calloc(1, sizeof *details);
    if (details) {
        details->canvas.position = position;
        details->canvas.tail.time = details->canvas.tail.time_to = -1;
        details->read = store_version(store);
        details->step = 1;
    }
    return details;
}

static size_t write_canvas(struct json *json, char *bytes, size_t room, const uint8_t *genesis,
                           const struct store_details *details)
{
    const struct store_canvas *canvas = &details->canvas;
    json_begin(json, bytes, room);
    json_hex(json, "genesis", genesis, GENESIS_BYTES);
    json_open(json, "canvas", '[');
    json_i64(json, NULL, canvas->position.gx);
    json_i64(json, NULL, canvas->position.gy);
    json_close(json, ']');
    json_u64(json, "version", canvas->version);
    json_u64(json, "read", details->read);
    json_u64(json, "edits", canvas->edits);
    json_u64(json, "block_edits", BLOCK_EDITS);
    json_open(json, "blocks", '[');
    for (size_t i = 0; i < canvas->n_blocks; i++)
        add_row(json, i, &details->rows[i]);
    json_close(json, ']');
    add_tail(json, &canvas->tail);
    add_activity(json, details);
    return json_end(json);
}

/* One line for who reads it in a terminal. */
static void end_line(struct history_json *into, size_t len)
{
    into->bytes[len] = '\n';
    into->len = len + 1;
}

enum store_result history_json_canvas(struct store *store, const uint8_t genesis[GENESIS_BYTES],
                                      struct position position, struct history_json *into)
{
    struct store_details *details = NULL;
    struct json json;
    enum store_result result = store_describe(store, position, &details);
    if (result == STORE_NONE)
        details = describe_blank(store, position);
    else if (result != STORE_OK)
        return result;
    size_t room = 0;
    if (details)
        room = HEAD_TEXT + CANVAS_TEXT + details->canvas.n_blocks * ROW_TEXT +
               details->n_samples * SAMPLE_TEXT;
    into->bytes = details ? malloc(room) : NULL;
    if (into->bytes) {
        into->version = details->canvas.version;
        end_line(into, write_canvas(&json, (char *)into->bytes, room - 1, genesis, details));
    }
    store_details_free(details);
    return into->bytes ? STORE_OK : STORE_NO_MEMORY;
}

/* All painted canvases, for free(), of one moment. NULL when out of memory. */
static struct store_canvas *list_all(struct store *store, size_t *n, uint64_t *read)
{
    struct store_canvas *canvases = NULL;
    size_t room;
    *n = store_list(store, NULL, 0, read);
    do { /* until none has come meanwhile */
        room = *n + 1;
        free(canvases);
        canvases = malloc(room * sizeof *canvases);
        if (!canvases)
            return NULL;
        *n = store_list(store, canvases, room, read);
    } while (*n > room);
    return canvases;
}

static enum store_result add_canvas(struct json *json, struct store *store,
                                    const struct store_canvas *canvas)
{
    json_open(json, NULL, '{');
    json_i64(json, "x", canvas->position.gx);
    json_i64(json, "y", canvas->position.gy);
    json_u64(json, "version", canvas->version);
    json_u64(json, "edits", canvas->edits);
    json_open(json, "blocks", '[');
    for (uint64_t i = 0; i < canvas->n_blocks; i++) {
        struct store_row row;
        if (!store_row(store, canvas->position, i, &row))
            return STORE_BAD; /* it was there when they were listed */
        add_row(json, i, &row);
    }
    json_close(json, ']');
    add_tail(json, &canvas->tail);
    json_close(json, '}');
    return STORE_OK;
}

enum store_result history_json_plane(struct store *store, const uint8_t genesis[GENESIS_BYTES],
                                     struct history_json *into)
{
    size_t n, room = HEAD_TEXT;
    struct json json;
    struct store_canvas *canvases = list_all(store, &n, &into->version);
    for (size_t i = 0; canvases && i < n; i++)
        room += CANVAS_TEXT + canvases[i].n_blocks * ROW_TEXT;
    into->bytes = canvases ? malloc(room) : NULL;
    enum store_result result = into->bytes ? STORE_OK : STORE_NO_MEMORY;
    if (into->bytes) {
        json_begin(&json, (char *)into->bytes, room - 1);
        json_hex(&json, "genesis", genesis, GENESIS_BYTES);
        json_u64(&json, "version", into->version);
        json_open(&json, "canvases", '[');
        for (size_t i = 0; result == STORE_OK && i < n; i++)
            result = add_canvas(&json, store, &canvases[i]);
    }
    if (result == STORE_OK) {
        json_close(&json, ']');
        end_line(into, json_end(&json));
    } else {
        free(into->bytes);
    }
    free(canvases);
    return result;
}
