/* SPDX-License-Identifier: ISC */
/* appending: a record into the queue, whose outcome comes to the event loop. */
#ifndef PLACED_RENDER_BATCH_APPENDING_H
#define PLACED_RENDER_BATCH_APPENDING_H

#include <stdbool.h>
#include <stddef.h>

#include "render/queue/queue.h"

struct mailbox;

/* known: on the loop's thread, later; never once the mailbox is closed. 0, or -1: too much is under
 * way, and nothing has happened. */
int appending_start(struct queue *queue, enum queue_topic topic, const char *key, const char *value,
                    size_t len, struct mailbox *mailbox, void (*known)(void *context, bool stored),
                    void *context);

#endif
