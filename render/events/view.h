/* SPDX-License-Identifier: ISC */
/*
 * view: what there is now, as the fold of the events: servers and their workers, images and their
 * variants, batches. A server of which nothing was heard for VIEW_SILENT_S is gone.
 *
 * Time is the broker's as far as records go (the newest record's, and what has passed since), so
 * that another clock on this machine makes no server seem silent. Bounded. Not locked.
 */
#ifndef PLACED_RENDER_EVENTS_VIEW_H
#define PLACED_RENDER_EVENTS_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/events/event.h"
#include "render/name/blob.h"

enum {
    VIEW_SERVERS = 128,
    VIEW_IMAGES = 500, /* the newest */
    VIEW_VARIANTS = 16,
    VIEW_BATCHES = 128,
    VIEW_POOLS = 64,
    VIEW_SILENT_S = 15,
};

struct view;

struct view *view_create(void); /* NULL: no memory */
void view_destroy(struct view *view);

/* The record was written at at_ms, and is read at now_ms (clock_now_ms). The view may take
 * event->json, which is NULL then. */
void view_fold(struct view *view, struct event *event, int64_t at_ms, int64_t now_ms);

/* Forget one server that has been silent, if there is one: true, and who. */
bool view_expire(struct view *view, int64_t now_ms, char server[EVENT_SERVER_CHARS + 1]);

/* {"servers":[...],"images":[...],"batches":[...]}: servers and batches as their events, images as
 * theirs with "variants":{OP:{"state","ms","bytes"},...}. One line; for blob_release, and made once
 * only as long as nothing changes. NULL: no memory. */
struct blob *view_snapshot(struct view *view);

/* What the last event said of a variant: "running", "failed"; NULL: nothing. Until the next fold.
 */
const char *view_variant_state(struct view *view, const char *id, const char *op);

size_t view_servers(const struct view *view);
bool view_has_image(const struct view *view, const char *id);

/* The pools of one name of all servers, summed up. */
struct view_pool {
    const char *name; /* until the next fold */
    double workers, busy, waiting, done, failed, late, crashed, cpu_ms, bytes;
};
size_t view_pools(const struct view *view, struct view_pool pools[VIEW_POOLS]);

#endif
