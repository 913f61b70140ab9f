/* SPDX-License-Identifier: ISC */
/* store_state: what is behind store.h and store_read.h. */
#ifndef PLACED_HISTORY_STORE_STATE_H
#define PLACED_HISTORY_STORE_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "history/disk.h"
#include "history/shelves.h"

struct store {
    char *root;
    pthread_mutex_t lock; /* of what follows; the builder reads its own shelves without it */
    bool known, hopeless;
    struct disk disk;
    uint64_t read;
    struct shelves shelves;
    atomic_bool reported;
};

/* The shelf of a canvas that has something to see; lock held. NULL: none. */
static inline const struct shelf *store_shelf(const struct store *store, struct position position)
{
    const struct shelf *shelf = store->known ? shelves_find(&store->shelves, position) : NULL;
    return shelf && shelf->seen.version > 0 ? shelf : NULL;
}

#endif
