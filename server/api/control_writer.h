/* SPDX-License-Identifier: ISC */
/*
 * control_writer: a thread that writes the long answers of the admin API, lists of thousands of
 * bans for instance, so that no event loop is held up by them.
 */
#ifndef PLACED_API_CONTROL_WRITER_H
#define PLACED_API_CONTROL_WRITER_H

#include <stdbool.h>

struct control_writer;

enum { CONTROL_WRITER_WAITING = 64 }; /* answers that wait to be written, at most */

/* An answer to be written. Embed it. */
struct control_writing {
    /* Write it. On the writer's thread; not called for those that still wait at the end. */
    void (*write)(struct control_writing *writing);
    /* Exactly once for each that was added: after write, or instead of it at the end. */
    void (*done)(struct control_writing *writing);
    struct control_writing *next; /* the writer's */
};

struct control_writer *control_writer_create(void);         /* NULL with errno */
void control_writer_destroy(struct control_writer *writer); /* NULL is fine */

/* False when too many wait: then done is not called. Any thread. */
bool control_writer_add(struct control_writer *writer, struct control_writing *writing);

#endif
