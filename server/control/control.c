/* SPDX-License-Identifier: ISC */
/* control: see control.h. */
#include "control/control.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "log/log.h"

struct control {
    struct control_config config;
    struct metrics *metrics;
};

struct control *control_create(const struct control_config *config, struct metrics *metrics,
                               char error[CONTROL_ERROR_BYTES])
{
    struct control *control = calloc(1, sizeof *control);
    if (!control) {
        snprintf(error, CONTROL_ERROR_BYTES, "out of memory");
        log_close(config->log);
        return NULL;
    }
    control->config = *config;
    control->metrics = metrics;
    return control;
}

void control_destroy(struct control *control)
{
    if (!control)
        return;
    log_close(control->config.log);
    free(control);
}

enum control_role control_token(struct control *control, const char *token,
                                struct control_actor *actor)
{
    return ROLE_NONE;
}

int control_append(struct control *control, const char *type, const char *name,
                   struct cJSON *fields, const struct control_actor *actor,
                   struct control_waiter *waiter, char error[CONTROL_ERROR_BYTES])
{
    cJSON_Delete(fields);
    snprintf(error, CONTROL_ERROR_BYTES, "not yet");
    return -1;
}

struct cJSON *control_list(struct control *control, const char *type)
{
    return cJSON_CreateArray();
}

struct cJSON *control_get(struct control *control, const char *type, const char *name)
{
    return NULL;
}

struct cJSON *control_audit(struct control *control, uint64_t before, size_t n)
{
    return cJSON_CreateArray();
}

void control_listen(struct control *control, struct control_listener *listener)
{
}

uint64_t control_read(struct control *control)
{
    return 0;
}

bool control_ready(struct control *control)
{
    return true;
}
