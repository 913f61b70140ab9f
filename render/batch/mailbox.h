/* SPDX-License-Identifier: ISC */
/*
 * mailbox: messages from other threads to the event loop. It may outlive whoever reads: what is
 * posted after it was closed is dropped, so that an answer of the queue that comes late finds
 * nobody instead of memory that was freed.
 */
#ifndef PLACED_RENDER_BATCH_MAILBOX_H
#define PLACED_RENDER_BATCH_MAILBOX_H

struct ev_loop;
struct mailbox;

/* Embed it; it belongs to the mailbox until one of the two is called, once. */
struct mail {
    struct mail *next;
    void (*read)(struct mail *mail); /* on the loop's thread */
    void (*drop)(struct mail *mail); /* nobody reads any more: free it. Any thread */
};

/* With one holder. NULL: no memory. The loop's thread. */
struct mailbox *mailbox_create(struct ev_loop *loop);

/* Nothing is read from now on; what waits is dropped. Releases the holder of mailbox_create. The
 * loop's thread. NULL is fine. */
void mailbox_close(struct mailbox *mailbox);

/* Any thread. */
struct mailbox *mailbox_hold(struct mailbox *mailbox);
void mailbox_release(struct mailbox *mailbox);
void mailbox_post(struct mailbox *mailbox, struct mail *mail);

#endif
