/* SPDX-License-Identifier: ISC */
/*
 * uploads: pictures on their way from a request to where they stay. In this order, so that a crash
 * between any two steps loses nothing that somebody was told of: the original, durable; a record in
 * the queue, of which each operation makes its variant; about.json, durable, which says that all of
 * it is there. Who uploads the same bytes meanwhile waits for the same outcome.
 *
 * Threads: the loop's.
 */
#ifndef PLACED_RENDER_HTTP_UPLOADS_H
#define PLACED_RENDER_HTTP_UPLOADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/http/original.h"
#include "render/image/budget.h"
#include "render/name/blob.h"

struct ev_loop;
struct originals;
struct queue;
struct uploads;

enum { UPLOADS_MAX = 32 /* at a time */ };

struct uploads_config {
    struct ev_loop *loop;
    struct originals *originals;
    struct queue *queue; /* NULL: variants are made when they are asked for */
    const char *dir;     /* for files that have no name; stays */
    uint64_t bytes;      /* of a picture, at most */
    struct budget budget;
    /* One is complete; or NULL. */
    void (*complete)(void *context, const struct original *original);
    void *context;
};

enum upload_outcome {
    UPLOAD_NEW,    /* it is complete now */
    UPLOAD_KNOWN,  /* it was */
    UPLOAD_FAILED, /* it could not be stored: try again later */
};

/* Somebody who waits. Embed it. */
struct upload_waiter {
    void (*known)(struct upload_waiter *waiter, enum upload_outcome outcome);
    struct upload_waiter *next, **link; /* of uploads */
};

/* NULL: no memory, or no thread. */
struct uploads *uploads_create(const struct uploads_config *config);
/* What is under way is kept as far as it got. After all waiters. NULL is fine. */
void uploads_destroy(struct uploads *uploads);

const struct uploads_config *uploads_config(const struct uploads *uploads);

/* Another request begins to be received, if there is room for it; it has ended. */
bool uploads_enter(struct uploads *uploads);
void uploads_leave(struct uploads *uploads);

/* Keep it; a holder of the blob is taken over. The waiter is told later, or within this call. */
void uploads_keep(struct uploads *uploads, const struct original *original, struct blob *bytes,
                  struct upload_waiter *waiter);
/* The waiter does not want to know any more. Fine when it has been told. */
void uploads_forget(struct upload_waiter *waiter);

#endif
