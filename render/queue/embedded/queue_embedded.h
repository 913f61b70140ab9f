/* SPDX-License-Identifier: ISC */
/*
 * queue_embedded: a queue within one process. One thread writes, all appends that wait in one
 * durable commit, and with them the places of groups, at most once a second. What all groups have
 * done is dropped; events and tasks that are old, too. A crash forgets which tasks behind a place
 * are done: they are delivered again.
 */
#ifndef PLACED_RENDER_QUEUE_EMBEDDED_QUEUE_EMBEDDED_H
#define PLACED_RENDER_QUEUE_EMBEDDED_QUEUE_EMBEDDED_H

#include "render/queue/embedded/shelf.h"

/* The shelf becomes its own, also when it fails. NULL with a reason in error, which stays as it is
 * when the shelf is NULL. */
struct queue *queue_embedded_open(struct shelf *shelf, char error[QUEUE_ERROR_BYTES]);

#endif
