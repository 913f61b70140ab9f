/* SPDX-License-Identifier: ISC */
/*
 * event: one record of the topic `events`, which anybody may have written: read with suspicion.
 * What is kept of it are the members below, each of the right kind and size; all others are left
 * out. Times are in ms since 1970. Pure.
 *
 *   {"t":"server","server":S,"host","at","workers":[[number,pid,pool,state,tasks],...],
 *    "pools":[{"name","wanted","waiting","done","failed","late","crashed","cpu_ms","bytes",
 *    "resting"},...]}                 the whole state of a server. S: 16 hex digits, made at each
 *                                     start; pool: the place in pools; state: 0 starting, 1 idle,
 *                                     2 busy; numbers since its start
 *   {"t":"gone","server":S}           it has ended
 *   {"t":"image","id","type","width","height","bytes","at"}            an upload
 *   {"t":"variant","id","op","state","ms","bytes"}                     of an image; state: queued,
 *                                                                      running, done or failed
 *   {"t":"batch","id","style","zoom":[A,B],"box":[W,S,E,N] or absent,"scale","jobs","queued",
 *    "done","failed","state","at","by":S}     the whole state of a batch; state: running,
 *                                             cancelled or done
 *   {"t":"did","batch","by":S,"done":[numbers],"failed":[numbers]}     jobs of a batch that ended
 *   {"t":"dead","topic","group","name","batch","why","attempts"}       a task that failed for good
 */
#ifndef PLACED_RENDER_EVENTS_EVENT_H
#define PLACED_RENDER_EVENTS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/name/blob.h"

struct cJSON;

enum {
    EVENT_SERVER_CHARS = 16,
    EVENT_WORKERS_MAX = 768, /* of one server; it leaves out what is more */
    EVENT_POOLS_MAX = 48,
    EVENT_HOST_MAX = 64,
    EVENT_OP_MAX = 32,
    EVENT_BATCH_ID_MAX = 64,
};

enum event_type {
    EVENT_SERVER,
    EVENT_GONE,
    EVENT_IMAGE,
    EVENT_VARIANT,
    EVENT_BATCH,
    EVENT_DID,
    EVENT_DEAD,
    EVENT_TYPES,
};

struct event {
    enum event_type type;
    struct cJSON *json;
    struct blob *text; /* the same, one line of UTF-8 */
};

/* False: it is no event, or there is no memory for it. */
bool event_read(struct event *event, const void *bytes, size_t len);
void event_finish(struct event *event);

/* The value of a member that event_read has seen to be there. */
const char *event_text(const struct cJSON *json, const char *name); /* "": absent */
double event_number(const struct cJSON *json, const char *name);    /* 0: absent */

#endif
