/* SPDX-License-Identifier: ISC */
/*
 * waiters: those of one loop that wait for news from another thread. They are a list of their own,
 * so that news costs nothing for the connections that it does not concern. Of one thread.
 */
#ifndef PLACED_NET_WAITERS_H
#define PLACED_NET_WAITERS_H

#include <stdbool.h>

struct waiter {
    struct waiter *prev, *next;
    void (*woken)(struct waiter *waiter); /* there is news; it may remove and add any waiter */
    bool listed;
};

/* Begins as zeros. */
struct waiters {
    struct waiter *first;
    struct waiter *calling; /* the next one to be called, while they are */
};

/* woken is set, the rest is zeros. It is not called for news that is just being told. */
void waiters_add(struct waiters *waiters, struct waiter *waiter);

/* One that is in no list is fine. */
void waiters_remove(struct waiters *waiters, struct waiter *waiter);

/* Tell all of them. */
void waiters_wake(struct waiters *waiters);

#endif
