/* SPDX-License-Identifier: ISC */
/* embedded_reader: one reader of a topic of an embedded queue. */
#ifndef PLACED_RENDER_QUEUE_EMBEDDED_EMBEDDED_READER_H
#define PLACED_RENDER_QUEUE_EMBEDDED_EMBEDDED_READER_H

#include "render/queue/embedded/embedded_state.h"

/* NULL: no memory. */
struct queue_reader *embedded_reader_create(struct embedded *e, enum queue_topic topic);

#endif
