/* SPDX-License-Identifier: ISC */
/* local_tail: one number under a lock, and a condition. */
#include "log/local/local_tail.h"

#include "sys/clock.h"

int local_tail_init(struct local_tail *tail, uint64_t high)
{
    tail->high = high;
    int rc = pthread_mutex_init(&tail->lock, NULL);
    if (rc != 0)
        return rc;
    rc = clock_cond_init(&tail->moved);
    if (rc != 0)
        pthread_mutex_destroy(&tail->lock);
    return rc;
}

void local_tail_finish(struct local_tail *tail)
{
    pthread_cond_destroy(&tail->moved);
    pthread_mutex_destroy(&tail->lock);
}

void local_tail_move(struct local_tail *tail, uint64_t high)
{
    pthread_mutex_lock(&tail->lock);
    tail->high = high;
    pthread_cond_broadcast(&tail->moved);
    pthread_mutex_unlock(&tail->lock);
}

bool local_tail_wait(struct local_tail *tail, uint64_t offset, bool *woken, int timeout_ms,
                     uint64_t *high)
{
    int64_t deadline = timeout_ms > 0 ? clock_now_ms() + timeout_ms : 0;
    pthread_mutex_lock(&tail->lock);
    while (timeout_ms > 0 && tail->high <= offset && !*woken &&
           clock_wait(&tail->moved, &tail->lock, deadline))
        ;
    bool was_woken = *woken;
    *woken = false;
    *high = tail->high;
    pthread_mutex_unlock(&tail->lock);
    return was_woken;
}

void local_tail_wake(struct local_tail *tail, bool *woken)
{
    pthread_mutex_lock(&tail->lock);
    *woken = true;
    pthread_cond_broadcast(&tail->moved);
    pthread_mutex_unlock(&tail->lock);
}
