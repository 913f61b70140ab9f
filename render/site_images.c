/* SPDX-License-Identifier: ISC */
/* site_images: see site_images.h. */
#include "render/site_images.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "render/events/events.h"
#include "render/http/originals.h"
#include "render/http/site.h"
#include "render/http/tiles.h"
#include "render/http/uploads.h"
#include "render/store/store.h"
#include "sys/diag.h"

enum { EVENT_BYTES = 512 };

struct site_images {
    struct site *site;
    struct events_listener listener;
};

void site_images_say(struct site *site, const struct picture *picture, const char *state,
                     int64_t ms)
{
    char text[EVENT_BYTES];
    struct json json;
    json_begin(&json, text, sizeof text);
    json_text(&json, "t", "variant");
    json_text(&json, "id", picture->id);
    json_text(&json, "op", picture_op_name(picture->op));
    json_text(&json, "state", state);
    json_i64(&json, "ms", ms);
    json_u64(&json, "bytes", strcmp(state, "done") == 0 ? tiles_size(site, picture) : 0);
    events_publish(site->events, text, json_end(&json));
}

/* Variants are made from the moment that the original is there. Nobody could take note of one of an
 * image that he had not heard of, so those that are there already are named again. */
static void say_variants(struct site *site, const char *id)
{
    for (int op = 0; op < PICTURE_OP_COUNT; op++) {
        struct picture picture = {.kind = PICTURE_IMAGE, .op = (enum picture_op)op};
        char name[PICTURE_NAME_BYTES];
        memcpy(picture.id, id, sizeof picture.id);
        picture_format(&picture, name);
        if (store_get(site->store, name, NULL, NULL) == STORE_FOUND)
            site_images_say(site, &picture, "done", 0);
    }
}

/* Tell all servers, this one too. */
static void publish(const struct site *site, const struct original *original)
{
    char text[ORIGINAL_JSON_BYTES];
    events_publish(site->events, text, original_event(original, text));
}

static void complete(void *context, const struct original *original)
{
    const struct site_images *images = context;
    publish(images->site, original);
    say_variants(images->site, original->id);
}

static const char *variant_state(const struct site *site, const char *id, enum picture_op op)
{
    return view_variant_state(events_view(site->events), id, picture_op_name(op));
}

void site_images_tell(const struct site *site, const char *id)
{
    struct original original;
    if (site->originals && !view_has_image(events_view(site->events), id) &&
        originals_look(site->originals, id, &original))
        publish(site, &original);
}

static void heard(struct events_listener *listener, const struct event *event)
{
    struct site_images *images =
        (struct site_images *)((char *)listener - offsetof(struct site_images, listener));
    struct original original;
    /* Also one of long ago, whose folder is another by now: only what is there counts. */
    if (event->type == EVENT_IMAGE &&
        originals_look(images->site->originals, event_text(event->json, "id"), &original))
        originals_add(images->site->originals, original.id, original.time_ms);
}

struct site_images *site_images_open(struct site *site, const struct render_config *config,
                                     const char *pictures)
{
    char path[PATH_MAX], error[STORE_ERROR_BYTES] = "out of memory";
    struct site_images *images = calloc(1, sizeof *images);
    snprintf(path, sizeof path, "%s/originals", pictures);
    if (images)
        site->originals = originals_open(path, error);
    if (site->originals) {
        const struct uploads_config uploads = {
            .loop = site->loop,
            .originals = site->originals,
            .queue = site->queue,
            .dir = config->data,
            .bytes = config->upload_bytes,
            .budget = {.pixels = config->upload_pixels, .memory = config->child_memory},
            .complete = complete,
            .context = images};
        site->uploads = uploads_create(&uploads);
        snprintf(error, sizeof error, "out of memory, or a thread cannot be started");
    }
    if (!site->uploads) {
        diag_error("%s", error);
        originals_close(site->originals);
        site->originals = NULL;
        free(images);
        return NULL;
    }
    images->site = site;
    site->variant_state = variant_state;
    images->listener.heard = heard;
    events_listen(site->events, &images->listener);
    return images;
}

int site_images_input(const struct site *site, const struct picture *picture)
{
    if (picture->kind != PICTURE_IMAGE)
        return -1;
    int fd = site->originals ? originals_file(site->originals, picture->id) : -1;
    return fd >= 0 ? fd : -2;
}

void site_images_close(struct site_images *images)
{
    if (!images)
        return;
    events_unlisten(&images->listener);
    uploads_destroy(images->site->uploads);
    originals_close(images->site->originals);
    images->site->uploads = NULL;
    images->site->originals = NULL;
    free(images);
}
