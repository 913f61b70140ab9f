/* SPDX-License-Identifier: ISC */
/* show_render_config: render_config_read as a program, and the outcome as lines, for
 * check_documents.py. */
#include "render/config/render_config_read.h"

#include <inttypes.h>
#include <stdio.h>

static const char *text(const char *value)
{
    return value ? value : "";
}

static void show_address(const char *name, const struct listen_address *address)
{
    printf("%s %s %u %s\n", name, address->host, address->port, address->path);
}

static void show(const struct render_config *config)
{
    for (size_t i = 0; i < config->n_listen; i++)
        show_address("listen", &config->listen[i]);
    show_address("admin", &config->admin);
    if (config->has_agent)
        show_address("agent", &config->agent);
    printf("data %s\nweb %s\ncanvas %s\n", config->data, text(config->web), config->canvas);
    printf("pictures %s\n", text(config->pictures));
    printf("store %d %" PRIu64 "\nmemory %" PRIu64 "\n", config->store, config->store_space,
           config->memory);
    printf("queue %d %s %s %u\n", config->queue_kafka, text(config->queue_brokers),
           text(config->queue_prefix), config->kafka_replication);
    for (size_t i = 0; i < config->n_kafka; i++)
        printf("kafka %s %s\n", config->kafka[i].name, config->kafka[i].value);
    printf("fractal %u %u\n", config->fractal, config->fractal_threads);
    for (size_t i = 0; i < config->n_maps; i++)
        printf("map %s %s\n", config->maps[i].name, config->maps[i].file);
    printf("map-workers %u\n", config->map_workers);
    for (int op = 0; op < PICTURE_OP_COUNT; op++)
        printf("image %s %u\n", picture_op_name((enum picture_op)op), config->image_workers[op]);
    printf("upload %" PRIu64 " %u\n", config->upload_bytes, config->upload_pixels);
    printf("child %u %u %" PRIu64 " %u\n", config->jobs, config->task_seconds, config->child_memory,
           config->child_tasks);
    printf("stale %u connections %u\n", config->stale_after, config->connections);
}

int main(int argc, char *argv[])
{
    struct render_config config;
    enum config_result result = render_config_read(&config, argc, argv);
    if (result == CONFIG_RUN)
        show(&config);
    render_config_finish(&config);
    return result == CONFIG_BAD ? 2 : 0;
}
