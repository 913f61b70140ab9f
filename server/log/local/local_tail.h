/* SPDX-License-Identifier: ISC */
/*
 * local_tail: where the embedded log ends, as far as this process knows: the writer moves it after
 * each commit, readers wait for it. Any thread.
 */
#ifndef PLACED_LOG_LOCAL_LOCAL_TAIL_H
#define PLACED_LOG_LOCAL_LOCAL_TAIL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct local_tail {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    uint64_t high; /* offset of the next record */
};

/* 0, or an errno value. */
int local_tail_init(struct local_tail *tail, uint64_t high);
void local_tail_finish(struct local_tail *tail);

/* Records below high can be read now. */
void local_tail_move(struct local_tail *tail, uint64_t high);

/* Wait until there is a record at offset, *woken is set, or the time-out. *high becomes the end;
 * true when it was woken, and *woken is cleared. */
bool local_tail_wait(struct local_tail *tail, uint64_t offset, bool *woken, int timeout_ms,
                     uint64_t *high);

/* Set *woken, and let whoever waits look at it. */
void local_tail_wake(struct local_tail *tail, bool *woken);

#endif
