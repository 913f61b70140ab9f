/* SPDX-License-Identifier: ISC */
/* batches: see batches.h. */
#include "render/batch/batches.h"

#include <cjson/cJSON.h>
#include <ev.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/bytes.h"
#include "core/hex.h"
#include "render/batch/batch.h"
#include "render/batch/batch_files.h"
#include "render/batch/did.h"
#include "sys/clock.h"
#include "sys/diag.h"

#define TICK_S 0.25

enum {
    ALL_MAX = BATCHES_RUNNING + BATCHES_KEPT,
    SAVE_EVERY = 4,     /* ticks */
    CANCELLED_MAX = 64, /* of other servers, that are remembered */
};

struct batches {
    struct batches_config *config;
    ev_timer timer;
    unsigned ticks;
    struct batch_files *files;
    struct batch *all[ALL_MAX]; /* by their time, the oldest first */
    size_t n;
    struct did *did; /* what ended here, of others' batches */
    char cancelled[CANCELLED_MAX][TASK_BATCH_CHARS + 1];
    size_t next_cancelled;
};

static int refuse(struct batch_refusal *refusal, unsigned status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int refuse(struct batch_refusal *refusal, unsigned status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(refusal->words, sizeof refusal->words, format, args);
    va_end(args);
    refusal->status = status;
    return -1;
}

static struct batch *find(const struct batches *batches, const char *id)
{
    for (size_t i = 0; i < batches->n; i++) {
        if (strcmp(batches->all[i]->state.id, id) == 0)
            return batches->all[i];
    }
    return NULL;
}

static size_t count_running(const struct batches *batches)
{
    size_t n = 0;
    for (size_t i = 0; i < batches->n; i++)
        n += batches->all[i]->state.progress == BATCH_RUNNING;
    return n;
}

/* ---- telling and saving ---- */

static void tell(struct batches *batches, struct batch *batch)
{
    struct batches_config *config = batches->config;
    cJSON *json = batch_json(batch, config->server);
    char *text = cJSON_PrintUnformatted(json);
    if (text)
        config->publish(config, text, strlen(text));
    cJSON_free(text);
    cJSON_Delete(json);
    batch->told = true;
}

static void save(struct batches *batches, struct batch *batch)
{
    batch_files_save(batches->files, &batch->state);
    batch->saved = true;
}

static void publish_did(void *context, const char *json, size_t len)
{
    struct batches *batches = context;
    batches->config->publish(batches->config, json, len);
}

/* ---- the list ---- */

/* There is room for one more: the oldest that has ended goes. False: all run. */
static bool make_room(struct batches *batches)
{
    if (batches->n < ALL_MAX)
        return true;
    for (size_t i = 0; i < batches->n; i++) {
        if (batches->all[i]->state.progress == BATCH_RUNNING)
            continue;
        batch_files_remove(batches->files, batches->all[i]->state.id);
        batch_destroy(batches->all[i]);
        batches->n--;
        memmove(&batches->all[i], &batches->all[i + 1], (batches->n - i) * sizeof *batches->all);
        return true;
    }
    return false;
}

static void insert(struct batches *batches, struct batch *batch)
{
    size_t i = batches->n++;
    for (; i > 0 && batches->all[i - 1]->state.time_ms > batch->state.time_ms; i--)
        batches->all[i] = batches->all[i - 1];
    batches->all[i] = batch;
}

/* ---- turns ---- */

static void cancel(struct batches *batches, struct batch *batch, const char *why)
{
    batch->state.progress = BATCH_CANCELLED;
    snprintf(batch->state.why, sizeof batch->state.why, "%s", why);
    save(batches, batch);
    tell(batches, batch);
}

/* A style that is another one now has other names: nobody will ask for these. */
static bool is_current(struct batches *batches, const struct batch *batch)
{
    struct batch_style style;
    return batches->config->style(batches->config, batch->state.wish.style, &style) &&
           strcmp(style.hash, batch->state.hash) == 0;
}

static void cancel_if_changed(struct batches *batches, struct batch *batch)
{
    if (batch->state.progress == BATCH_RUNNING && !is_current(batches, batch))
        cancel(batches, batch, "its style has changed, or is not here any more");
}

static void turn(struct batches *batches, struct batch *batch, int64_t now)
{
    cancel_if_changed(batches, batch);
    if (batch->state.progress == BATCH_RUNNING) {
        batch_fill(batch, batches->config->queue);
        batch_hurry(batch, batches->config->queue, now);
        batch_measure(batch, now);
    }
    if (!batch->told)
        tell(batches, batch);
    if (!batch->saved && batches->ticks % SAVE_EVERY == 0)
        save(batches, batch);
}

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct batches *batches = timer->data;
    int64_t now = clock_now_ms();
    batches->ticks++;
    for (size_t i = 0; i < batches->n; i++)
        turn(batches, batches->all[i], now);
    did_tell(batches->did, batches->config->server, publish_did, batches);
}

/* ---- requests ---- */

int batches_check(struct batches *batches, const struct batch_wish *wish, struct batch_style *style,
                  struct grid *grid, struct batch_refusal *refusal)
{
    if (!batches->config->style(batches->config, wish->style, style))
        return refuse(refusal, 404, "there is no style %.40s", wish->style);
    if (wish->first < style->minzoom || wish->last > style->maxzoom)
        return refuse(refusal, 404, "zoom: %.40s has the zooms %u to %u", wish->style,
                      style->minzoom, style->maxzoom);
    const char *wrong = grid_init(grid, wish->first, wish->last, wish->has_box ? &wish->box : NULL);
    if (wrong)
        return refuse(refusal, 400, "%s", wrong);
    if (grid->jobs > BATCH_JOBS_MAX)
        return refuse(refusal, 400,
                      "%" PRIu64
                      " jobs are too many: at most %d in one batch (take fewer zooms or "
                      "a smaller box)",
                      grid->jobs, BATCH_JOBS_MAX);
    return 0;
}

static void new_id(char id[TASK_BATCH_CHARS + 1])
{
    uint8_t bytes[8];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        store_u64(bytes, clock_now_us());
    hex_encode(id, bytes, sizeof bytes);
}

int batches_start(struct batches *batches, const struct batch_wish *wish,
                  const struct batch_state **started, uint64_t *jobs, struct batch_refusal *refusal)
{
    struct batch_style style;
    struct grid grid;
    struct batch_state state = {.wish = *wish, .time_ms = clock_wall_ms()};
    if (batches_check(batches, wish, &style, &grid, refusal) != 0)
        return -1;
    if (count_running(batches) >= BATCHES_RUNNING || !make_room(batches))
        return refuse(refusal, 409, "%d batches run already: cancel one, or wait", BATCHES_RUNNING);
    new_id(state.id);
    memcpy(state.hash, style.hash, sizeof state.hash);
    struct batch *batch = batch_create(&state, clock_now_ms());
    if (!batch)
        return refuse(refusal, 503, "out of memory");
    insert(batches, batch);
    save(batches, batch);
    batch_fill(batch, batches->config->queue);
    tell(batches, batch);
    *started = &batch->state;
    *jobs = batch->grid.jobs;
    return 0;
}

static struct batch *find_or_refuse(struct batches *batches, const char *id,
                                    struct batch_refusal *refusal)
{
    struct batch *batch = id ? find(batches, id) : NULL;
    if (!batch)
        refuse(refusal, 404, "this server has no such batch");
    return batch;
}

int batches_cancel(struct batches *batches, const char *id, struct batch_refusal *refusal)
{
    struct batch *batch = find_or_refuse(batches, id, refusal);
    if (!batch)
        return -1;
    if (batch->state.progress != BATCH_RUNNING)
        return refuse(refusal, 409, "it is %s already", batch_progress_name(batch->state.progress));
    cancel(batches, batch, "somebody cancelled it");
    return 0;
}

int batches_resume(struct batches *batches, const char *id, struct batch_refusal *refusal)
{
    struct batch *batch = find_or_refuse(batches, id, refusal);
    if (!batch)
        return -1;
    if (batch->state.progress != BATCH_CANCELLED)
        return refuse(refusal, 409, "it is %s", batch_progress_name(batch->state.progress));
    if (!is_current(batches, batch))
        return refuse(refusal, 409, "its style has changed, or is not here any more");
    if (count_running(batches) >= BATCHES_RUNNING)
        return refuse(refusal, 409, "%d batches run already: cancel one, or wait", BATCHES_RUNNING);
    batch->state.progress = BATCH_RUNNING;
    batch->state.why[0] = '\0';
    batch_begin(batch, clock_now_ms());
    save(batches, batch);
    batch_fill(batch, batches->config->queue);
    tell(batches, batch);
    return 0;
}

cJSON *batches_list(struct batches *batches)
{
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "batches");
    for (size_t i = batches->n; list && i-- > 0;)
        cJSON_AddItemToArray(list, batch_json(batches->all[i], batches->config->server));
    if (list)
        return json;
    cJSON_Delete(json);
    return NULL;
}

/* ---- tasks and events ---- */

bool batches_want(struct batches *batches, const struct task_record *record)
{
    if (!*record->batch)
        return true;
    struct batch *batch = find(batches, record->batch);
    if (batch) {
        cancel_if_changed(batches, batch);
        return batch->state.progress == BATCH_RUNNING &&
               !window_has_ended(&batch->window, record->n);
    }
    for (size_t i = 0; i < CANCELLED_MAX; i++) {
        if (strcmp(batches->cancelled[i], record->batch) == 0)
            return false;
    }
    return true;
}

static void ended(struct batches *batches, struct batch *batch, uint64_t number, bool failed)
{
    bool ran = batch->state.progress == BATCH_RUNNING;
    batch_ended(batch, number, failed, clock_now_ms());
    if (ran && batch->state.progress == BATCH_FINISHED) {
        diag_info("batch %s of %s is done: %" PRIu64 " jobs, %" PRIu64 " failed", batch->state.id,
                  batch->state.wish.style, batch->grid.jobs, window_failed(&batch->window));
        save(batches, batch);
        tell(batches, batch);
    } else if (ran) {
        batch_fill(batch, batches->config->queue);
    }
}

void batches_ended(struct batches *batches, const struct task_record *record, bool failed)
{
    if (!*record->batch)
        return;
    struct batch *batch = find(batches, record->batch);
    if (batch)
        ended(batches, batch, record->n, failed);
    else if (did_add(batches->did, record->batch, record->n, failed))
        did_tell(batches->did, batches->config->server, publish_did, batches);
}

static void heard_did(struct batches *batches, struct batch *batch, const cJSON *numbers,
                      bool failed)
{
    const cJSON *number;
    cJSON_ArrayForEach(number, numbers)
    {
        if (cJSON_IsNumber(number) && number->valuedouble >= 0 && number->valuedouble < 9e15)
            ended(batches, batch, (uint64_t)number->valuedouble, failed);
    }
}

static void remember_cancelled(struct batches *batches, const char *id)
{
    for (size_t i = 0; i < CANCELLED_MAX; i++) {
        if (strcmp(batches->cancelled[i], id) == 0)
            return;
    }
    memcpy(batches->cancelled[batches->next_cancelled++ % CANCELLED_MAX], id, TASK_BATCH_CHARS);
}

static void forget_cancelled(struct batches *batches, const char *id)
{
    for (size_t i = 0; i < CANCELLED_MAX; i++) {
        if (strcmp(batches->cancelled[i], id) == 0)
            memset(batches->cancelled[i], 0, sizeof batches->cancelled[i]);
    }
}

void batches_heard(struct batches *batches, const cJSON *event)
{
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "t"));
    const char *by = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "by"));
    if (!type || !by || strcmp(by, batches->config->server) == 0)
        return;
    if (strcmp(type, "did") == 0) {
        const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "batch"));
        struct batch *batch = id ? find(batches, id) : NULL;
        if (!batch)
            return;
        heard_did(batches, batch, cJSON_GetObjectItemCaseSensitive(event, "done"), false);
        heard_did(batches, batch, cJSON_GetObjectItemCaseSensitive(event, "failed"), true);
    } else if (strcmp(type, "batch") == 0) {
        const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "id"));
        const char *state = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "state"));
        if (!state || !task_record_is_batch(id))
            return;
        if (strcmp(state, "running") == 0)
            forget_cancelled(batches, id);
        else
            remember_cancelled(batches, id);
    }
}

/* ---- opening ---- */

static void on_found(void *context, const struct batch_state *state)
{
    struct batches *batches = context;
    struct batch *batch = batches->n < ALL_MAX ? batch_create(state, clock_now_ms()) : NULL;
    if (!batch) {
        diag_warn("batch %s: it is left out: its zooms or its box are wrong, or there are too many",
                  state->id);
        return;
    }
    batch->saved = true;
    insert(batches, batch);
}

struct batches *batches_create(struct batches_config *config, char error[BATCHES_ERROR_BYTES])
{
    struct batches *batches = calloc(1, sizeof *batches);
    if (batches)
        batches->did = did_create();
    if (!batches || !batches->did) {
        snprintf(error, BATCHES_ERROR_BYTES, "no memory");
        free(batches);
        return NULL;
    }
    batches->config = config;
    ev_timer_init(&batches->timer, on_tick, TICK_S, TICK_S);
    batches->timer.data = batches;
    batches->files = batch_files_open(config->dir, on_found, batches, error);
    if (!batches->files) {
        batches_destroy(batches);
        return NULL;
    }
    ev_timer_start(config->loop, &batches->timer);
    return batches;
}

void batches_destroy(struct batches *batches)
{
    if (!batches)
        return;
    ev_timer_stop(batches->config->loop, &batches->timer);
    for (size_t i = 0; i < batches->n; i++) {
        if (!batches->all[i]->saved && batches->files)
            save(batches, batches->all[i]);
        batch_destroy(batches->all[i]);
    }
    batch_files_close(batches->files);
    did_destroy(batches->did);
    free(batches);
}
