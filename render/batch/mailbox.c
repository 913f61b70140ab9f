/* SPDX-License-Identifier: ISC */
/* mailbox: see mailbox.h. */
#include "render/batch/mailbox.h"

#include <ev.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

struct mailbox {
    atomic_uint holders;
    struct ev_loop *loop;
    ev_async wake;
    pthread_mutex_t lock; /* of what follows */
    bool closed;
    struct mail *first, **last;
};

static struct mail *take_all(struct mailbox *mailbox)
{
    struct mail *mail = mailbox->first;
    mailbox->first = NULL;
    mailbox->last = &mailbox->first;
    return mail;
}

static void on_wake(struct ev_loop *loop, ev_async *wake, int events)
{
    struct mailbox *mailbox = wake->data;
    pthread_mutex_lock(&mailbox->lock);
    struct mail *mail = take_all(mailbox);
    pthread_mutex_unlock(&mailbox->lock);
    while (mail) {
        struct mail *next = mail->next;
        mail->read(mail);
        mail = next;
    }
}

struct mailbox *mailbox_create(struct ev_loop *loop)
{
    struct mailbox *mailbox = calloc(1, sizeof *mailbox);
    if (!mailbox)
        return NULL;
    atomic_init(&mailbox->holders, 1);
    mailbox->loop = loop;
    mailbox->last = &mailbox->first;
    pthread_mutex_init(&mailbox->lock, NULL);
    ev_async_init(&mailbox->wake, on_wake);
    mailbox->wake.data = mailbox;
    ev_async_start(loop, &mailbox->wake);
    return mailbox;
}

void mailbox_close(struct mailbox *mailbox)
{
    if (!mailbox)
        return;
    ev_async_stop(mailbox->loop, &mailbox->wake);
    pthread_mutex_lock(&mailbox->lock);
    mailbox->closed = true;
    struct mail *mail = take_all(mailbox);
    pthread_mutex_unlock(&mailbox->lock);
    while (mail) {
        struct mail *next = mail->next;
        mail->drop(mail);
        mail = next;
    }
    mailbox_release(mailbox);
}

struct mailbox *mailbox_hold(struct mailbox *mailbox)
{
    atomic_fetch_add_explicit(&mailbox->holders, 1, memory_order_relaxed);
    return mailbox;
}

void mailbox_release(struct mailbox *mailbox)
{
    if (atomic_fetch_sub_explicit(&mailbox->holders, 1, memory_order_acq_rel) > 1)
        return;
    pthread_mutex_destroy(&mailbox->lock);
    free(mailbox);
}

void mailbox_post(struct mailbox *mailbox, struct mail *mail)
{
    pthread_mutex_lock(&mailbox->lock);
    bool closed = mailbox->closed;
    if (!closed) {
        mail->next = NULL;
        *mailbox->last = mail;
        mailbox->last = &mail->next;
        /* Under the lock, so that the loop is not gone meanwhile. */
        ev_async_send(mailbox->loop, &mailbox->wake);
    }
    pthread_mutex_unlock(&mailbox->lock);
    if (closed)
        mail->drop(mail);
}
