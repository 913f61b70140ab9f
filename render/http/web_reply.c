/* SPDX-License-Identifier: ISC */
/* web_reply: see web_reply.h. */
#include "render/http/web_reply.h"

#include <cJSON.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "http/field.h"
#include "render/http/web_request.h"
#include "render/http/web_rest.h"

enum {
    NUMBER_BYTES = 24,
    OUT_OF_MEMORY = 500,
};

static void release_blob(void *blob)
{
    blob_release(blob);
}

static struct MHD_Response *of_bytes(const void *bytes, size_t len)
{
    return MHD_create_response_from_buffer(len, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
}

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    if (value)
        MHD_add_response_header(response, name, value);
}

static void add_fields(struct MHD_Response *response, const struct web_reply *reply)
{
    char number[NUMBER_BYTES];
    add(response, "Content-Type", reply->type);
    add(response, "Cache-Control", reply->cache ? reply->cache : "no-store");
    add(response, "ETag", reply->etag);
    add(response, "X-Content-Type-Options", "nosniff");
    if (reply->retry_s) {
        snprintf(number, sizeof number, "%u", reply->retry_s);
        add(response, "Retry-After", number);
    }
    if (reply->any_origin)
        add(response, "Access-Control-Allow-Origin", "*");
    for (const struct web_header *more = reply->more; more && more->name; more++)
        add(response, more->name, more->value);
}

/* The connection sends it when the loop comes back to it. */
static void hand_over(struct web_request *request, unsigned status, struct MHD_Response *response)
{
    request->answered = true;
    request->status = status;
    request->response = response;
    web_wake(request);
}

/* What was handed over is not needed. */
static void release_body(const struct web_reply *reply)
{
    blob_release(reply->blob);
    if (reply->has_file)
        close(reply->file);
}

/* NULL: no memory, and the body has been released. */
static struct MHD_Response *of_body(const struct web_reply *reply)
{
    struct MHD_Response *response;
    if (reply->blob)
        response = MHD_create_response_from_buffer_with_free_callback_cls(
            reply->blob->len, reply->blob->bytes, release_blob, reply->blob);
    else if (reply->has_file)
        response = MHD_create_response_from_fd64(reply->len, reply->file);
    else
        response = of_bytes(reply->bytes ? reply->bytes : "", reply->bytes ? reply->len : 0);
    if (!response)
        release_body(reply);
    return response;
}

void web_reply(struct web_request *request, const struct web_reply *reply)
{
    struct MHD_Response *response = NULL;
    unsigned status = reply->status;
    if (request->answered || request->gone) {
        release_body(reply);
        return;
    }
    const char *match = reply->etag && status == 200 ? web_field(request, "If-None-Match") : NULL;
    if (match && field_none_match(match, reply->etag)) {
        release_body(reply);
        status = 304;
        response = of_bytes("", 0);
    } else {
        request->reply_len = reply->blob ? reply->blob->len : reply->len;
        response = of_body(reply);
    }
    /* Without memory for an answer the connection is closed. */
    if (response)
        add_fields(response, reply);
    hand_over(request, response ? status : OUT_OF_MEMORY, response);
}

void web_reply_json(struct web_request *request, const struct web_reply *reply, struct cJSON *json)
{
    struct web_reply complete = *reply;
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    size_t len = text ? strlen(text) : 0;
    complete.blob = text ? blob_create(len + 1) : NULL;
    if (complete.blob) {
        memcpy(complete.blob->bytes, text, len);
        complete.blob->bytes[len] = '\n';
        complete.type = "application/json";
    } else {
        static const char words[] = "{\"error\":\"out of memory\"}\n";
        complete = (struct web_reply){.status = OUT_OF_MEMORY,
                                      .type = "application/json",
                                      .bytes = words,
                                      .len = sizeof words - 1};
    }
    cJSON_free(text);
    web_reply(request, &complete);
}

static void say_error(struct web_request *request, const struct web_reply *reply, const char *error)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "error", error);
    web_reply_json(request, reply, json);
}

void web_reply_error(struct web_request *request, unsigned status, const char *error)
{
    say_error(request, &(struct web_reply){.status = status, .any_origin = true}, error);
}

void web_reply_later(struct web_request *request, unsigned status, unsigned retry_s,
                     const char *error)
{
    say_error(request,
              &(struct web_reply){.status = status, .retry_s = retry_s, .any_origin = true}, error);
}
