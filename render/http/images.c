/* SPDX-License-Identifier: ISC */
/* images: see images.h. */
#include "render/http/images.h"

#include <cJSON.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/http/originals.h"
#include "render/http/site.h"
#include "render/http/stencil_link.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"
#include "render/store/store.h"

enum { LIST_MAX = 100, LIST_USUAL = 20, SAVED_AS_BYTES = 128, ETAG_BYTES = 80 };

/* What is known of a variant: it is in the store, or on its way. */
static const char *state_of(const struct site *site, const char *id, enum picture_op op)
{
    struct picture picture = {.kind = PICTURE_IMAGE, .op = op};
    char name[PICTURE_NAME_BYTES];
    memcpy(picture.id, id, sizeof picture.id);
    picture_format(&picture, name);
    if (store_get(site->store, name, NULL, NULL) == STORE_FOUND)
        return "done";
    const char *state = site->variant_state ? site->variant_state(site, id, op) : NULL;
    return state ? state : "queued";
}

static cJSON *image_json(const struct web_request *request, const struct original *original)
{
    const struct site *site = request->site;
    const char *host = web_field(request, "Host");
    const char *scheme = web_field(request, "X-Forwarded-Proto");
    char link[STENCIL_LINK_BYTES];
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "id", original->id);
    cJSON_AddStringToObject(json, "type", header_media_type(original->type));
    cJSON_AddNumberToObject(json, "width", original->width);
    cJSON_AddNumberToObject(json, "height", original->height);
    cJSON_AddNumberToObject(json, "bytes", (double)original->bytes);
    cJSON_AddNumberToObject(json, "time", (double)original->time_ms);
    cJSON *variants = cJSON_AddObjectToObject(json, "variants");
    for (int op = 0; op < PICTURE_OP_COUNT; op++)
        if (site->images[op])
            cJSON_AddStringToObject(variants, picture_op_name((enum picture_op)op),
                                    state_of(site, original->id, (enum picture_op)op));
    if (host && site->images[PICTURE_OP_stencil] &&
        stencil_link(link, site->canvas, host, scheme && strcmp(scheme, "https") == 0,
                     original->id))
        cJSON_AddStringToObject(json, "stencil_link", link);
    return json;
}

void images_get(struct web_request *request)
{
    uint64_t n = LIST_USUAL, before = INT64_MAX;
    if (web_query_number(request, "n", 1, LIST_MAX, &n) != 0 ||
        web_query_number(request, "before", 0, INT64_MAX, &before) != 0)
        return;
    struct original *list = calloc(n, sizeof *list);
    cJSON *json = cJSON_CreateObject(), *images = cJSON_AddArrayToObject(json, "images");
    size_t found = list && request->site->originals
                       ? originals_list(request->site->originals, (int64_t)before, list, n)
                       : 0;
    for (size_t i = 0; i < found; i++)
        cJSON_AddItemToArray(images, image_json(request, &list[i]));
    free(list);
    web_reply_json(request, &(struct web_reply){.status = 200, .any_origin = true}, json);
}

/* The image whose id is in the path; false: there is none, which has been answered. */
static bool find(struct web_request *request, struct original *original)
{
    char id[PICTURE_ID_CHARS + 1] = "";
    const char *part;
    size_t len;
    if (request->site->originals && web_part(request, 1, &part, &len) &&
        original_id_good(part, len)) {
        memcpy(id, part, PICTURE_ID_CHARS);
        if (originals_look(request->site->originals, id, original))
            return true;
    }
    web_reply_error(request, 404, "there is no image of this id");
    return false;
}

void image_get(struct web_request *request)
{
    struct original original;
    if (find(request, &original))
        web_reply_json(request, &(struct web_reply){.status = 200, .any_origin = true},
                       image_json(request, &original));
}

/* These bytes are somebody's: a browser must not take them for a page, whatever they hold. */
void image_original_get(struct web_request *request)
{
    struct original original;
    struct stat stat;
    char saved_as[SAVED_AS_BYTES], etag[ETAG_BYTES];
    if (!find(request, &original))
        return;
    const int file = originals_file(request->site->originals, original.id);
    if (file < 0 || fstat(file, &stat) != 0) {
        if (file >= 0)
            close(file);
        web_reply_error(request, 404, "the original is not there any more");
        return;
    }
    snprintf(saved_as, sizeof saved_as, "inline; filename=\"%.16s.%s\"", original.id,
             header_extension(original.type));
    snprintf(etag, sizeof etag, "\"%s\"", original.id);
    const struct web_header more[] = {{"Content-Disposition", saved_as},
                                      {"Content-Security-Policy", "default-src 'none'; sandbox"},
                                      {NULL, NULL}};
    web_reply(request, &(struct web_reply){.status = 200,
                                           .type = header_media_type(original.type),
                                           .cache = "public, max-age=31536000, immutable",
                                           .etag = etag,
                                           .any_origin = true,
                                           .more = more,
                                           .has_file = true,
                                           .file = file,
                                           .len = (size_t)stat.st_size});
}
