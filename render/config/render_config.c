/* SPDX-License-Identifier: ISC */
/* render_config: what was allocated for it is given back. */
#include "render/config/render_config.h"

#include <stdlib.h>
#include <string.h>

static void free_text(const char *text)
{
    free((void *)(uintptr_t)text);
}

void render_config_finish(struct render_config *config)
{
    for (size_t i = 0; i < config->n_kafka; i++) {
        free_text(config->kafka[i].name);
        free_text(config->kafka[i].value);
    }
    for (size_t i = 0; i < config->n_maps; i++)
        free(config->maps[i].file);
    free(config->data);
    free(config->pictures);
    free(config->queue_brokers);
    free(config->queue_prefix);
    free(config->canvas);
    free(config->web);
    memset(config, 0, sizeof *config);
}
