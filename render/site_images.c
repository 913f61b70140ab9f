/* SPDX-License-Identifier: ISC */
/* site_images: see site_images.h. */
#include "render/site_images.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "render/events/events.h"
#include "render/http/originals.h"
#include "render/http/site.h"
#include "render/http/uploads.h"
#include "sys/diag.h"

enum { EVENT_BYTES = 512 };

struct site_images {
    struct site *site;
    struct events_listener listener;
};

/* Tell all servers, this one too. */
static void complete(void *context, const struct original *original)
{
    const struct site_images *images = context;
    char text[EVENT_BYTES];
    struct json json;
    json_begin(&json, text, sizeof text);
    json_text(&json, "t", "image");
    json_text(&json, "id", original->id);
    json_text(&json, "type", header_media_type(original->type));
    json_u64(&json, "width", original->width);
    json_u64(&json, "height", original->height);
    json_u64(&json, "bytes", original->bytes);
    json_i64(&json, "at", original->time_ms);
    events_publish(images->site->events, text, json_end(&json));
}

static void heard(struct events_listener *listener, const struct event *event)
{
    struct site_images *images =
        (struct site_images *)((char *)listener - offsetof(struct site_images, listener));
    struct originals *originals = images->site->originals;
    if (event->type != EVENT_IMAGE)
        return;
    /* Also one of long ago, whose folder is another by now: only what is there counts. */
    const char *id = event_text(event->json, "id");
    if (originals_has(originals, id))
        originals_add(originals, id, (int64_t)event_number(event->json, "at"));
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
