/* SPDX-License-Identifier: ISC */
/* batch: see batch.h. */
#include "render/batch/batch.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "render/queue/queue.h"
#include "sys/clock.h"

enum {
    OUTSTANDING = 256, /* jobs in the queue and under way, of one batch */
    AT_ONCE = 64,      /* are put into the queue */
    PATIENCE_MS = 60 * 1000,
    PATIENCE_LONGEST_MS = 60 * 60 * 1000,
    MEASURE_MS = 5000,
};

struct batch *batch_create(const struct batch_state *state, int64_t now_ms)
{
    struct batch *batch = calloc(1, sizeof *batch);
    const struct batch_wish *wish = &state->wish;
    if (!batch)
        return NULL;
    batch->state = *state;
    if (grid_init(&batch->grid, wish->first, wish->last, wish->has_box ? &wish->box : NULL) ||
        state->low > batch->grid.jobs) {
        free(batch);
        return NULL;
    }
    batch_begin(batch, now_ms);
    return batch;
}

void batch_destroy(struct batch *batch)
{
    free(batch);
}

void batch_begin(struct batch *batch, int64_t now_ms)
{
    window_init(&batch->window, batch->grid.jobs, batch->state.low, batch->state.failed);
    batch->moved_ms = batch->rate_ms = now_ms;
    batch->patience_ms = PATIENCE_MS;
    batch->rate = 0;
    batch->rate_done = batch->state.low;
    batch->told = batch->saved = false;
}

static int append(struct batch *batch, struct queue *queue, uint64_t number)
{
    char text[TASK_RECORD_BYTES], key[PICTURE_NAME_BYTES];
    struct task_record record;
    batch_job(&batch->state, &batch->grid, number, &record);
    picture_format(&record.first, key);
    size_t len = task_record_write_tile(text, &record);
    return queue_append(queue, QUEUE_TILES, key, strlen(key), text, len, NULL);
}

void batch_fill(struct batch *batch, struct queue *queue)
{
    struct window *window = &batch->window;
    uint64_t number;
    for (int i = 0; i < AT_ONCE; i++) {
        uint64_t ended = window_done(window) + window_failed(window);
        if (window->next - ended >= OUTSTANDING || !window_hand_out(window, &number))
            return;
        if (append(batch, queue, number) != 0) {
            window_take_back(window);
            return;
        }
        batch->told = false;
    }
}

bool batch_hurry(struct batch *batch, struct queue *queue, int64_t now_ms)
{
    const struct window *window = &batch->window;
    if (window->next == window->low || now_ms - batch->moved_ms < batch->patience_ms)
        return false;
    for (uint64_t number = window->low; number < window->next; number++) {
        if (!window_has_ended(window, number) && append(batch, queue, number) != 0)
            break;
    }
    batch->moved_ms = now_ms;
    batch->patience_ms =
        2 * batch->patience_ms < PATIENCE_LONGEST_MS ? 2 * batch->patience_ms : PATIENCE_LONGEST_MS;
    return true;
}

void batch_ended(struct batch *batch, uint64_t number, bool failed, int64_t now_ms)
{
    if (batch->state.progress != BATCH_RUNNING || !window_end(&batch->window, number, failed))
        return;
    batch->moved_ms = now_ms;
    batch->patience_ms = PATIENCE_MS;
    batch->told = false;
    if (batch->state.low != batch->window.low) {
        batch->state.low = batch->window.low;
        batch->state.failed = batch->window.failed_low;
        batch->saved = false;
    }
    if (window_complete(&batch->window))
        batch->state.progress = BATCH_FINISHED;
}

void batch_measure(struct batch *batch, int64_t now_ms)
{
    uint64_t done = window_done(&batch->window) + window_failed(&batch->window);
    int64_t elapsed = now_ms - batch->rate_ms;
    if (elapsed < MEASURE_MS)
        return;
    double rate =
        done > batch->rate_done ? (double)(done - batch->rate_done) * 1000 / (double)elapsed : 0;
    batch->rate = batch->rate > 0 ? 0.7 * batch->rate + 0.3 * rate : rate;
    batch->rate_ms = now_ms;
    batch->rate_done = done;
}

cJSON *batch_json(const struct batch *batch, const char *server)
{
    const struct batch_state *state = &batch->state;
    const struct batch_wish *wish = &state->wish;
    int zoom[] = {(int)wish->first, (int)wish->last};
    double box[] = {wish->box.west, wish->box.south, wish->box.east, wish->box.north};
    uint64_t done = window_done(&batch->window), failed = window_failed(&batch->window);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "t", "batch");
    cJSON_AddStringToObject(json, "id", state->id);
    cJSON_AddStringToObject(json, "style", wish->style);
    cJSON_AddItemToObject(json, "zoom", cJSON_CreateIntArray(zoom, 2));
    if (wish->has_box)
        cJSON_AddItemToObject(json, "box", cJSON_CreateDoubleArray(box, 4));
    cJSON_AddNumberToObject(json, "scale", wish->scale);
    cJSON_AddNumberToObject(json, "jobs", (double)batch->grid.jobs);
    cJSON_AddNumberToObject(json, "tiles", (double)batch->grid.tiles);
    cJSON_AddNumberToObject(json, "queued", (double)(batch->window.next - done - failed));
    cJSON_AddNumberToObject(json, "done", (double)done);
    cJSON_AddNumberToObject(json, "failed", (double)failed);
    cJSON_AddStringToObject(json, "state", batch_progress_name(state->progress));
    if (*state->why)
        cJSON_AddStringToObject(json, "why", state->why);
    cJSON_AddNumberToObject(json, "time", (double)state->time_ms);
    if (state->progress == BATCH_RUNNING && batch->rate > 0)
        cJSON_AddNumberToObject(
            json, "seconds_left",
            (double)(uint64_t)((double)(batch->grid.jobs - done - failed) / batch->rate));
    cJSON_AddNumberToObject(json, "at", (double)clock_wall_ms());
    cJSON_AddStringToObject(json, "by", server);
    return json;
}
