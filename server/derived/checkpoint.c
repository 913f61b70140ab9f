/* SPDX-License-Identifier: ISC */
/*
 * checkpoint: entries (checkpoint_format.h) written to and read from the store.
 *
 * Space: an entry is a run of 123 pages of 4 KiB. LMDB writes the new run beside the old one, and
 * uses a freed run again two commits later.
 */
#include "derived/checkpoint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "derived/checkpoint_format.h"
#include "derived/checkpoint_store.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    /* Canvases written in one transaction. LMDB keeps what a transaction writes in memory, 0.5 MB
     * a canvas, so the first save of a large plane is cut into several. Canvases may be newer than
     * the plane, so each of them leaves a checkpoint that is right. */
    CANVASES_AT_ONCE = 32,
    PROOF_TRIES = 10000, /* a millisecond each */
};

static char plane_key_byte = 'p';
#define PLANE_KEY ((MDB_val){.mv_size = PLANE_KEY_BYTES, .mv_data = &plane_key_byte})

struct checkpoint {
    struct checkpoint_store store;
};

struct checkpoint *checkpoint_open(const char *dir, char error[CHECKPOINT_ERROR_BYTES])
{
    struct checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    if (!checkpoint) {
        snprintf(error, CHECKPOINT_ERROR_BYTES, "checkpoint %s: out of memory", dir);
        return NULL;
    }
    if (checkpoint_store_open(&checkpoint->store, dir, error) < 0) {
        free(checkpoint);
        return NULL;
    }
    return checkpoint;
}

void checkpoint_close(struct checkpoint *checkpoint)
{
    if (checkpoint)
        checkpoint_store_close(&checkpoint->store);
    free(checkpoint);
}

/* Call visit for all entries in the order of their keys. 0 or an error of LMDB. */
static int for_each(struct checkpoint_store *store, MDB_txn *txn,
                    void (*visit)(void *context, MDB_val key, MDB_val value), void *context)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(txn, store->dbi, &cursor);
    if (rc)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        visit(context, key, value);
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static bool is_canvas(MDB_val key, MDB_val value)
{
    return key.mv_size == CANVAS_KEY_BYTES && value.mv_size == CANVAS_ENTRY_BYTES;
}

/* ---- saving ---- */

/* Does the canvas have an entry of the same version? */
static bool is_saved(struct checkpoint_store *store, MDB_txn *txn,
                     const struct checkpoint_canvas *canvas)
{
    uint8_t key_bytes[CANVAS_KEY_BYTES];
    MDB_val key = {.mv_size = sizeof key_bytes, .mv_data = key_bytes}, value;
    canvas_key(key_bytes, canvas->position);
    return mdb_get(txn, store->dbi, &key, &value) == 0 && is_canvas(key, value) &&
           canvas_entry_head(value.mv_data).version == canvas->version;
}

static int put_canvas(struct checkpoint_store *store, MDB_txn *txn,
                      const struct checkpoint_canvas *canvas)
{
    uint8_t key_bytes[CANVAS_KEY_BYTES];
    MDB_val key = {.mv_size = sizeof key_bytes, .mv_data = key_bytes};
    MDB_val value = {.mv_size = CANVAS_ENTRY_BYTES};
    canvas_key(key_bytes, canvas->position);
    int rc = mdb_put(txn, store->dbi, &key, &value, MDB_RESERVE);
    if (rc == 0)
        canvas_entry_encode(value.mv_data, canvas);
    return rc;
}

/* Put the changed canvases from the *i-th on, as many as go at once. *more: there are others. */
static int put_canvases(struct checkpoint_store *store, MDB_txn *txn,
                        struct checkpoint_source *source, size_t *i, bool *more)
{
    struct checkpoint_canvas canvas;
    for (size_t n = 0; (*more = source->look(source, *i, &canvas)); ++*i) {
        if (is_saved(store, txn, &canvas))
            continue;
        if (n++ == CANVASES_AT_ONCE)
            return 0;
        source->copy(source, *i, &canvas);
        int rc = put_canvas(store, txn, &canvas);
        if (rc)
            return rc;
    }
    return 0;
}

static void add_up(void *digest, MDB_val key, MDB_val value)
{
    if (is_canvas(key, value))
        checkpoint_digest_add(digest, value.mv_data);
}

/* The record that proves the log, not older than the newest canvas. The plane's fold paints a
 * record first and counts it as read a moment later, so that it may have to be waited for. 0, or
 * EAGAIN. */
static int prove(struct checkpoint_source *source, uint64_t newest, struct anchor *anchor)
{
    for (int i = 0; i < PROOF_TRIES; i++) {
        source->prove(source, anchor);
        if (newest == 0 || anchor->offset >= newest - 1)
            return 0;
        clock_pause_ms(1);
    }
    return EAGAIN;
}

/* The plane's entry. Before the last transaction of a save (plane is NULL) it stays as it was, but
 * for what says which canvases belong to it and up to which record they may be. */
static int put_plane(struct checkpoint_store *store, MDB_txn *txn,
                     const struct checkpoint_plane *plane, struct checkpoint_source *source)
{
    uint8_t entry[PLANE_ENTRY_BYTES];
    struct checkpoint_digest digest = {0};
    struct anchor anchor;
    int rc = for_each(store, txn, add_up, &digest);
    if (rc == 0)
        rc = prove(source, digest.newest, &anchor);
    if (rc)
        return rc;
    MDB_val key = PLANE_KEY, value;
    if (plane) {
        struct checkpoint_plane proven = *plane;
        proven.anchor = anchor;
        plane_entry_encode(entry, &proven, true, digest);
    } else if (mdb_get(txn, store->dbi, &key, &value) == 0 && value.mv_size == sizeof entry) {
        memcpy(entry, value.mv_data, sizeof entry);
        plane_entry_set_canvases(entry, digest, &anchor);
    } else {
        plane_entry_encode(entry, NULL, false, digest);
    }
    value = (MDB_val){.mv_size = sizeof entry, .mv_data = entry};
    return mdb_put(txn, store->dbi, &key, &value, 0);
}

/* One transaction of a save. *i and *more as in put_canvases, unchanged when it fails. */
static int save_some(struct checkpoint_store *store, const struct checkpoint_plane *plane,
                     struct checkpoint_source *source, size_t *i, bool *more)
{
    MDB_txn *txn;
    size_t at = *i;
    bool others;
    int rc = checkpoint_store_begin(store, 0, &txn);
    if (rc)
        return rc;
    rc = put_canvases(store, txn, source, &at, &others);
    if (rc == 0)
        rc = put_plane(store, txn, others ? NULL : plane, source);
    if (rc) {
        mdb_txn_abort(txn);
        return rc;
    }
    rc = mdb_txn_commit(txn); /* here a full disk shows */
    if (rc == 0) {
        *i = at;
        *more = others;
    }
    return rc;
}

/* One attempt. 0 or an error of LMDB. */
static int save(struct checkpoint_store *store, const struct checkpoint_plane *plane,
                struct checkpoint_source *source)
{
    size_t i = 0;
    for (bool more = true; more;) {
        int rc = save_some(store, plane, source, &i, &more);
        if (rc == MDB_MAP_FULL)
            rc = checkpoint_store_grow(store);
        if (rc)
            return rc;
    }
    return 0;
}

/* Has the plane been saved as a whole at this version? */
static bool is_up_to_date(struct checkpoint_store *store, uint64_t version)
{
    MDB_txn *txn;
    MDB_val key = PLANE_KEY, value;
    struct checkpoint_plane saved;
    if (checkpoint_store_begin(store, MDB_RDONLY, &txn) != 0)
        return false;
    bool result = mdb_get(txn, store->dbi, &key, &value) == 0 &&
                  value.mv_size == PLANE_ENTRY_BYTES && plane_entry_decode(value.mv_data, &saved) &&
                  saved.version == version;
    mdb_txn_abort(txn);
    return result;
}

int checkpoint_save(struct checkpoint *checkpoint, struct checkpoint_source *source,
                    char error[CHECKPOINT_ERROR_BYTES])
{
    struct checkpoint_store *store = &checkpoint->store;
    struct checkpoint_plane plane = {0};
    if (!source->begin(source, &plane))
        return checkpoint_store_report(store, "save", ENOMEM, error);
    if (is_up_to_date(store, plane.version))
        return 0;
    int rc = save(store, &plane, source);
    if (checkpoint_store_is_damage(rc)) {
        rc = checkpoint_store_renew(store, true);
        if (rc == 0)
            rc = save(store, &plane, source);
    }
    return rc ? checkpoint_store_report(store, "save", rc, error) : 1;
}

int checkpoint_clear(struct checkpoint *checkpoint, char error[CHECKPOINT_ERROR_BYTES])
{
    struct checkpoint_store *store = &checkpoint->store;
    MDB_txn *txn;
    int rc = checkpoint_store_begin(store, 0, &txn);
    if (rc)
        return checkpoint_store_report(store, "clear", rc, error);
    rc = mdb_drop(txn, store->dbi, 0);
    if (rc)
        mdb_txn_abort(txn);
    else
        rc = mdb_txn_commit(txn);
    return rc ? checkpoint_store_report(store, "clear", rc, error) : 0;
}

/* ---- loading ---- */

/* What is found in the store. */
struct findings {
    MDB_val plane; /* its entry, of length 0 when it is missing; lives as long as the transaction */
    struct checkpoint_digest digest;
    size_t n;       /* entries of any kind */
    bool former;    /* the two slots of the format before this one */
    char fault[96]; /* the first one, or "" */
};

static void find_fault(struct findings *found, const char *what, const char *fault)
{
    if (fault && !found->fault[0])
        snprintf(found->fault, sizeof found->fault, "%s %s", what, fault);
}

static void check_canvas(struct findings *found, MDB_val key, MDB_val value)
{
    char what[32] = "an entry";
    if (key.mv_size == CANVAS_KEY_BYTES) {
        struct position position = position_load((uint8_t *)key.mv_data + 1);
        snprintf(what, sizeof what, "canvas %d,%d", position.gx, position.gy);
    }
    const char *fault = canvas_entry_fault(key.mv_data, key.mv_size, value.mv_data, value.mv_size);
    find_fault(found, what, fault);
    if (!fault)
        checkpoint_digest_add(&found->digest, value.mv_data);
}

static void check(void *context, MDB_val key, MDB_val value)
{
    struct findings *found = context;
    char name = key.mv_size == 1 ? *(char *)key.mv_data : '\0';
    found->n++;
    if (name == plane_key_byte)
        found->plane = value;
    else if (name == '0' || name == '1')
        found->former = true;
    else
        check_canvas(found, key, value);
}

static struct findings examine(struct checkpoint_store *store, MDB_txn *txn)
{
    struct findings found = {0};
    int rc = for_each(store, txn, check, &found);
    if (rc)
        find_fault(&found, "LMDB says", mdb_strerror(rc));
    else if (found.n > 0)
        find_fault(&found, "the plane",
                   plane_entry_fault(found.plane.mv_data, found.plane.mv_size, found.digest));
    return found;
}

/* What the sink gets, and how many canvases it did not take. */
struct delivery {
    struct checkpoint_sink *sink;
    size_t refused;
};

static void deliver(void *context, MDB_val key, MDB_val value)
{
    struct delivery *delivery = context;
    if (!is_canvas(key, value))
        return;
    struct checkpoint_canvas canvas = canvas_entry_head(value.mv_data);
    canvas.pixels = delivery->sink->pixels;
    canvas_entry_pixels(value.mv_data, delivery->sink->pixels);
    if (!delivery->sink->take(delivery->sink, &canvas))
        delivery->refused++;
}

/* Set aside what cannot be used. Where an entry is damaged LMDB's own pages may be too, and it
 * would trust them when it writes, so the file goes as a whole. */
static enum checkpoint_load drop(struct checkpoint_store *store, const struct findings *found)
{
    bool damaged = !found->former && found->fault[0];
    if (damaged)
        diag_warn("checkpoint %s: %s: the log is folded from its beginning", store->dir,
                  found->fault);
    else if (found->former)
        diag_info(
            "checkpoint %s: made by an earlier version of placed: the log is folded from its "
            "beginning, once",
            store->dir);
    int rc = checkpoint_store_renew(store, damaged);
    if (rc)
        diag_warn("checkpoint %s: cannot begin a new one: %s", store->dir, mdb_strerror(rc));
    return CHECKPOINT_NONE;
}

enum checkpoint_load checkpoint_load(struct checkpoint *checkpoint, struct checkpoint_plane *plane,
                                     struct checkpoint_sink *sink)
{
    struct checkpoint_store *store = &checkpoint->store;
    struct delivery delivery = {.sink = sink};
    MDB_txn *txn;
    memset(plane, 0, sizeof *plane);
    int rc = checkpoint_store_begin(store, MDB_RDONLY, &txn);
    if (rc) {
        diag_warn("checkpoint %s: load: %s", store->dir, mdb_strerror(rc));
        return CHECKPOINT_NONE;
    }
    struct findings found = examine(store, txn);
    bool usable = found.n > 0 && !found.former && !found.fault[0] &&
                  plane_entry_decode(found.plane.mv_data, plane);
    if (usable)
        for_each(store, txn, deliver, &delivery);
    mdb_txn_abort(txn);
    if (!usable && (found.n > 0 || found.fault[0]))
        return drop(store, &found);
    if (delivery.refused > 0)
        return CHECKPOINT_NO_MEMORY;
    return usable ? CHECKPOINT_LOADED : CHECKPOINT_NONE;
}
