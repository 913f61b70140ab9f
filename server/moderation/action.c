/* SPDX-License-Identifier: ISC */
/* action: see action.h. */
#include "moderation/action.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

struct waiting {
    struct control_waiter waiter;
    pthread_mutex_t lock;
    pthread_cond_t known;
    bool is_known;
    uint64_t action;
};

static void on_done(struct control_waiter *waiter, uint64_t action)
{
    struct waiting *waiting = (struct waiting *)waiter;
    pthread_mutex_lock(&waiting->lock);
    waiting->is_known = true;
    waiting->action = action;
    pthread_cond_signal(&waiting->known);
    pthread_mutex_unlock(&waiting->lock);
}

uint64_t action_record(struct control *control, const char *name, struct cJSON *fields,
                       const struct control_actor *actor, char error[CONTROL_ERROR_BYTES])
{
    struct waiting waiting = {.waiter.done = on_done};
    pthread_mutex_init(&waiting.lock, NULL);
    pthread_cond_init(&waiting.known, NULL);
    if (control_append(control, "action", name, fields, actor, &waiting.waiter, error) == 0) {
        /* The control log always says in the end what became of it. */
        pthread_mutex_lock(&waiting.lock);
        while (!waiting.is_known)
            pthread_cond_wait(&waiting.known, &waiting.lock);
        pthread_mutex_unlock(&waiting.lock);
        if (waiting.action == 0)
            snprintf(error, CONTROL_ERROR_BYTES, "the control log did not take the action");
    }
    pthread_cond_destroy(&waiting.known);
    pthread_mutex_destroy(&waiting.lock);
    return waiting.action;
}

uint64_t action_find(struct control *control, const char *name)
{
    cJSON *record = control_get(control, "action", name);
    const cJSON *action = cJSON_GetObjectItemCaseSensitive(record, "action");
    double number = cJSON_IsNumber(action) ? action->valuedouble : 0;
    cJSON_Delete(record);
    return number >= 1 && number <= UINT32_MAX ? (uint64_t)number : 0;
}
