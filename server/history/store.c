/* SPDX-License-Identifier: ISC */
/*
 * store: a list of shelves behind a lock, of which readers see what was published. Files are read
 * without the lock, by what was seen under it; where the builder went on meanwhile, the reader
 * looks again.
 */
#include "history/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/canvas_files.h"

enum { LOOKS = 4 }; /* at a tail that becomes a complete block while it is read */

struct store {
    char *root;
    pthread_mutex_t lock; /* of what follows; the builder reads its own shelves without it */
    bool known, hopeless;
    struct disk disk;
    uint64_t read;
    struct shelves shelves;
    atomic_bool reported;
};

/* ---- looking ---- */

/* The shelf of a canvas that has something to see; lock held. NULL: none. */
static const struct shelf *find(const struct store *store, struct position position)
{
    const struct shelf *shelf = store->known ? shelves_find(&store->shelves, position) : NULL;
    return shelf && shelf->seen.version > 0 ? shelf : NULL;
}

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
    const struct shelf *shelf = find(store, position);
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
    const struct shelf *shelf = find(store, position);
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
    const struct shelf *shelf = find(store, position);
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
    const struct shelf *shelf = find(store, position);
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
    const struct shelf *shelf = find(store, position);
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

/* ---- reading ---- */

void store_report(struct store *store)
{
    atomic_store(&store->reported, true);
}

static enum store_result verdict(struct store *store, enum files_result result)
{
    if (result == FILES_OK)
        return STORE_OK;
    if (result == FILES_NO_MEMORY)
        return STORE_NO_MEMORY;
    store_report(store);
    return STORE_BAD;
}

/* What a block is read by, copied under the lock. */
struct look {
    struct disk disk;
    bool complete; /* by its row */
    struct store_row row;
    struct store_tail tail; /* else: the records that are visible */
    uint32_t seed;
    uint8_t *bytes; /* its working file's bytes; the first `dropped` are still to be read */
    size_t dropped, len;
    bool cut; /* it is complete by now, which is not visible yet: only up to tail.to */
};

/* The tail of a shelf; lock held. */
static enum store_result look_at_tail(const struct shelf *shelf, struct look *look)
{
    const struct tail *tail = &shelf->tail;
    look->tail = shelf->seen.tail;
    if (shelf->n_rows > shelf->seen.n_blocks) {
        look->row = shelf->rows[shelf->seen.n_blocks];
        look->complete = look->cut = true;
        return STORE_OK;
    }
    look->seed = tail->seed;
    look->len = shelf->seen_length;
    look->dropped = tail->dropped < look->len ? tail->dropped : look->len;
    look->bytes = malloc(look->len + 1);
    if (!look->bytes)
        return STORE_NO_MEMORY;
    if (look->dropped < look->len)
        memcpy(look->bytes + look->dropped, tail->bytes, look->len - look->dropped);
    return STORE_OK;
}

/* block: UINT64_MAX for the tail, whatever its number is. */
static enum store_result look_at(struct store *store, struct position position, uint64_t block,
                                 struct look *look)
{
    enum store_result result = STORE_NONE;
    *look = (struct look){0};
    store_lock(store);
    const struct shelf *shelf = find(store, position);
    if (shelf) {
        look->disk = store->disk;
        if (block == UINT64_MAX || block == shelf->seen.n_blocks) {
            result = look_at_tail(shelf, look);
        } else if (block < shelf->seen.n_blocks) {
            look->row = shelf->rows[block];
            look->complete = true;
            result = STORE_OK;
        }
    }
    store_unlock(store);
    return result;
}

/* The records of a block that are visible: *bytes is replaced by them. */
static enum store_result cut(const struct look *look, uint8_t **bytes, size_t *len)
{
    struct block block;
    if (block_parse(&block, *bytes, *len) != NULL)
        return STORE_BAD;
    size_t n = block_records_at(&block, look->tail.to);
    *len = block_bytes((uint32_t)n, (uint32_t)block_edits_of(&block, n));
    uint8_t *some = malloc(*len);
    if (!some)
        return STORE_NO_MEMORY;
    block_cut(&block, n, some);
    free(*bytes);
    *bytes = some;
    return STORE_OK;
}

/* By its row. */
static enum store_result read_complete(struct store *store, struct position position,
                                       uint64_t block, const struct look *look, uint8_t **bytes,
                                       size_t *len)
{
    enum files_result read = canvas_files_block(&look->disk, position, block, &look->row, bytes);
    enum store_result result = verdict(store, read);
    *len = look->row.bytes;
    if (result == STORE_OK && look->cut) {
        result = cut(look, bytes, len);
        if (result != STORE_OK)
            free(*bytes);
    }
    return result;
}

/* By what is in memory and in the working file. STORE_BAD without a report: look again. */
static enum store_result read_open(struct position position, const struct look *look,
                                   uint8_t **bytes, size_t *len)
{
    struct disk_path path = disk_path(&look->disk, position, DISK_TAIL, look->tail.block);
    if (look->dropped > 0 && disk_read_start(path.text, look->bytes, look->dropped) != 0)
        return STORE_BAD;
    switch (tail_to_block(&look->tail, look->seed, position, look->disk.genesis, look->bytes,
                          look->len, bytes, len)) {
    case 0:
        return STORE_OK;
    case 1:
        return STORE_BAD;
    default:
        return STORE_NO_MEMORY;
    }
}

enum store_result store_read_block(struct store *store, struct position position, uint64_t block,
                                   uint8_t **bytes, size_t *len)
{
    struct look look;
    enum store_result result = STORE_BAD;
    for (int i = 0; i < LOOKS && result == STORE_BAD; i++) {
        result = look_at(store, position, block, &look);
        if (result == STORE_OK && look.complete)
            return read_complete(store, position, look.cut ? look.tail.block : block, &look, bytes,
                                 len);
        if (result == STORE_OK)
            result = read_open(position, &look, bytes, len);
        free(look.bytes);
    }
    if (result == STORE_BAD)
        store_report(store);
    return result;
}

enum store_result store_read_tail(struct store *store, struct position position, uint8_t **bytes,
                                  size_t *len)
{
    return store_read_block(store, position, UINT64_MAX, bytes, len);
}

enum store_result store_read_keyframe(struct store *store, struct position position, uint64_t block,
                                      uint8_t *pixels, uint64_t *before)
{
    struct disk disk;
    struct store_row row = {0};
    *before = block - block % KEYFRAME_BLOCKS;
    store_lock(store);
    const struct shelf *shelf = find(store, position);
    bool found = shelf && block <= shelf->seen.n_blocks;
    if (found)
        disk = store->disk;
    if (found && *before > 0)
        row = shelf->rows[*before - 1];
    store_unlock(store);
    if (!found)
        return STORE_NONE;
    if (*before > 0)
        return verdict(store, canvas_files_keyframe(&disk, position, *before, &row, pixels));
    memset(pixels, 0, CANVAS_PIXELS);
    return STORE_OK;
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
