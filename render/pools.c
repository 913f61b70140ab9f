/* SPDX-License-Identifier: ISC */
/* pools: see pools.h. */
#include "render/pools.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "render/farm/farm.h"
#include "render/http/map_styles.h"
#include "render/http/site.h"
#include "sys/diag.h"

enum { START_MS = 60 * 1000 /* until a child is ready: styles have data to read */ };

static int find_program(const char *folder, char path[BESIDE_BYTES])
{
    char built[64], installed[96];
    snprintf(built, sizeof built, "%s/placed-render-%s", folder, folder);
    snprintf(installed, sizeof installed, "../libexec/placed/placed-render-%s", folder);
    const char *places[] = {built, installed};
    if (beside_find(places, 2, path) == 0)
        return 0;
    diag_error("there is no %s beside this program, nor %s", built, installed);
    return -1;
}

/* What all pools have in common. */
static struct pool_config pool_of(const struct render_config *config, unsigned children)
{
    return (struct pool_config){.children = children,
                                .task_ms = config->task_seconds * 1000,
                                .start_ms = START_MS,
                                .tasks = config->child_tasks,
                                .jobs = config->jobs,
                                .batch_share = true};
}

static struct pool *add(struct site *site, struct pool_config pool, const char *name,
                        const char *const *command)
{
    char error[FARM_ERROR_BYTES];
    snprintf(pool.name, sizeof pool.name, "%s", name);
    pool.command = command;
    struct pool *added = farm_add_pool(site->farm, &pool, error);
    if (!added)
        diag_error("%s: %s", name, error);
    return added;
}

static int add_fractals(struct pools *pools, const struct render_config *config, struct site *site)
{
    const char *command[POOLS_ARGUMENTS] = {pools->fractal, "--threads",   pools->threads,
                                            "--memory",     pools->memory, NULL};
    memcpy(pools->fractal_command, command, sizeof command);
    if (config->fractal == 0)
        return 0;
    if (find_program("fractal", pools->fractal) != 0)
        return -1;
    site->fractal = add(site, pool_of(config, config->fractal), "fractal", pools->fractal_command);
    return site->fractal ? 0 : -1;
}

static int add_maps(struct pools *pools, const struct render_config *config, struct site *site)
{
    struct map_styles_source sources[RENDER_MAPS_MAX];
    char error[MAP_STYLES_ERROR_BYTES];
    for (size_t i = 0; i < config->n_maps; i++)
        sources[i] = (struct map_styles_source){config->maps[i].name, config->maps[i].file};
    if (config->n_maps > 0 && find_program("map", pools->map) != 0)
        return -1;
    struct pool_config pool = pool_of(config, config->map_workers);
    site->map_styles = map_styles_create(site->loop, site->farm, sources, config->n_maps,
                                         pools->map, &pool, pools->memory, error);
    if (site->map_styles)
        return 0;
    diag_error("%s", error);
    return -1;
}

/* Of all operations, those without children too: they can be given some while the program runs. */
static int add_images(struct pools *pools, const struct render_config *config, struct site *site)
{
    if (find_program("image", pools->image) != 0)
        return -1;
    for (int op = 0; op < PICTURE_OP_COUNT; op++) {
        char name[FARM_POOL_NAME_BYTES];
        const char *op_name = picture_op_name((enum picture_op)op);
        const char *command[POOLS_ARGUMENTS] = {pools->image,  "--op",        op_name,
                                                "--memory",    pools->memory, "--pixels",
                                                pools->pixels, NULL};
        memcpy(pools->image_command[op], command, sizeof command);
        snprintf(name, sizeof name, "image:%s", op_name);
        site->images[op] =
            add(site, pool_of(config, config->image_workers[op]), name, pools->image_command[op]);
        if (!site->images[op])
            return -1;
    }
    return 0;
}

int pools_open(struct pools *pools, const struct render_config *config, struct site *site)
{
    snprintf(pools->memory, sizeof pools->memory, "%" PRIu64, config->child_memory);
    snprintf(pools->threads, sizeof pools->threads, "%u", config->fractal_threads);
    snprintf(pools->pixels, sizeof pools->pixels, "%u", config->upload_pixels);
    return add_fractals(pools, config, site) == 0 && add_maps(pools, config, site) == 0 &&
                   add_images(pools, config, site) == 0
               ? 0
               : -1;
}

unsigned pools_children(const struct render_config *config)
{
    unsigned children = config->fractal + config->map_workers * (unsigned)config->n_maps;
    for (int op = 0; op < PICTURE_OP_COUNT; op++)
        children += config->image_workers[op];
    return children;
}
