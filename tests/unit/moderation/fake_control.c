/* SPDX-License-Identifier: ISC */
/* fake_control: see fake_control.h. */
#include "fake_control.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct control {
    pthread_mutex_t lock;
    cJSON *records;
    bool broken;
};

struct control *fake_control_create(void)
{
    struct control *control = calloc(1, sizeof *control);
    if (!control)
        abort();
    pthread_mutex_init(&control->lock, NULL);
    control->records = cJSON_CreateArray();
    return control;
}

void fake_control_destroy(struct control *control)
{
    cJSON_Delete(control->records);
    pthread_mutex_destroy(&control->lock);
    free(control);
}

void fake_control_break(struct control *control, bool broken)
{
    control->broken = broken;
}

uint64_t fake_control_count(struct control *control)
{
    pthread_mutex_lock(&control->lock);
    int n = cJSON_GetArraySize(control->records);
    pthread_mutex_unlock(&control->lock);
    return (uint64_t)n;
}

int control_append(struct control *control, const char *type, const char *name,
                   struct cJSON *fields, const struct control_actor *actor,
                   struct control_waiter *waiter, char error[CONTROL_ERROR_BYTES])
{
    if (control->broken) {
        cJSON_Delete(fields);
        snprintf(error, CONTROL_ERROR_BYTES, "the control log cannot be written");
        return -1;
    }
    pthread_mutex_lock(&control->lock);
    cJSON_AddStringToObject(fields, "t", type);
    cJSON_AddStringToObject(fields, "name", name);
    cJSON_AddStringToObject(fields, "by", actor->name);
    int action = cJSON_GetArraySize(control->records) + 1;
    cJSON_AddNumberToObject(fields, "action", action);
    cJSON_AddItemToArray(control->records, fields);
    pthread_mutex_unlock(&control->lock);
    if (waiter)
        waiter->done(waiter, (uint64_t)action);
    return 0;
}

struct cJSON *control_get(struct control *control, const char *type, const char *name)
{
    cJSON *found = NULL, *record;
    pthread_mutex_lock(&control->lock);
    cJSON_ArrayForEach(record, control->records)
    {
        if (strcmp(cJSON_GetObjectItem(record, "t")->valuestring, type) == 0 &&
            strcmp(cJSON_GetObjectItem(record, "name")->valuestring, name) == 0)
            found = record;
    }
    cJSON *copy = found ? cJSON_Duplicate(found, true) : NULL;
    pthread_mutex_unlock(&control->lock);
    return copy;
}

struct cJSON *control_audit(struct control *control, uint64_t before, size_t n)
{
    cJSON *list = cJSON_CreateArray();
    pthread_mutex_lock(&control->lock);
    int last = cJSON_GetArraySize(control->records);
    if (before > 0 && before - 1 < (uint64_t)last)
        last = (int)before - 1;
    for (int i = last - 1; i >= 0 && n > 0; i--, n--)
        cJSON_AddItemToArray(list, cJSON_Duplicate(cJSON_GetArrayItem(control->records, i), true));
    pthread_mutex_unlock(&control->lock);
    return list;
}
