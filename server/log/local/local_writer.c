/* SPDX-License-Identifier: ISC */
/*
 * local_writer: everything that can go wrong with a disk is decided here.
 *
 * No room (disk or map full): LMDB has undone the transaction, so its batches are refused, the log
 * is read-only, and a probe larger than what failed is tried until it fits. Anything else
 * (EIO above all): what is on the disk is no longer known to this process, so it ends at once,
 * without reporting an outcome; the next one opens what was last committed.
 */
#include "log/local/local_writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "log/local/local_record.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    PROBE_FIRST_MS = 100,
    PROBE_LAST_MS = 2000,
    PROBE_TIMES = 4,
    PROBE_MIN_BYTES = 64 * 1024,
    PROBE_MAX_BYTES = 1024 * 1024, /* more than the largest record: groups become smaller again */
    FLUSH_MS = 5000,               /* at the destruction */
    ALARM_PERCENT = 80,            /* of the map */
    TIGHT_BYTES = 2 * 1024 * 1024,
};

/* A batch that was accepted and has no outcome yet. */
struct pending {
    struct pending *next;
    struct origin origin;
    int64_t time_ms; /* 0: that of the commit */
    size_t len;
    uint8_t bytes[]; /* the record */
};

struct local_writer {
    struct log_writer writer; /* first: a log_writer is cast to it */
    const struct local_store *store;
    struct local_tail *tail;
    pthread_t thread;
    int alarm_percent; /* the thread's: warn when so much of the map is used */
    uint64_t high;     /* the thread's: offset of the next record */
    atomic_int state;

    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t work;  /* the thread has something to do */
    pthread_cond_t idle;  /* nothing is in flight */
    struct pending *queue, **queue_end;
    struct pending *writing; /* what is in the transaction at the moment */
    size_t batches, bytes;   /* in flight: queued or being written */
    bool abandoned;          /* flush has reported the outcomes of `writing` */
    bool closing, stop;
};

static struct local_writer *of(struct log_writer *writer)
{
    return (struct local_writer *)writer;
}

static void __attribute__((noreturn)) die(struct local_writer *w, int rc)
{
    diag_error(
        "log in %s: %s: stopping, because what is on the disk is no longer certain. Nothing of "
        "it was acknowledged; start again to go on from the last commit",
        w->store->dir, mdb_strerror(rc));
    _exit(1);
}

/* Did this error undo the transaction only because there was no room for it? */
static bool is_no_room(struct local_writer *w, int rc)
{
    if (rc == ENOSPC || rc == EDQUOT || rc == MDB_MAP_FULL)
        return true;
    /* LMDB turns a short write, which is how a disk begins to be full, into EIO. */
    struct statvfs fs;
    return rc == EIO && statvfs(w->store->dir, &fs) == 0 &&
           (uint64_t)fs.f_bavail * fs.f_frsize < TIGHT_BYTES;
}

/* After a failure: LMDB marks an environment whose meta page it could not write. */
static void require_alive(struct local_writer *w)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(w->store->env, NULL, 0, &txn);
    if (rc != 0)
        die(w, rc);
    mdb_txn_abort(txn);
}

/* One durable transaction; an LMDB error code. */
static int commit(struct local_writer *w, struct pending *group, uint64_t high)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(w->store->env, NULL, 0, &txn);
    if (rc != 0)
        return rc;
    int64_t now = clock_wall_ms();
    for (struct pending *p = group; p && rc == 0; p = p->next, high++) {
        local_record_seal(p->bytes, p->len, high, p->time_ms ? p->time_ms : now);
        size_t offset = (size_t)high;
        MDB_val key = {sizeof offset, &offset}, data = {p->len, p->bytes};
        rc = mdb_put(txn, w->store->records, &key, &data, MDB_APPEND);
    }
    if (rc == 0)
        return mdb_txn_commit(txn); /* frees txn in any case */
    mdb_txn_abort(txn);
    return rc;
}

/* Write bytes and delete them again: what they took is now room inside the file. */
static int probe(struct local_writer *w, size_t bytes)
{
    char name[] = "probe";
    MDB_val key = {sizeof name - 1, name}, data = {bytes, NULL};
    MDB_txn *txn;
    int rc = mdb_txn_begin(w->store->env, NULL, 0, &txn);
    if (rc == 0) {
        rc = mdb_put(txn, w->store->meta, &key, &data, MDB_RESERVE);
        if (rc == 0) {
            memset(data.mv_data, 0, bytes);
            rc = mdb_txn_commit(txn);
        } else {
            mdb_txn_abort(txn);
        }
    }
    if (rc == 0)
        rc = mdb_txn_begin(w->store->env, NULL, 0, &txn);
    if (rc == 0) {
        rc = mdb_del(txn, w->store->meta, &key, NULL);
        if (rc == 0)
            rc = mdb_txn_commit(txn);
        else
            mdb_txn_abort(txn);
    }
    return rc;
}

static void watch_map(struct local_writer *w)
{
    MDB_envinfo info;
    MDB_stat stat;
    if (mdb_env_info(w->store->env, &info) != 0 || mdb_env_stat(w->store->env, &stat) != 0)
        return;
    double used = 100.0 * (double)(info.me_last_pgno + 1) * stat.ms_psize / (double)info.me_mapsize;
    if (used < w->alarm_percent)
        return;
    diag_warn(
        "log in %s: %.0f %% of its address space of %zu MiB is used; a restart reserves more, or "
        "--log-space",
        w->store->dir, used, info.me_mapsize >> 20);
    w->alarm_percent = (int)used + 1;
}

/* Report the outcome of a whole list and free it. Without the lock. */
static void report(struct local_writer *w, struct pending *list, enum log_outcome outcome,
                   bool silent)
{
    while (list) {
        struct pending *p = list;
        list = p->next;
        if (!silent)
            w->writer.outcomes->outcome(w->writer.outcomes, p->origin, outcome);
        free(p);
    }
}

/* Take what is queued. With the lock. */
static struct pending *take_queue(struct local_writer *w)
{
    struct pending *list = w->queue;
    w->queue = NULL;
    w->queue_end = &w->queue;
    return list;
}

/* These have their outcome: they no longer count. With the lock. */
static void settle(struct local_writer *w, size_t batches, size_t bytes)
{
    w->batches -= batches;
    w->bytes -= bytes;
    if (w->batches == 0)
        pthread_cond_broadcast(&w->idle);
}

/* Read-only until a probe fits. With the lock, which it gives up while it works or waits. */
static void wait_for_room(struct local_writer *w, size_t bytes)
{
    int pause_ms = PROBE_FIRST_MS;
    /* Clearly more than what failed: what that left in the file may just hold one more of it, and
     * the log would be writable for one batch at a time. */
    bytes *= PROBE_TIMES;
    bytes = bytes < PROBE_MIN_BYTES   ? PROBE_MIN_BYTES
            : bytes > PROBE_MAX_BYTES ? PROBE_MAX_BYTES
                                      : bytes;
    while (!w->closing) {
        int64_t until = clock_now_ms() + pause_ms;
        while (!w->closing && clock_wait(&w->work, &w->lock, until))
            ;
        if (w->closing)
            break;
        pthread_mutex_unlock(&w->lock);
        int rc = probe(w, bytes);
        if (rc != 0 && !is_no_room(w, rc))
            die(w, rc);
        if (rc != 0)
            require_alive(w);
        pthread_mutex_lock(&w->lock);
        if (rc == 0) {
            diag_info("log in %s: there is room again: writable", w->store->dir);
            atomic_store(&w->state, LOG_WRITABLE);
            break;
        }
        pause_ms = pause_ms * 2 < PROBE_LAST_MS ? pause_ms * 2 : PROBE_LAST_MS;
    }
}

/* Everything that waits, in one transaction. With the lock, which it gives up while it works. */
static void write_group(struct local_writer *w)
{
    struct pending *group = w->writing = take_queue(w);
    w->abandoned = false;
    pthread_mutex_unlock(&w->lock);

    size_t batches = 0, bytes = 0;
    for (struct pending *p = group; p; p = p->next) {
        batches++;
        bytes += p->len;
    }
    int rc = commit(w, group, w->high);
    if (rc == 0) {
        w->high += batches;
        local_tail_move(w->tail, w->high);
    } else {
        if (!is_no_room(w, rc))
            die(w, rc);
        require_alive(w);
        diag_error("log in %s: no room for %zu bytes: %s: read-only until there is", w->store->dir,
                   bytes,
                   rc == MDB_MAP_FULL ? "its address space is full, a restart reserves more, or "
                                        "--log-space"
                                      : "the disk is full");
    }

    pthread_mutex_lock(&w->lock);
    struct pending *refused = NULL;
    size_t refused_batches = 0, refused_bytes = 0;
    if (rc != 0) {
        /* What was queued meanwhile would wait for nobody knows how long. */
        atomic_store(&w->state, LOG_STALLED);
        refused = take_queue(w);
        refused_batches = w->batches - batches;
        refused_bytes = w->bytes - bytes;
    }
    bool silent = w->abandoned;
    w->writing = NULL;
    pthread_mutex_unlock(&w->lock);

    report(w, group, rc == 0 ? LOG_COMMITTED : LOG_REFUSED, silent);
    report(w, refused, LOG_REFUSED, false);
    if (rc == 0)
        watch_map(w);

    pthread_mutex_lock(&w->lock);
    settle(w, (silent ? 0 : batches) + refused_batches, (silent ? 0 : bytes) + refused_bytes);
    if (rc != 0)
        wait_for_room(w, bytes);
}

static void *run(void *arg)
{
    struct local_writer *w = arg;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->queue && !w->stop)
            pthread_cond_wait(&w->work, &w->lock);
        if (!w->queue)
            break;
        write_group(w);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* ---- the interface ---- */

static enum log_append append(struct log_writer *writer, const struct log_batch *batch)
{
    struct local_writer *w = of(writer);
    size_t len = local_record_size(batch);
    struct pending *p = malloc(sizeof *p + len);
    if (!p)
        return LOG_FULL;
    p->next = NULL;
    p->origin = batch->origin;
    p->time_ms = batch->time_ms;
    p->len = len;
    local_record_encode(p->bytes, batch);

    enum log_append result = LOG_ACCEPTED;
    pthread_mutex_lock(&w->lock);
    if (w->closing || atomic_load(&w->state) != LOG_WRITABLE) {
        result = LOG_READONLY;
    } else if (w->batches >= LOG_FLIGHT_BATCHES || w->bytes + len > LOG_FLIGHT_BYTES) {
        result = LOG_FULL;
    } else {
        *w->queue_end = p;
        w->queue_end = &p->next;
        w->batches++;
        w->bytes += len;
        pthread_cond_signal(&w->work);
        p = NULL;
    }
    pthread_mutex_unlock(&w->lock);
    free(p);
    return result;
}

static enum log_state state(struct log_writer *writer)
{
    return (enum log_state)atomic_load(&of(writer)->state);
}

static size_t record_max(struct log_writer *writer)
{
    (void)writer;
    return LOG_RECORD_MAX;
}

static void flush(struct log_writer *writer, int timeout_ms)
{
    struct local_writer *w = of(writer);
    int64_t until = clock_now_ms() + timeout_ms;
    struct origin *lost = NULL;
    size_t n_lost = 0, bytes = 0;

    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_broadcast(&w->work);
    while (w->batches > 0 && clock_wait(&w->idle, &w->lock, until))
        ;
    /* What no transaction has taken yet never will be written; what one has, nobody knows. */
    struct pending *refused = take_queue(w);
    size_t n_refused = 0;
    for (struct pending *p = refused; p; p = p->next) {
        n_refused++;
        bytes += p->len;
    }
    for (struct pending *p = w->abandoned ? NULL : w->writing; p; p = p->next)
        n_lost++;
    if (n_lost > 0 && (lost = calloc(n_lost, sizeof *lost))) {
        w->abandoned = true;
        n_lost = 0;
        for (struct pending *p = w->writing; p; p = p->next) {
            lost[n_lost++] = p->origin;
            bytes += p->len;
        }
    } else {
        n_lost = 0; /* no memory: then wait for the transaction below */
    }
    pthread_mutex_unlock(&w->lock);

    report(w, refused, LOG_REFUSED, false);
    for (size_t i = 0; i < n_lost; i++)
        writer->outcomes->outcome(writer->outcomes, lost[i], LOG_UNKNOWN);
    free(lost);

    pthread_mutex_lock(&w->lock);
    settle(w, n_refused + n_lost, bytes);
    /* The rest was committed just now, and is being reported. */
    while (w->batches > 0)
        pthread_cond_wait(&w->idle, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

static void destroy(struct log_writer *writer)
{
    struct local_writer *w = of(writer);
    flush(writer, FLUSH_MS);
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_broadcast(&w->work);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->idle);
    pthread_cond_destroy(&w->work);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

static const struct log_writer_ops ops = {
    .append = append,
    .state = state,
    .record_max = record_max,
    .flush = flush,
    .destroy = destroy,
};

struct log_writer *local_writer_create(const struct local_store *store, struct local_tail *tail,
                                       char error[LOG_ERROR_BYTES])
{
    int rc = ENOMEM;
    struct local_writer *w = calloc(1, sizeof *w);
    if (!w)
        goto no_memory;
    w->writer.ops = &ops;
    w->store = store;
    w->tail = tail;
    w->high = tail->high;
    w->alarm_percent = ALARM_PERCENT;
    w->queue_end = &w->queue;
    atomic_init(&w->state, LOG_WRITABLE);
    rc = pthread_mutex_init(&w->lock, NULL);
    if (rc != 0)
        goto no_lock;
    rc = clock_cond_init(&w->work);
    if (rc != 0)
        goto no_work;
    rc = clock_cond_init(&w->idle);
    if (rc != 0)
        goto no_idle;
    watch_map(w);
    rc = pthread_create(&w->thread, NULL, run, w);
    if (rc != 0)
        goto no_thread;
    return &w->writer;

no_thread:
    pthread_cond_destroy(&w->idle);
no_idle:
    pthread_cond_destroy(&w->work);
no_work:
    pthread_mutex_destroy(&w->lock);
no_lock:
    free(w);
no_memory:
    snprintf(error, LOG_ERROR_BYTES, "%.120s: the writer cannot be started: %s", store->dir,
             strerror(rc));
    return NULL;
}
