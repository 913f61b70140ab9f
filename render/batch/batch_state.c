/* SPDX-License-Identifier: ISC */
/* batch_state: see batch_state.h. */
#include "render/batch/batch_state.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
    [BATCH_RUNNING] = "running", [BATCH_CANCELLED] = "cancelled", [BATCH_FINISHED] = "done"};

const char *batch_progress_name(enum batch_progress progress)
{
    return names[progress];
}

static const cJSON *member(const cJSON *json, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(json, name);
}

/* A whole number from 0 to max. */
static bool take_number(const cJSON *number, double max, uint64_t *value)
{
    if (!cJSON_IsNumber(number) || !(number->valuedouble >= 0 && number->valuedouble <= max) ||
        number->valuedouble != (double)(uint64_t)number->valuedouble)
        return false;
    *value = (uint64_t)number->valuedouble;
    return true;
}

static bool take_text(const cJSON *text, char *value, size_t room)
{
    if (!cJSON_IsString(text) || strnlen(text->valuestring, room) == room)
        return false;
    memcpy(value, text->valuestring, strlen(text->valuestring) + 1);
    return true;
}

/* ---- wishes ---- */

static const char *take_zoom(struct batch_wish *wish, const cJSON *zoom)
{
    uint64_t first, last;
    if (cJSON_GetArraySize(zoom) != 2 || !cJSON_IsArray(zoom) ||
        !take_number(cJSON_GetArrayItem(zoom, 0), PICTURE_MAP_ZOOM_MAX, &first) ||
        !take_number(cJSON_GetArrayItem(zoom, 1), PICTURE_MAP_ZOOM_MAX, &last) || first > last)
        return "zoom: expected two zooms from 0 to 22, the smaller one first";
    wish->first = (unsigned)first;
    wish->last = (unsigned)last;
    return NULL;
}

static const char *take_box(struct batch_wish *wish, const cJSON *box)
{
    static const char wrong[] = "box: expected four numbers: west, south, east, north";
    double *const edges[] = {&wish->box.west, &wish->box.south, &wish->box.east, &wish->box.north};
    wish->has_box = box && !cJSON_IsNull(box);
    if (!wish->has_box)
        return NULL;
    if (!cJSON_IsArray(box) || cJSON_GetArraySize(box) != 4)
        return wrong;
    for (int i = 0; i < 4; i++) {
        const cJSON *edge = cJSON_GetArrayItem(box, i);
        if (!cJSON_IsNumber(edge))
            return wrong;
        *edges[i] = edge->valuedouble;
    }
    return NULL;
}

const char *batch_wish_read(struct batch_wish *wish, const cJSON *json)
{
    const cJSON *scale = member(json, "scale");
    uint64_t factor = 1;
    *wish = (struct batch_wish){0};
    if (!take_text(member(json, "style"), wish->style, sizeof wish->style) || !*wish->style)
        return "style: expected the name of a style";
    const char *wrong = take_zoom(wish, member(json, "zoom"));
    if (!wrong)
        wrong = take_box(wish, member(json, "box"));
    if (!wrong && scale && (!take_number(scale, 2, &factor) || factor == 0))
        wrong = "scale: expected 1 or 2";
    wish->scale = (unsigned)factor;
    return wrong;
}

/* ---- the file ---- */

static void add_wish(cJSON *json, const struct batch_wish *wish)
{
    int zoom[] = {(int)wish->first, (int)wish->last};
    double box[] = {wish->box.west, wish->box.south, wish->box.east, wish->box.north};
    cJSON_AddStringToObject(json, "style", wish->style);
    cJSON_AddItemToObject(json, "zoom", cJSON_CreateIntArray(zoom, 2));
    if (wish->has_box)
        cJSON_AddItemToObject(json, "box", cJSON_CreateDoubleArray(box, 4));
    cJSON_AddNumberToObject(json, "scale", wish->scale);
}

size_t batch_state_write(char text[BATCH_STATE_BYTES], const struct batch_state *state)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "v", 1);
    cJSON_AddStringToObject(json, "id", state->id);
    add_wish(json, &state->wish);
    cJSON_AddStringToObject(json, "hash", state->hash);
    cJSON_AddStringToObject(json, "state", names[state->progress]);
    cJSON_AddNumberToObject(json, "low", (double)state->low);
    cJSON_AddNumberToObject(json, "failed", (double)state->failed);
    cJSON_AddNumberToObject(json, "time", (double)state->time_ms);
    if (*state->why)
        cJSON_AddStringToObject(json, "why", state->why);
    bool good = cJSON_PrintPreallocated(json, text, BATCH_STATE_BYTES, 0);
    cJSON_Delete(json);
    return good ? strlen(text) : 0;
}

static const char *read_members(struct batch_state *state, const cJSON *json)
{
    uint64_t version, time;
    const char *wrong = batch_wish_read(&state->wish, json);
    if (wrong)
        return wrong;
    if (!take_number(member(json, "v"), 1e9, &version) || version != 1)
        return "v: expected 1: it is of a newer program";
    if (!take_text(member(json, "id"), state->id, sizeof state->id) ||
        !task_record_is_batch(state->id))
        return "id: expected 16 small hexadecimal digits";
    if (!take_text(member(json, "hash"), state->hash, sizeof state->hash) ||
        strspn(state->hash, "0123456789abcdef") != PICTURE_HASH_CHARS)
        return "hash: expected 16 small hexadecimal digits";
    if (!take_number(member(json, "low"), 9e15, &state->low) ||
        !take_number(member(json, "failed"), (double)state->low, &state->failed) ||
        !take_number(member(json, "time"), 9e15, &time))
        return "low, failed, time: expected whole numbers";
    state->time_ms = (int64_t)time;
    take_text(member(json, "why"), state->why, sizeof state->why);
    const char *name = cJSON_GetStringValue(member(json, "state"));
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++) {
        state->progress = (enum batch_progress)i;
        if (strcmp(name, names[i]) == 0)
            return NULL;
    }
    return "state: expected running, cancelled or done";
}

const char *batch_state_read(struct batch_state *state, const char *text, size_t len)
{
    *state = (struct batch_state){0};
    cJSON *json = cJSON_ParseWithLength(text, len);
    const char *wrong = cJSON_IsObject(json) ? read_members(state, json) : "expected a JSON object";
    cJSON_Delete(json);
    return wrong;
}

void batch_job(const struct batch_state *state, const struct grid *grid, uint64_t number,
               struct task_record *record)
{
    struct grid_job job = grid_job(grid, number);
    *record = (struct task_record){
        .first =
            {.kind = PICTURE_MAP, .z = job.z, .x = job.x, .y = job.y, .scale = state->wish.scale},
        .n = number,
    };
    memcpy(record->first.hash, state->hash, sizeof record->first.hash);
    memcpy(record->batch, state->id, sizeof record->batch);
}
