/* SPDX-License-Identifier: ISC */
/* upload: see upload.h. What the body is counts, not what its Content-Type says. */
#include "render/http/upload.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/field.h"
#include "render/http/receiving.h"
#include "render/http/site.h"
#include "render/http/uploads.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"

enum { RETRY_S = 2, URL_BYTES = 80 };

/* One upload, from its head to its answer. */
struct upload {
    struct upload_waiter waiter; /* first */
    struct web_request *request;
    struct uploads *uploads;
    struct receiving *receiving; /* NULL once it is complete */
    char id[PICTURE_ID_CHARS + 1];
};

static void refuse(struct web_request *request, const struct receiving_state *state)
{
    request->site->counts.uploads_refused_total++;
    if (state->status == 503)
        web_reply_later(request, state->status, RETRY_S, state->why);
    else
        web_reply_error(request, state->status, state->why);
}

static void on_known(struct upload_waiter *waiter, enum upload_outcome outcome)
{
    struct upload *upload = (struct upload *)waiter;
    struct web_request *request = upload->request;
    if (outcome == UPLOAD_FAILED) {
        web_reply_later(request, 503, RETRY_S, "the picture could not be stored");
        return;
    }
    char url[URL_BYTES];
    snprintf(url, sizeof url, "/images/%s", upload->id);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "image_id", upload->id);
    cJSON_AddStringToObject(json, "url", url);
    const struct web_header more[] = {{"Location", url}, {NULL, NULL}};
    request->site->counts.uploads_total += outcome == UPLOAD_NEW;
    web_reply_json(request,
                   &(struct web_reply){.status = outcome == UPLOAD_NEW ? 201 : 200,
                                       .any_origin = true,
                                       .more = more},
                   json);
}

static void on_ended(struct web_request *request)
{
    struct upload *upload = request->context;
    uploads_forget(&upload->waiter);
    uploads_leave(upload->uploads);
    receiving_destroy(upload->receiving);
    free(upload);
}

/* Is it said to be a picture, in a form or plain? */
static bool read_type(struct web_request *request, bool *form)
{
    static const char *const plain[] = {"image/jpeg", "image/png", "image/webp",
                                        "application/octet-stream"};
    const char *type = web_field(request, "Content-Type");
    *form = type && field_is_type(type, "multipart/form-data");
    bool good = *form;
    for (size_t i = 0; type && i < sizeof plain / sizeof *plain; i++)
        good = good || field_is_type(type, plain[i]);
    return good;
}

/* NULL: it has been answered. */
static struct upload *admit(struct web_request *request)
{
    struct uploads *uploads = request->site->uploads;
    struct upload *upload = calloc(1, sizeof *upload);
    if (!upload || !uploads_enter(uploads)) {
        free(upload);
        refuse(request, &(struct receiving_state){503, "too many pictures are being uploaded"});
        return NULL;
    }
    *upload =
        (struct upload){.waiter = {.known = on_known}, .request = request, .uploads = uploads};
    request->context = upload;
    request->ended = on_ended;
    return upload;
}

void upload_begin(struct web_request *request)
{
    struct receiving_state state = {0};
    bool form;
    if (!request->site->uploads) {
        web_reply_error(request, 404, "this server takes no pictures");
        return;
    }
    const struct uploads_config *config = uploads_config(request->site->uploads);
    if (!read_type(request, &form)) {
        state = (struct receiving_state){415,
                                         "expected an image/jpeg, image/png or image/webp, or "
                                         "a form (multipart/form-data) with one"};
        refuse(request, &state);
        return;
    }
    if (request->length > (int64_t)(config->bytes + (form ? RECEIVING_FORM_BYTES : 0))) {
        state.status = 413;
        snprintf(state.why, sizeof state.why, "the picture has more than %llu bytes",
                 (unsigned long long)config->bytes);
        refuse(request, &state);
        return;
    }
    struct upload *upload = admit(request);
    if (!upload)
        return;
    const struct receiving_config receiving = {config->dir, config->bytes, config->budget};
    upload->receiving = receiving_create(&receiving, form ? request->mhd : NULL, &state);
    if (!upload->receiving)
        refuse(request, &state);
}

void upload_data(struct web_request *request, const void *bytes, size_t len)
{
    struct upload *upload = request->context;
    const struct receiving_state *state = receiving_take(upload->receiving, bytes, len);
    if (state->status != 0)
        refuse(request, state);
}

void upload_post(struct web_request *request)
{
    struct upload *upload = request->context;
    struct original original;
    struct blob *bytes;
    const struct receiving_state *state = receiving_end(upload->receiving, &original, &bytes);
    if (state->status != 0) {
        refuse(request, state);
        return;
    }
    receiving_destroy(upload->receiving); /* its file is not needed while it waits */
    upload->receiving = NULL;
    memcpy(upload->id, original.id, sizeof upload->id);
    uploads_keep(upload->uploads, &original, bytes, &upload->waiter);
}
