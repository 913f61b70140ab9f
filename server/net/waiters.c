/* SPDX-License-Identifier: ISC */
/* waiters: see waiters.h. */
#include "net/waiters.h"

#include <stddef.h>

void waiters_add(struct waiters *waiters, struct waiter *waiter)
{
    waiter->prev = NULL;
    waiter->next = waiters->first;
    if (waiter->next)
        waiter->next->prev = waiter;
    waiters->first = waiter;
    waiter->listed = true;
}

void waiters_remove(struct waiters *waiters, struct waiter *waiter)
{
    if (!waiter->listed)
        return;
    waiter->listed = false;
    if (waiters->calling == waiter)
        waiters->calling = waiter->next;
    if (waiter->prev)
        waiter->prev->next = waiter->next;
    else
        waiters->first = waiter->next;
    if (waiter->next)
        waiter->next->prev = waiter->prev;
}

void waiters_wake(struct waiters *waiters)
{
    waiters->calling = waiters->first; /* those that are added meanwhile stand before it */
    while (waiters->calling) {
        struct waiter *waiter = waiters->calling;
        waiters->calling = waiter->next;
        waiter->woken(waiter);
    }
}
