/* SPDX-License-Identifier: ISC */
/* action: see action.h. */
#include "moderation/action.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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
    uint64_t before;
    if (action_tries(control, name, &before, 1) > 0)
        cJSON_AddNumberToObject(fields, "after", (double)before);
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

/* An action's number in a member; 0: there is none. */
static uint64_t number_in(const cJSON *record, const char *member)
{
    const cJSON *action = cJSON_GetObjectItemCaseSensitive(record, member);
    double number = cJSON_IsNumber(action) ? action->valuedouble : 0;
    return number >= 1 && number <= UINT32_MAX ? (uint64_t)number : 0;
}

/* The record of an action; NULL: it is not known any more. */
static cJSON *record_of(struct control *control, uint64_t action)
{
    cJSON *list = control_audit(control, action + 1, 1);
    cJSON *record = cJSON_DetachItemFromArray(list, 0);
    cJSON_Delete(list);
    if (number_in(record, "action") == action)
        return record;
    cJSON_Delete(record);
    return NULL;
}

bool action_name(struct control *control, uint64_t action, char *name)
{
    cJSON *record = record_of(control, action);
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, "name"));
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, "t"));
    bool found = text && type && strcmp(type, "action") == 0;
    if (found)
        snprintf(name, CONTROL_NAME, "%s", text);
    cJSON_Delete(record);
    return found;
}

size_t action_tries(struct control *control, const char *name, uint64_t *into, size_t room)
{
    size_t n = 0;
    cJSON *record = control_get(control, "action", name);
    uint64_t action = number_in(record, "action");
    while (action != 0 && n < room) {
        into[n++] = action;
        uint64_t before = number_in(record, "after");
        cJSON_Delete(record);
        record = before != 0 && before < action ? record_of(control, before) : NULL;
        action = record ? before : 0;
    }
    cJSON_Delete(record);
    return n;
}
