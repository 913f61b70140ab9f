/* SPDX-License-Identifier: ISC */
/* embedded_consumer: one consumer of a group of an embedded queue. */
#ifndef PLACED_RENDER_QUEUE_EMBEDDED_EMBEDDED_CONSUMER_H
#define PLACED_RENDER_QUEUE_EMBEDDED_EMBEDDED_CONSUMER_H

#include "render/queue/embedded/embedded_state.h"

/* NULL: no memory. */
struct queue_consumer *embedded_consumer_create(struct embedded *e, struct embedded_group *group);

#endif
