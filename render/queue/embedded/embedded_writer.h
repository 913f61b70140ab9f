/* SPDX-License-Identifier: ISC */
/* embedded_writer: the thread that writes. */
#ifndef PLACED_RENDER_QUEUE_EMBEDDED_EMBEDDED_WRITER_H
#define PLACED_RENDER_QUEUE_EMBEDDED_EMBEDDED_WRITER_H

#include "render/queue/embedded/embedded_state.h"

/* The thread: arg is the struct embedded. Ends when it is closing and everything is written. */
void *embedded_write(void *arg);

/* A place has moved: it is written within a second, and what is done is deleted. With the lock. */
void embedded_tidy_soon(struct embedded *e);

#endif
