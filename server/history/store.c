/* SPDX-License-Identifier: ISC */
/*
 * store: a list of shelves behind a lock, of which readers see what was published. Files are read
 * without the lock, by what was seen under it; where the builder went on meanwhile, the reader
 * looks again.
 */
#include "history/store.h"

#include <stdlib.h>
#include <string.h>

#include "history/store_state.h"

/* ---- looking ---- */

bool store_genesis(struct store *store, uint8_t genesis[GENESIS_BYTES])
{
    store_lock(store);
    bool known = store->known;
    if (known)
        memcpy(genesis, store->disk.genesis, GENESIS_BYTES);
    store_unlock(store);
    return known;
}

bool store_hopeless(struct store *store)
{
    store_lock(store);
    bool hopeless = store->hopeless;
    store_unlock(store);
    return hopeless;
}

uint64_t store_version(struct store *store)
{
    store_lock(store);
    uint64_t read = store->read;
    store_unlock(store);
    return read;
}

bool store_find(struct store *store, struct position position, struct store_canvas *canvas)
{
    store_lock(store);
    const struct shelf *shelf = store_shelf(store, position);
    if (shelf)
        *canvas = shelf->seen;
    store_unlock(store);
    return shelf != NULL;
}

size_t store_list(struct store *store, struct store_canvas *into, size_t room, uint64_t *read)
{
    size_t n = 0;
    store_lock(store);
    for (size_t i = 0; store->known && i < store->shelves.n; i++) {
        const struct store_canvas *seen = &store->shelves.list[i]->seen;
        if (seen->version == 0)
            continue;
        if (n < room)
            into[n] = *seen;
        n++;
    }
    if (read)
        *read = store->read;
    store_unlock(store);
    return n;
}

bool store_row(struct store *store, struct position position, uint64_t block, struct store_row *row)
{
    store_lock(store);
    const struct shelf *shelf = store_shelf(store, position);
    bool found = shelf && block < shelf->seen.n_blocks;
    if (found)
        *row = shelf->rows[block];
    store_unlock(store);
    return found;
}

bool store_block_of(struct store *store, struct position position, uint64_t version,
                    uint64_t *block)
{
    store_lock(store);
    const struct shelf *shelf = store_shelf(store, position);
    uint64_t low = 0, high = shelf ? shelf->seen.n_blocks : 0;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (shelf->rows[middle].to < version)
            low = middle + 1;
        else
            high = middle;
    }
    *block = low;
    store_unlock(store);
    return shelf != NULL;
}

bool store_block_until(struct store *store, struct position position, int64_t time_ms,
                       uint64_t *block)
{
    bool found = false;
    store_lock(store);
    const struct shelf *shelf = store_shelf(store, position);
    if (shelf) {
        uint64_t at = shelf->seen.n_blocks;
        found = shelf->seen.tail.time_least <= time_ms;
        while (!found && at > 0)
            found = shelf->rows[--at].time_least <= time_ms;
        *block = at;
    }
    store_unlock(store);
    return found;
}

/* ---- everything of a canvas ---- */

/* Lock held. Activity may be one step ahead of what is visible; its samples are cut to that. */
static enum store_result describe(const struct store *store, const struct shelf *shelf,
                                  struct store_details *details)
{
    size_t n = shelf->seen.n_blocks;
    details->canvas = shelf->seen;
    details->read = store->read;
    details->step = activity_step(&shelf->activity);
    details->rows = malloc((n + 1) * sizeof *details->rows);
    if (!details->rows)
        return STORE_NO_MEMORY;
    if (n > 0)
        memcpy(details->rows, shelf->rows, n * sizeof *details->rows);
    while (details->n_samples < shelf->activity.n &&
           shelf->activity.samples[details->n_samples].version <= shelf->seen.version) {
        details->samples[details->n_samples] = shelf->activity.samples[details->n_samples];
        details->n_samples++;
    }
    return STORE_OK;
}

enum store_result store_describe(struct store *store, struct position position,
                                 struct store_details **details)
{
    enum store_result result = STORE_NONE;
    *details = calloc(1, sizeof **details);
    if (!*details)
        return STORE_NO_MEMORY;
    store_lock(store);
    const struct shelf *shelf = store_shelf(store, position);
    if (shelf)
        result = describe(store, shelf, *details);
    store_unlock(store);
    if (result != STORE_OK) {
        store_details_free(*details);
        *details = NULL;
    }
    return result;
}

void store_details_free(struct store_details *details)
{
    if (details)
        free(details->rows);
    free(details);
}

void store_report(struct store *store)
{
    atomic_store(&store->reported, true);
}

/* ---- for the builder ---- */

const char *store_root(const struct store *store)
{
    return store->root;
}

void store_lock(struct store *store)
{
    pthread_mutex_lock(&store->lock);
}

void store_unlock(struct store *store)
{
    pthread_mutex_unlock(&store->lock);
}

const struct shelves *store_shelves(const struct store *store)
{
    return &store->shelves;
}

void store_adopt(struct store *store, const struct disk *disk, struct shelves *shelves,
                 uint64_t read)
{
    for (size_t i = 0; i < shelves->n; i++)
        shelf_show(shelves->list[i]);
    store_lock(store);
    struct shelves old = store->shelves;
    store->shelves = *shelves;
    store->disk = *disk;
    store->read = read;
    store->known = true;
    store_unlock(store);
    shelves_finish(&old);
    *shelves = (struct shelves){0};
}

void store_give_up(struct store *store)
{
    store_lock(store);
    struct shelves old = store->shelves;
    store->shelves = (struct shelves){0};
    store->known = false;
    store->hopeless = true;
    store_unlock(store);
    shelves_finish(&old);
}

struct shelf *store_add(struct store *store, struct position position)
{
    struct shelf *shelf = shelf_create(position, store->disk.genesis);
    if (!shelf)
        return NULL;
    store_lock(store);
    int added = shelves_add(&store->shelves, shelf);
    store_unlock(store);
    if (added == 0)
        return shelf;
    shelf_destroy(shelf);
    return NULL;
}

void store_publish(struct store *store, uint64_t read)
{
    store_lock(store);
    for (size_t i = 0; i < store->shelves.n; i++) {
        if (store->shelves.list[i]->fresh)
            shelf_show(store->shelves.list[i]);
    }
    store->read = read;
    store_unlock(store);
}

bool store_take_reports(struct store *store)
{
    return atomic_exchange(&store->reported, false);
}

/* ---- its life ---- */

struct store *store_create(const char *root)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return NULL;
    store->root = strdup(root);
    if (!store->root) {
        free(store);
        return NULL;
    }
    pthread_mutex_init(&store->lock, NULL);
    return store;
}

void store_destroy(struct store *store)
{
    if (!store)
        return;
    shelves_finish(&store->shelves);
    pthread_mutex_destroy(&store->lock);
    free(store->root);
    free(store);
}
