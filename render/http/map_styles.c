/* SPDX-License-Identifier: ISC */
/* map_styles: see map_styles.h. */
#include "render/http/map_styles.h"

#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/farm/farm.h"
#include "render/name/picture.h"
#include "sys/clock.h"
#include "sys/diag.h"
#include "sys/worker.h"

enum { ARGUMENTS = 8 };

struct served {
    struct map_served public;
    const char *command[ARGUMENTS];
    /* What the worker has read, until the loop has seen it. */
    struct map_style read;
    int failed;
    char error[MAP_STYLE_ERROR_BYTES];
};

struct map_styles {
    struct served table[MAP_STYLES_MAX];
    size_t n;
    struct ev_loop *loop;
    struct worker *worker;
    struct job job;
    ev_async done;
    bool reading, again; /* a reload is under way; another has been asked for */
};

/* ---- reading anew ---- */

static void read_all(struct job *job)
{
    struct map_styles *styles =
        (struct map_styles *)((char *)job - offsetof(struct map_styles, job));
    for (size_t i = 0; i < styles->n; i++) {
        struct served *served = &styles->table[i];
        served->failed = map_style_read(&served->read, served->public.file, served->error);
    }
    ev_async_send(styles->loop, &styles->done);
}

static void take(struct served *served)
{
    struct map_served *map = &served->public;
    if (served->failed) {
        diag_error("map %s: %s; it stays as it was", map->name, served->error);
        return;
    }
    bool changed = strcmp(map->style.hash, served->read.hash) != 0;
    map->style = served->read;
    if (changed)
        pool_renew(map->pool);
    diag_info("map %s: %s, tiles are /map/%s/...", map->name, changed ? "changed" : "as before",
              map->style.hash);
}

static void on_done(struct ev_loop *loop, ev_async *watcher, int events)
{
    struct map_styles *styles = watcher->data;
    for (size_t i = 0; i < styles->n; i++)
        take(&styles->table[i]);
    styles->reading = false;
    if (styles->again)
        map_styles_reload(styles);
}

void map_styles_reload(struct map_styles *styles)
{
    styles->again = styles->reading;
    if (styles->reading || styles->n == 0)
        return;
    styles->reading = true;
    worker_add(styles->worker, &styles->job, clock_now_ms());
}

/* ---- the beginning and the end ---- */

static int add(struct map_styles *styles, struct farm *farm, const struct map_styles_source *source,
               const char *program, const struct pool_config *pool, const char *child_memory,
               char error[MAP_STYLES_ERROR_BYTES])
{
    struct served *served = &styles->table[styles->n];
    struct map_served *map = &served->public;
    char why[MAP_STYLE_ERROR_BYTES];
    map->name = source->name;
    map->file = source->file;
    if (map_style_read(&map->style, source->file, why) != 0) {
        snprintf(error, MAP_STYLES_ERROR_BYTES, "map %s: %s", source->name, why);
        return -1;
    }
    const char *command[ARGUMENTS] = {program,      "--style",  source->file, "--name",
                                      source->name, "--memory", child_memory, NULL};
    memcpy(served->command, command, sizeof command);
    struct pool_config config = *pool;
    snprintf(config.name, sizeof config.name, "map:%s", source->name);
    config.command = served->command;
    map->pool = farm_add_pool(farm, &config, why);
    if (!map->pool) {
        snprintf(error, MAP_STYLES_ERROR_BYTES, "map %s: %s", source->name, why);
        return -1;
    }
    styles->n++;
    return 0;
}

struct map_styles *map_styles_create(struct ev_loop *loop, struct farm *farm,
                                     const struct map_styles_source *sources, size_t n,
                                     const char *program, const struct pool_config *pool,
                                     const char *child_memory, char error[MAP_STYLES_ERROR_BYTES])
{
    struct map_styles *styles = calloc(1, sizeof *styles);
    if (styles)
        styles->worker = worker_create("styles", 1);
    if (!styles || !styles->worker) {
        snprintf(error, MAP_STYLES_ERROR_BYTES, "cannot start a thread: %s", strerror(errno));
        free(styles);
        return NULL;
    }
    styles->loop = loop;
    styles->job.run = read_all;
    ev_async_init(&styles->done, on_done);
    styles->done.data = styles;
    ev_async_start(loop, &styles->done);
    for (size_t i = 0; i < n; i++) {
        if (add(styles, farm, &sources[i], program, pool, child_memory, error) != 0) {
            map_styles_destroy(styles);
            return NULL;
        }
    }
    return styles;
}

void map_styles_destroy(struct map_styles *styles)
{
    if (!styles)
        return;
    worker_destroy(styles->worker);
    ev_async_stop(styles->loop, &styles->done);
    free(styles);
}

/* ---- looking ---- */

const struct map_served *map_styles_find(const struct map_styles *styles,
                                         const struct picture *picture)
{
    for (size_t i = 0; i < styles->n; i++) {
        const struct map_served *map = &styles->table[i].public;
        if (strcmp(map->style.hash, picture->hash) == 0)
            return picture->z >= map->style.minzoom && picture->z <= map->style.maxzoom ? map
                                                                                        : NULL;
    }
    return NULL;
}

const struct map_served *map_styles_named(const struct map_styles *styles, const char *name,
                                          size_t len)
{
    for (size_t i = 0; i < styles->n; i++) {
        const struct map_served *map = &styles->table[i].public;
        if (strlen(map->name) == len && memcmp(map->name, name, len) == 0)
            return map;
    }
    return NULL;
}

const struct map_served *map_styles_at(const struct map_styles *styles, size_t i)
{
    return i < styles->n ? &styles->table[i].public : NULL;
}
