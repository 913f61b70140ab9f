/* SPDX-License-Identifier: ISC */
/* paint: pieces are jobs of a worker. */
#include "moderation/paint.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "core/edit.h"
#include "moderation/action.h"
#include "moderation/appender.h"
#include "sys/clock.h"
#include "sys/diag.h"
#include "sys/sys_env.h"
#include "sys/worker.h"

enum {
    PATIENCE_MS = 8000, /* for the log to take a piece: less than the asker waits */
    WAIT_MS = 20,
};

struct paint {
    struct moderation_config config;
    struct metrics *metrics;
    struct worker *worker;
    pthread_mutex_t lock; /* of what follows */
    LIST_HEAD(pieces, piece) waiting;
    unsigned n;
    bool ending;
};

struct piece {
    struct job job; /* first: the pointers are exchanged */
    struct paint *paint;
    LIST_ENTRY(piece) in_waiting;
    struct appender_sink sink;
    uint64_t action;
    char kind[8];
    struct control_actor actor;
    struct control_waiter *waiter;
    struct position canvas;
    size_t n;
    bool lost; /* something of it */
    uint8_t edits[];
};

static const char *const kinds[] = {"fill", "paste", "copy"};

/* ---- paint's thread ---- */

static uint64_t record(struct piece *piece)
{
    char name[CONTROL_NAME], error[CONTROL_ERROR_BYTES];
    cJSON *fields = cJSON_CreateObject();
    cJSON_AddStringToObject(fields, "kind", piece->kind);
    snprintf(name, sizeof name, "%s %016" PRIx64, piece->kind, env_random_u64(&sys_env));
    uint64_t action =
        action_record(piece->paint->config.control, name, fields, &piece->actor, error);
    if (action == 0)
        diag_warn("%s of %s: %s", piece->kind, piece->actor.name, error);
    return action;
}

static bool has_text(const cJSON *json, const char *name, const char *text)
{
    const char *found = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
    return found && strcmp(found, text) == 0;
}

/* Is it an action of this kind, and of the same moderator's? Nobody paints in another one's name.
 */
static bool is_own(const struct piece *piece)
{
    cJSON *list = control_audit(piece->paint->config.control, piece->action + 1, 1);
    const cJSON *newest = cJSON_GetArrayItem(list, 0);
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(newest, "action");
    bool own = cJSON_IsNumber(number) && number->valuedouble == (double)piece->action &&
               has_text(newest, "t", "action") && has_text(newest, "kind", piece->kind) &&
               has_text(newest, "by", piece->actor.name);
    cJSON_Delete(list);
    return own;
}

static void on_lost(struct appender_sink *sink, struct position position, const uint8_t *edits,
                    size_t n)
{
    struct piece *piece = (struct piece *)((char *)sink - offsetof(struct piece, sink));
    piece->lost = true;
}

/* Give all of it to the log, cut as the log wants it. False: not all of it was taken. */
static bool append(struct piece *piece, struct appender *appender, int64_t until_ms)
{
    size_t done = 0;
    while (done < piece->n && clock_now_ms() < until_ms) {
        size_t room = appender_room(appender), n = piece->n - done < room ? piece->n - done : room;
        enum log_append result =
            n > 0 ? appender_append(appender, piece->canvas, piece->edits + EDIT_BYTES * done, n)
                  : LOG_FULL;
        if (result == LOG_READONLY)
            return false;
        if (result == LOG_ACCEPTED)
            done += n;
        else
            appender_settle(appender, WAIT_MS);
    }
    return done == piece->n;
}

static bool put(struct piece *piece)
{
    const struct moderation_config *config = &piece->paint->config;
    int64_t until_ms = clock_now_ms() + PATIENCE_MS;
    piece->sink.lost = on_lost;
    struct appender *appender = appender_create(config->writer, config->owners, config->canvases,
                                                piece->action, &piece->sink);
    bool taken = appender && append(piece, appender, until_ms);
    size_t flying = 1;
    while (taken && flying > 0 && clock_now_ms() < until_ms)
        flying = appender_settle(appender, WAIT_MS);
    appender_destroy(appender);
    return taken && flying == 0 && !piece->lost;
}

static void conclude(struct piece *piece, uint64_t action)
{
    struct paint *paint = piece->paint;
    pthread_mutex_lock(&paint->lock);
    LIST_REMOVE(piece, in_waiting);
    paint->n--;
    pthread_mutex_unlock(&paint->lock);
    piece->waiter->done(piece->waiter, action);
    free(piece);
}

static void run(struct job *job)
{
    struct piece *piece = (struct piece *)job;
    bool good = piece->action == 0 || is_own(piece);
    if (piece->action == 0)
        piece->action = record(piece);
    good = good && piece->action != 0 && put(piece);
    if (good)
        metric_add(piece->paint->metrics, operator_edits_total, piece->n);
    conclude(piece, good ? piece->action : 0);
}

/* ---- any thread ---- */

static const char *wrong(const struct paint_piece *piece)
{
    bool known = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        known = known || strcmp(piece->kind, kinds[i]) == 0;
    if (!known)
        return "kind: expected fill, paste or copy";
    if (piece->n == 0 || piece->n > PAINT_EDITS_MAX)
        return "edits: expected 1 to 16384 of them";
    if (!edits_in_range(piece->edits, piece->n))
        return "edits: a pixel is outside the canvas";
    if (piece->action > UINT32_MAX)
        return "action: expected the number of an action";
    return NULL;
}

static struct piece *piece_create(struct paint *paint, const struct paint_piece *from,
                                  const struct control_actor *actor, struct control_waiter *waiter)
{
    struct piece *piece = calloc(1, sizeof *piece + from->n * EDIT_BYTES);
    if (!piece)
        return NULL;
    piece->job.run = run;
    piece->paint = paint;
    piece->action = from->action;
    snprintf(piece->kind, sizeof piece->kind, "%s", from->kind);
    piece->actor = *actor;
    piece->waiter = waiter;
    piece->canvas = from->canvas;
    piece->n = from->n;
    memcpy(piece->edits, from->edits, from->n * EDIT_BYTES);
    return piece;
}

unsigned paint_add(struct paint *paint, const struct paint_piece *from,
                   const struct control_actor *actor, struct control_waiter *waiter,
                   char error[MODERATION_ERROR_BYTES])
{
    const char *why = wrong(from);
    if (!why && !canvases_find(paint->config.canvases, from->canvas))
        why = "canvas: there is none here; open it first";
    snprintf(error, MODERATION_ERROR_BYTES, "%s", why ? why : "busy");
    if (why)
        return 400;
    struct piece *piece = piece_create(paint, from, actor, waiter);
    if (!piece)
        return 503;
    pthread_mutex_lock(&paint->lock);
    bool fits =
        !paint->ending && paint->n < PAINT_WAITING_MAX && worker_add(paint->worker, &piece->job, 0);
    if (fits) {
        paint->n++;
        LIST_INSERT_HEAD(&paint->waiting, piece, in_waiting);
    }
    pthread_mutex_unlock(&paint->lock);
    if (!fits)
        free(piece);
    return fits ? 0 : 503;
}

/* ---- its life ---- */

struct paint *paint_create(const struct moderation_config *config, struct metrics *metrics)
{
    struct paint *paint = calloc(1, sizeof *paint);
    if (!paint)
        return NULL;
    paint->config = *config;
    paint->metrics = metrics;
    LIST_INIT(&paint->waiting);
    pthread_mutex_init(&paint->lock, NULL);
    paint->worker = worker_create("paint", PAINT_WAITING_MAX);
    if (paint->worker)
        return paint;
    int error = errno;
    paint_destroy(paint);
    errno = error;
    return NULL;
}

void paint_destroy(struct paint *paint)
{
    if (!paint)
        return;
    pthread_mutex_lock(&paint->lock);
    paint->ending = true;
    pthread_mutex_unlock(&paint->lock);
    worker_destroy(paint->worker);
    struct piece *piece;
    while ((piece = LIST_FIRST(&paint->waiting)))
        conclude(piece, 0);
    pthread_mutex_destroy(&paint->lock);
    free(paint);
}
