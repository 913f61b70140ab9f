/* SPDX-License-Identifier: ISC */
/* did: see did.h. */
#include "render/batch/did.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "render/batch/task_record.h"

struct ended {
    char batch[TASK_BATCH_CHARS + 1];
    uint64_t number;
    bool failed, told;
};

struct did {
    struct ended ended[DID_MAX];
    size_t n;
};

struct did *did_create(void)
{
    return calloc(1, sizeof(struct did));
}

void did_destroy(struct did *did)
{
    free(did);
}

bool did_add(struct did *did, const char *batch, uint64_t number, bool failed)
{
    if (did->n < DID_MAX) {
        struct ended *ended = &did->ended[did->n++];
        *ended = (struct ended){.number = number, .failed = failed};
        snprintf(ended->batch, sizeof ended->batch, "%s", batch);
    }
    return did->n == DID_MAX;
}

static void write_numbers(struct json *json, const struct did *did, const char *batch, bool failed)
{
    json_open(json, failed ? "failed" : "done", '[');
    for (size_t i = 0; i < did->n; i++) {
        const struct ended *ended = &did->ended[i];
        if (ended->failed == failed && strcmp(ended->batch, batch) == 0)
            json_u64(json, NULL, ended->number);
    }
    json_close(json, ']');
}

void did_tell(struct did *did, const char *server,
              void (*publish)(void *context, const char *json, size_t len), void *context)
{
    char text[TASK_RECORD_BYTES];
    for (size_t i = 0; i < did->n; i++) {
        struct json json;
        const char *batch = did->ended[i].batch;
        if (did->ended[i].told)
            continue;
        for (size_t k = i; k < did->n; k++)
            did->ended[k].told |= strcmp(did->ended[k].batch, batch) == 0;
        json_begin(&json, text, sizeof text);
        json_text(&json, "t", "did");
        json_text(&json, "batch", batch);
        json_text(&json, "by", server);
        write_numbers(&json, did, batch, false);
        write_numbers(&json, did, batch, true);
        publish(context, text, json_end(&json));
    }
    did->n = 0;
}
