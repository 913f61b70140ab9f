/* SPDX-License-Identifier: ISC */
/* moderation: see moderation.h. */
#include "moderation/moderation.h"

#include <stdio.h>
#include <stdlib.h>

struct moderation {
    struct moderation_config config;
};

struct moderation *moderation_create(const struct moderation_config *config,
                                     struct metrics *metrics, char error[MODERATION_ERROR_BYTES])
{
    struct moderation *moderation = calloc(1, sizeof *moderation);
    if (!moderation) {
        snprintf(error, MODERATION_ERROR_BYTES, "out of memory");
        return NULL;
    }
    moderation->config = *config;
    return moderation;
}

void moderation_destroy(struct moderation *moderation)
{
    free(moderation);
}

uint64_t moderation_start(struct moderation *moderation, const char *kind,
                          const struct cJSON *request, const struct control_actor *actor,
                          unsigned *status, char error[MODERATION_ERROR_BYTES])
{
    *status = 501;
    snprintf(error, MODERATION_ERROR_BYTES, "not yet");
    return 0;
}

struct cJSON *moderation_job(struct moderation *moderation, uint64_t job)
{
    return NULL;
}

bool moderation_cancel(struct moderation *moderation, const struct control_actor *actor)
{
    return false;
}

uint8_t *moderation_preview(struct moderation *moderation, uint64_t job, size_t *len)
{
    return NULL;
}
