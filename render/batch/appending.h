/* SPDX-License-Identifier: ISC */
/* appending: a record into the queue, whose outcome comes to the event loop. */
#ifndef PLACED_RENDER_BATCH_APPENDING_H
#define PLACED_RENDER_BATCH_APPENDING_H

#include <stdbool.h>
#include <stddef.h>

#include "render/queue/queue.h"

struct mailbox;

/* Who waits for the outcome. One of the two is called, once. */
struct appending_end {
    void (*known)(void *context, bool stored); /* on the loop's thread */
    void (*dropped)(void *context); /* the mailbox was closed first; any thread. Or NULL */
    void *context;
};

/* end is copied. 0, or -1: too much is under way, and nothing has happened. */
int appending_begin(struct queue *queue, enum queue_topic topic, const char *key, const char *value,
                    size_t len, struct mailbox *mailbox, const struct appending_end *end);

/* The same for one who need not know that it was dropped. */
int appending_start(struct queue *queue, enum queue_topic topic, const char *key, const char *value,
                    size_t len, struct mailbox *mailbox, void (*known)(void *context, bool stored),
                    void *context);

#endif
