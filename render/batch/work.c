/* SPDX-License-Identifier: ISC */
/* work: see work.h. */
#include "render/batch/work.h"

#include <cjson/cJSON.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/batch/consumer.h"
#include "render/batch/dead.h"
#include "render/batch/mailbox.h"
#include "render/farm/farm.h"
#include "render/store/keeper.h"

#define TICK_S 0.5 /* how soon another number of workers is noticed */

enum {
    PER_CHILD = 2,                 /* tasks under way for each child: one waits */
    KEEPER_ROOM = 4 * 1024 * 1024, /* bytes: about what two metatiles take */
    TILES = PICTURE_OP_COUNT,      /* the consumer behind those of the operations */
    CONSUMERS = PICTURE_OP_COUNT + 1,
};

struct work {
    struct work_config *config;
    struct tasks_config tasks_config;
    struct batches_config batches_config;
    struct mailbox *mailbox;
    struct tasks *tasks;
    struct batches *batches;
    struct dead *dead;
    struct consumer *consumers[CONSUMERS];
    ev_async wake;
    ev_timer timer;
    bool stopping;
};

static struct work *of_tasks(struct tasks_config *config)
{
    return (struct work *)((char *)config - offsetof(struct work, tasks_config));
}

static struct work *of_batches(struct batches_config *config)
{
    return (struct work *)((char *)config - offsetof(struct work, batches_config));
}

/* ---- what tasks ask for ---- */

static struct pool *task_pool(struct tasks_config *config, const struct picture *first)
{
    struct work_config *work = of_tasks(config)->config;
    return work->pool(work, first);
}

static enum task_state task_wanted(struct tasks_config *config, const struct task_record *record)
{
    return batches_want(of_tasks(config)->batches, record) ? TASK_RUNNING : TASK_SKIP;
}

static void task_changed(struct tasks_config *config, const struct task_record *record,
                         enum task_state state, int64_t ms)
{
    struct work *work = of_tasks(config);
    if (record->first.kind == PICTURE_IMAGE && work->config->variant)
        work->config->variant(work->config, &record->first, state, ms);
    if (state == TASK_DONE || state == TASK_FAILED)
        batches_ended(work->batches, record, state == TASK_FAILED);
}

static void task_died(struct tasks_config *config, const struct dead_letter *letter)
{
    struct work_config *work = of_tasks(config)->config;
    char text[TASK_RECORD_BYTES];
    work->publish(work, text, dead_write_event(text, letter));
}

/* ---- what batches ask for ---- */

static bool batch_style(struct batches_config *config, const char *name, struct batch_style *style)
{
    struct work_config *work = of_batches(config)->config;
    return work->style(work, name, style);
}

static void batch_publish(struct batches_config *config, const char *json, size_t len)
{
    struct work_config *work = of_batches(config)->config;
    work->publish(work, json, len);
}

/* ---- consumers ---- */

static void wake(void *context)
{
    struct work *work = context;
    ev_async_send(work->config->loop, &work->wake);
}

static bool may_take(void *context)
{
    struct work *work = context;
    return !work->config->keeper || keeper_has_room(work->config->keeper, KEEPER_ROOM);
}

static void on_wake(struct ev_loop *loop, ev_async *async, int events)
{
    struct work *work = async->data;
    struct consumer_task *task;
    for (unsigned i = 0; i < CONSUMERS; i++) {
        while ((task = consumer_take(work->consumers[i]))) {
            if (i == TILES)
                tasks_tile(work->tasks, task);
            else
                tasks_upload(work->tasks, task, (enum picture_op)i);
        }
    }
}

static unsigned workers_of(const struct pool *pool)
{
    struct pool_look look;
    pool_look(pool, &look);
    return look.wanted;
}

/* All children that do not work on images. */
static unsigned workers_for_tiles(struct work *work)
{
    unsigned n = 0;
    struct pool *pool;
    for (size_t i = 0; (pool = farm_pool(work->config->farm, i)); i++) {
        bool image = false;
        for (unsigned op = 0; op < PICTURE_OP_COUNT; op++)
            image |= work->config->op(work->config, (enum picture_op)op) == pool;
        n += image ? 0 : workers_of(pool);
    }
    return n;
}

static void set_rooms(struct work *work)
{
    for (unsigned i = 0; i < CONSUMERS; i++) {
        struct pool *pool = i < TILES ? work->config->op(work->config, (enum picture_op)i) : NULL;
        unsigned workers = i == TILES ? workers_for_tiles(work) : pool ? workers_of(pool) : 0;
        consumer_set_room(work->consumers[i], work->stopping ? 0 : PER_CHILD * workers);
    }
}

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
    set_rooms(timer->data);
}

static bool make_consumers(struct work *work)
{
    for (unsigned i = 0; i < CONSUMERS; i++) {
        const struct consumer_config config = {
            .queue = work->config->queue,
            .topic = i == TILES ? QUEUE_TILES : QUEUE_UPLOADS,
            .group = i == TILES ? "tiles" : picture_op_name((enum picture_op)i),
            .wake = wake,
            .may_take = may_take,
            .context = work,
        };
        work->consumers[i] = consumer_create(&config);
        if (!work->consumers[i])
            return false;
    }
    return true;
}

/* ---- opening ---- */

static bool make_parts(struct work *work, char error[BATCHES_ERROR_BYTES])
{
    snprintf(error, BATCHES_ERROR_BYTES, "no memory, or no thread");
    work->mailbox = mailbox_create(work->config->loop);
    if (!work->mailbox)
        return false;
    work->tasks_config = (struct tasks_config){
        .loop = work->config->loop,
        .farm = work->config->farm,
        .store = work->config->store,
        .queue = work->config->queue,
        .mailbox = work->mailbox,
        .pool = task_pool,
        .wanted = task_wanted,
        .changed = task_changed,
        .died = task_died,
    };
    work->tasks = tasks_create(&work->tasks_config);
    work->dead = dead_create(work->config->queue);
    if (!work->tasks || !work->dead)
        return false;
    work->batches_config = (struct batches_config){
        .loop = work->config->loop,
        .queue = work->config->queue,
        .dir = work->config->dir,
        .server = work->config->server,
        .style = batch_style,
        .publish = batch_publish,
    };
    work->batches = batches_create(&work->batches_config, error);
    if (!work->batches)
        return false;
    snprintf(error, BATCHES_ERROR_BYTES, "no memory, or no thread");
    return make_consumers(work);
}

struct work *work_create(struct work_config *config, char error[BATCHES_ERROR_BYTES])
{
    struct work *work = calloc(1, sizeof *work);
    if (!work) {
        snprintf(error, BATCHES_ERROR_BYTES, "no memory");
        return NULL;
    }
    work->config = config;
    ev_async_init(&work->wake, on_wake);
    work->wake.data = work;
    ev_async_start(config->loop, &work->wake);
    ev_timer_init(&work->timer, on_tick, TICK_S, TICK_S);
    work->timer.data = work;
    if (!make_parts(work, error)) {
        work_destroy(work);
        return NULL;
    }
    ev_timer_start(config->loop, &work->timer);
    set_rooms(work);
    return work;
}

void work_destroy(struct work *work)
{
    if (!work)
        return;
    for (unsigned i = 0; i < CONSUMERS; i++) /* tasks hold none of it but until tasks_destroy */
        consumer_destroy(work->consumers[i]);
    ev_async_stop(work->config->loop, &work->wake);
    ev_timer_stop(work->config->loop, &work->timer);
    mailbox_close(work->mailbox);
    tasks_destroy(work->tasks);
    batches_destroy(work->batches);
    dead_destroy(work->dead);
    free(work);
}

void work_stop(struct work *work)
{
    work->stopping = true;
    set_rooms(work);
}

void work_heard(struct work *work, const cJSON *event)
{
    batches_heard(work->batches, event);
}

struct batches *work_batches(struct work *work)
{
    return work->batches;
}

struct dead *work_dead(struct work *work)
{
    return work->dead;
}

struct mailbox *work_mailbox(struct work *work)
{
    return work->mailbox;
}

struct queue *work_queue(struct work *work)
{
    return work->config->queue;
}

uint64_t work_depth_of_op(struct work *work, enum picture_op op)
{
    return consumer_depth(work->consumers[op]);
}

uint64_t work_depth_of_tiles(struct work *work)
{
    return consumer_depth(work->consumers[TILES]);
}
