/* SPDX-License-Identifier: ISC */
/* config: what was allocated for it is given back. */
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

static void free_text(const char *text)
{
    free((void *)(uintptr_t)text);
}

void config_finish(struct config *config)
{
    for (size_t i = 0; i < config->n_kafka; i++) {
        free_text(config->kafka[i].name);
        free_text(config->kafka[i].value);
    }
    for (size_t i = 0; i < config->n_origins; i++)
        free(config->origins[i]);
    free(config->kafka_brokers);
    free(config->kafka_topic);
    free(config->data);
    free(config->web);
    free(config->tls_cert);
    free(config->tls_key);
    free(config->public_address);
    free(config->frame_ancestors);
    free(config->template_sources);
    free(config->secret);
    free(config->sso_header);
    memset(config, 0, sizeof *config);
}
