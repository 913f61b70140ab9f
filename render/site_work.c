/* SPDX-License-Identifier: ISC */
/* site_work: see site_work.h. */
#include "render/site_work.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/batch/work.h"
#include "render/events/events.h"
#include "render/http/map_styles.h"
#include "render/http/site.h"
#include "render/http/tiles.h"
#include "render/site_images.h"
#include "render/store/store.h"
#include "sys/diag.h"

struct site_work {
    struct work_config config;
    struct events_listener listener;
    struct site *site;
};

static struct site *site_of(struct work_config *config)
{
    return ((struct site_work *)((char *)config - offsetof(struct site_work, config)))->site;
}

static struct pool *pool(struct work_config *config, const struct picture *first)
{
    /* A task of an image is in the queue before the upload is complete: its original is there, and
     * if not, the job fails by itself. */
    if (first->kind == PICTURE_IMAGE)
        return site_of(config)->images[first->op];
    return tiles_pool(site_of(config), first);
}

static struct pool *pool_of_op(struct work_config *config, enum picture_op op)
{
    return site_of(config)->images[op];
}

static bool style(struct work_config *config, const char *name, struct batch_style *style)
{
    const struct map_served *map =
        map_styles_named(site_of(config)->map_styles, name, strlen(name));
    if (!map)
        return false;
    *style = (struct batch_style){
        .minzoom = map->style.minzoom, .maxzoom = map->style.maxzoom, .pool = map->pool};
    memcpy(style->hash, map->style.hash, sizeof style->hash);
    return true;
}

static void publish(struct work_config *config, const char *json, size_t len)
{
    events_publish(site_of(config)->events, json, len);
}

static const char *state_name(enum task_state state)
{
    switch (state) {
    case TASK_RUNNING:
        return "running";
    case TASK_DONE:
        return "done";
    case TASK_FAILED:
        return "failed";
    case TASK_SKIP:
        break;
    }
    return "queued";
}

static void variant(struct work_config *config, const struct picture *picture,
                    enum task_state state, int64_t ms)
{
    struct site *site = site_of(config);
    if (state == TASK_DONE)
        site_images_tell(site, picture->id);
    site_images_say(site, picture, state_name(state), ms);
}

static void heard(struct events_listener *listener, const struct event *event)
{
    struct site_work *work =
        (struct site_work *)((char *)listener - offsetof(struct site_work, listener));
    work_heard(work->site->work, event->json);
}

struct site_work *site_work_open(struct site *site, const char *dir)
{
    char error[BATCHES_ERROR_BYTES] = "out of memory";
    struct site_work *work = calloc(1, sizeof *work);
    if (work) {
        work->site = site;
        work->config = (struct work_config){.loop = site->loop,
                                            .farm = site->farm,
                                            .queue = site->queue,
                                            .store = site->store,
                                            .keeper = site->keeper,
                                            .dir = dir,
                                            .server = events_server(site->events),
                                            .pool = pool,
                                            .style = style,
                                            .op = pool_of_op,
                                            .publish = publish,
                                            .variant = variant};
        site->work = work_create(&work->config, error);
    }
    if (!work || !site->work) {
        diag_error("%s", error);
        free(work);
        return NULL;
    }
    work->listener.heard = heard;
    events_listen(site->events, &work->listener);
    return work;
}

void site_work_stop(struct site_work *work)
{
    work_stop(work->site->work);
}

void site_work_close(struct site_work *work)
{
    if (!work)
        return;
    events_unlisten(&work->listener);
    work_destroy(work->site->work);
    work->site->work = NULL;
    free(work);
}
