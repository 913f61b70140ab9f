/* SPDX-License-Identifier: ISC */
/*
 * lmdb_store: see lmdb_store.h. A put is one transaction: the number behind the last one, the
 * chunks, the name; what the name had before goes. Before the file is full the oldest go, a share
 * of the file at once: pages that were freed can be used two transactions later only, and readers
 * may hold them still, so that some of the file is never filled.
 */
#include "render/store/lmdb_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/crc32c.h"
#include "render/name/picture.h"
#include "render/store/picture_env.h"
#include "render/store/trouble.h"
#include "sys/diag.h"

enum {
    FILLED_PERCENT = 75,   /* of the file with pictures, at most */
    EVICT_SHARE = 32,      /* one of so many parts of the file goes at once */
    EVICT_PICTURES = 4096, /* at most so many at once: a transaction's pages are in memory */
    TRIES = 40,            /* of a put that found the file full: then all has gone once */
};

struct lmdb_store {
    struct store store;
    char *dir;
    struct picture_env env;
    uint64_t bytes;
    struct trouble trouble;
};

static int errno_of(int rc)
{
    return rc == MDB_MAP_FULL ? ENOSPC : rc < 0 ? EIO : rc;
}

static void say(struct lmdb_store *lmdb, const char *what, const char *name, int rc)
{
    if (rc < 0 && rc != MDB_MAP_FULL)
        diag_error("store %.200s: %s %s: %s", lmdb->dir, what, name, mdb_strerror(rc));
    else
        trouble_say(&lmdb->trouble, lmdb->dir, what, name, errno_of(rc));
    errno = errno_of(rc);
}

/* The key as LMDB wants it; it does not write to it. */
static MDB_val name_key(const char *name)
{
    MDB_val key = {.mv_size = strlen(name)};
    memcpy(&key.mv_data, &name, sizeof name);
    return key;
}

/* ---- reading ---- */

static int find(const struct lmdb_store *lmdb, MDB_txn *txn, const char *name,
                struct picture_head *head)
{
    MDB_val key = name_key(name), val;
    int rc = mdb_get(txn, lmdb->env.names, &key, &val);
    return rc == 0 ? picture_head_read(head, &val) : rc;
}

/* The chunks of a picture into its blob. */
static int read_chunks(const struct lmdb_store *lmdb, MDB_txn *txn, const struct picture_head *head,
                       uint8_t *bytes)
{
    uint8_t raw[PICTURE_KEY_BYTES];
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(txn, lmdb->env.data, &cursor);
    if (rc != 0)
        return rc;
    MDB_val key = {sizeof raw, raw}, val;
    uint32_t index = 1;
    picture_key_write(raw, head->number, index);
    rc = head->len > 0 ? mdb_cursor_get(cursor, &key, &val, MDB_SET_KEY) : 0;
    for (uint64_t at = 0; rc == 0 && at < head->len; index++) {
        uint64_t left = head->len - at, number;
        uint64_t expected = left < PICTURE_CHUNK_BYTES ? left : PICTURE_CHUNK_BYTES;
        uint32_t found;
        rc = picture_key_read(&key, &number, &found);
        if (rc == 0 && (number != head->number || found != index || val.mv_size != expected))
            rc = MDB_CORRUPTED;
        if (rc != 0)
            break;
        memcpy(bytes + at, val.mv_data, expected);
        at += expected;
        if (at < head->len)
            rc = mdb_cursor_get(cursor, &key, &val, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return rc == 0 && crc32c(0, bytes, head->len) != head->crc ? MDB_CORRUPTED : rc;
}

static int read_picture(const struct lmdb_store *lmdb, MDB_txn *txn, const char *name,
                        struct blob **blob, int64_t *written_ms)
{
    struct picture_head head;
    int rc = find(lmdb, txn, name, &head);
    if (rc != 0)
        return rc;
    if (head.len > STORE_VALUE_MAX)
        return MDB_CORRUPTED;
    if (written_ms)
        *written_ms = (int64_t)head.written_ms;
    if (!blob)
        return 0;
    *blob = blob_create(head.len);
    rc = *blob ? read_chunks(lmdb, txn, &head, (*blob)->bytes) : ENOMEM;
    if (rc != 0) {
        blob_release(*blob);
        *blob = NULL;
    }
    return rc;
}

static enum store_result lmdb_get(struct store *store, const char *name, struct blob **blob,
                                  int64_t *written_ms)
{
    struct lmdb_store *lmdb = (struct lmdb_store *)store;
    MDB_txn *txn;
    int rc = mdb_txn_begin(lmdb->env.env, NULL, MDB_RDONLY, &txn);
    if (rc == 0) {
        rc = read_picture(lmdb, txn, name, blob, written_ms);
        mdb_txn_abort(txn);
    }
    if (rc == 0)
        return STORE_FOUND;
    if (rc == MDB_NOTFOUND)
        return STORE_ABSENT;
    say(lmdb, "reading", name, rc);
    return STORE_ERROR;
}

/* A child reads files: it gets one in memory. */
static int lmdb_open(struct store *store, const char *name)
{
    struct blob *blob;
    if (lmdb_get(store, name, &blob, NULL) != STORE_FOUND)
        return -1;
    int fd = memfd_create("picture", MFD_CLOEXEC);
    size_t at = 0;
    while (fd >= 0 && at < blob->len) {
        ssize_t put = write(fd, blob->bytes + at, blob->len - at);
        if (put < 0 && errno != EINTR) {
            close(fd);
            fd = -1;
        } else if (put > 0) {
            at += (size_t)put;
        }
    }
    blob_release(blob);
    if (fd >= 0 && lseek(fd, 0, SEEK_SET) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* ---- writing ---- */

/* The number behind the last one. */
static int next_number(MDB_cursor *cursor, uint64_t *number)
{
    MDB_val key;
    uint32_t index;
    int rc = mdb_cursor_get(cursor, &key, NULL, MDB_LAST);
    *number = 0;
    if (rc == MDB_NOTFOUND)
        return 0;
    if (rc == 0)
        rc = picture_key_read(&key, number, &index);
    ++*number;
    return rc;
}

/* Delete what has this number in `data`. */
static int remove_data(MDB_cursor *cursor, uint64_t number)
{
    for (;;) {
        uint8_t raw[PICTURE_KEY_BYTES];
        MDB_val key = {sizeof raw, raw}, val;
        uint64_t found;
        uint32_t index;
        picture_key_write(raw, number, 0);
        int rc = mdb_cursor_get(cursor, &key, &val, MDB_SET_RANGE);
        if (rc == 0)
            rc = picture_key_read(&key, &found, &index);
        if (rc == MDB_NOTFOUND || (rc == 0 && found != number))
            return 0;
        if (rc == 0)
            rc = mdb_cursor_del(cursor, 0);
        if (rc != 0)
            return rc;
    }
}

static int write_chunks(MDB_cursor *cursor, uint64_t number, const char *name, const uint8_t *bytes,
                        size_t len)
{
    uint8_t raw[PICTURE_KEY_BYTES];
    MDB_val key = {sizeof raw, raw}, val = name_key(name);
    picture_key_write(raw, number, 0);
    int rc = mdb_cursor_put(cursor, &key, &val, MDB_APPEND);
    uint32_t index = 1;
    for (size_t at = 0; rc == 0 && at < len; index++) {
        size_t part = len - at < PICTURE_CHUNK_BYTES ? len - at : PICTURE_CHUNK_BYTES;
        picture_key_write(raw, number, index);
        val = (MDB_val){.mv_size = part};
        rc = mdb_cursor_put(cursor, &key, &val, MDB_APPEND | MDB_RESERVE);
        if (rc == 0)
            memcpy(val.mv_data, bytes + at, part);
        at += part;
    }
    return rc;
}

/* One transaction: `work` does it with a cursor of `data` and the total, which it changes. */
struct change {
    int (*work)(const struct lmdb_store *lmdb, MDB_txn *txn, MDB_cursor *cursor, uint64_t *total,
                struct change *change);
    const char *name;
    const uint8_t *bytes;
    size_t len;
    int64_t written_ms;
};

static int run(const struct lmdb_store *lmdb, struct change *change)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    uint64_t total;
    int rc = mdb_txn_begin(lmdb->env.env, NULL, 0, &txn);
    if (rc != 0)
        return rc;
    rc = picture_total_read(&lmdb->env, txn, &total);
    if (rc == 0)
        rc = mdb_cursor_open(txn, lmdb->env.data, &cursor);
    if (rc == 0) {
        rc = change->work(lmdb, txn, cursor, &total, change);
        mdb_cursor_close(cursor);
    }
    if (rc == 0)
        rc = picture_total_write(&lmdb->env, txn, total);
    if (rc == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

/* Forget what the name has. 0 also when it has nothing. */
static int forget(const struct lmdb_store *lmdb, MDB_txn *txn, MDB_cursor *cursor, uint64_t *total,
                  const char *name)
{
    struct picture_head head;
    MDB_val key = name_key(name);
    int rc = find(lmdb, txn, name, &head);
    if (rc != 0)
        return rc == MDB_NOTFOUND ? 0 : rc;
    rc = remove_data(cursor, head.number);
    if (rc == 0)
        rc = mdb_del(txn, lmdb->env.names, &key, NULL);
    uint64_t cost = picture_cost(head.len);
    *total -= cost < *total ? cost : *total;
    return rc;
}

static uint64_t limit(const struct lmdb_store *lmdb)
{
    return lmdb->bytes / 100 * FILLED_PERCENT;
}

static int work_put(const struct lmdb_store *lmdb, MDB_txn *txn, MDB_cursor *cursor,
                    uint64_t *total, struct change *change)
{
    uint8_t raw[PICTURE_HEAD_BYTES];
    struct picture_head head = {
        .written_ms = (uint64_t)change->written_ms,
        .len = change->len,
        .crc = crc32c(0, change->bytes, change->len),
    };
    MDB_val key = name_key(change->name), val = {sizeof raw, raw};
    int rc = next_number(cursor, &head.number);
    if (rc == 0)
        rc = forget(lmdb, txn, cursor, total, change->name);
    if (rc == 0 && *total + picture_cost(change->len) > limit(lmdb))
        rc = MDB_MAP_FULL;
    if (rc == 0)
        rc = write_chunks(cursor, head.number, change->name, change->bytes, change->len);
    picture_head_write(raw, &head);
    if (rc == 0)
        rc = mdb_put(txn, lmdb->env.names, &key, &val, 0);
    *total += picture_cost(change->len);
    return rc;
}

static int work_remove(const struct lmdb_store *lmdb, MDB_txn *txn, MDB_cursor *cursor,
                       uint64_t *total, struct change *change)
{
    return forget(lmdb, txn, cursor, total, change->name);
}

/* Let the oldest go: a share of the file, or what a put of change->len needs, if that is more. */
static int work_evict(const struct lmdb_store *lmdb, MDB_txn *txn, MDB_cursor *cursor,
                      uint64_t *total, struct change *change)
{
    uint64_t goal = lmdb->bytes / EVICT_SHARE, needed = picture_cost(change->len), before = *total;
    int rc = 0;
    if (goal < needed)
        goal = needed;
    for (int i = 0; rc == 0 && i<EVICT_PICTURES && * total> 0 && before - *total < goal; i++) {
        char name[PICTURE_NAME_BYTES];
        MDB_val key, val;
        uint64_t number;
        uint32_t index;
        rc = mdb_cursor_get(cursor, &key, &val, MDB_FIRST);
        if (rc == 0)
            rc = picture_key_read(&key, &number, &index);
        if (rc == 0 && (index != 0 || val.mv_size >= sizeof name))
            rc = MDB_CORRUPTED;
        if (rc != 0)
            break;
        memcpy(name, val.mv_data, val.mv_size);
        name[val.mv_size] = '\0';
        rc = forget(lmdb, txn, cursor, total, name);
        if (rc == 0) /* nothing is left of it, but for the case that the name was elsewhere */
            rc = remove_data(cursor, number);
    }
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int lmdb_put(struct store *store, const char *name, const void *bytes, size_t len,
                    int64_t written_ms, bool durable)
{
    struct lmdb_store *lmdb = (struct lmdb_store *)store;
    struct change put = {work_put, name, bytes, len, written_ms}, evict = {work_evict, .len = len};
    if (len > lmdb->bytes / 4) {
        diag_warn("store %.200s: %s: %zu bytes are too large for a store of %llu", lmdb->dir, name,
                  len, (unsigned long long)lmdb->bytes);
        errno = EFBIG;
        return -1;
    }
    int rc = run(lmdb, &put);
    for (int i = 0; i < TRIES && rc == MDB_MAP_FULL; i++) {
        rc = run(lmdb, &evict);
        if (rc == 0)
            rc = run(lmdb, &put);
    }
    if (rc == 0 && durable)
        rc = mdb_env_sync(lmdb->env.env, 1);
    if (rc == 0)
        return 0;
    say(lmdb, "writing", name, rc);
    return -1;
}

static int lmdb_remove(struct store *store, const char *name)
{
    struct lmdb_store *lmdb = (struct lmdb_store *)store;
    struct change change = {.work = work_remove, .name = name};
    int rc = run(lmdb, &change);
    if (rc != 0)
        say(lmdb, "deleting", name, rc);
    return rc == 0 ? 0 : -1;
}

static void drop(struct lmdb_store *lmdb)
{
    picture_env_close(&lmdb->env);
    free(lmdb->dir);
    free(lmdb);
}

static void lmdb_close(struct store *store)
{
    drop((struct lmdb_store *)store);
}

struct store *lmdb_store_open(const char *dir, uint64_t bytes, char error[STORE_ERROR_BYTES])
{
    static const struct store_ops ops = {lmdb_get, lmdb_put, lmdb_remove, lmdb_open, lmdb_close};
    struct lmdb_store *lmdb;
    const char *wrong = "no memory";
    if (bytes < LMDB_STORE_MIN_BYTES) {
        snprintf(error, STORE_ERROR_BYTES, "%.120s: expected a size of at least 8M", dir);
        return NULL;
    }
    lmdb = calloc(1, sizeof *lmdb);
    if (lmdb) {
        lmdb->store.ops = &ops;
        lmdb->bytes = bytes;
        lmdb->env.lock = -1;
        lmdb->dir = strdup(dir);
        if (lmdb->dir)
            wrong = picture_env_open(&lmdb->env, dir, bytes);
        if (!wrong)
            return &lmdb->store;
        drop(lmdb);
    }
    snprintf(error, STORE_ERROR_BYTES, "%.120s: %.120s", dir, wrong);
    return NULL;
}
