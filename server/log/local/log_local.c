/* SPDX-License-Identifier: ISC */
/*
 * log_local: opening the environment, proving that it is a whole log, and reading it.
 *
 * In its directory: data.mdb and lock.mdb (LMDB's), and placed.lock, which the one process that may
 * write holds with flock. data.mdb has two databases:
 *   records   offset (native 8-byte integer, from 0, each one more than the one before)
 *             -> record, see log_local_record.c
 *   meta      "format" -> u32 = 1; "id" -> 16 random bytes, this log's own; "probe": see
 *             log_local_writer.c
 * A missing offset, a bad record, a file shorter than LMDB believes: each is an error, never
 * skipped.
 */
#include "log/local/log_local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <lmdb.h>

#include "core/bytes.h"
#include "sys/diag.h"
#include "log/local/log_local_record.h"
#include "log/local/log_local_writer.h"

enum {
    FORMAT = 1,
    ID_BYTES = 16,
    RECORDS_A_POLL = 4096,
    READONLY_LOOK_MS = 50, /* how often a read-only log looks for another process's records */
    PATH_BYTES = 4096,
};

static const size_t default_map_bytes = (size_t)64 << 30;

struct log_local {
    struct log log; /* first: a log is cast to it */
    struct local_store store;
    char *dir;
    int lock_fd;
    bool readonly;
    char id[2 * ID_BYTES + 1];
    struct local_writer *writer; /* NULL when read-only */

    /* the reader's */
    MDB_txn *txn; /* reset between polls */
    MDB_cursor *cursor;
    uint64_t next;     /* offset to deliver */
    uint64_t target;   /* the end at the last seek */
    atomic_bool woken; /* read-only: there is no writer to wait at */
};

static struct log_local *local_of(struct log *log)
{
    return (struct log_local *)log;
}

/* ---- reading ---- */

/* The end of the log in an open transaction: an LMDB error code. */
static int find_high(struct log_local *l, MDB_txn *txn, uint64_t *high)
{
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(txn, l->store.records, &cursor);
    if (rc != 0)
        return rc;
    MDB_val key, data;
    rc = mdb_cursor_get(cursor, &key, &data, MDB_LAST);
    *high = 0;
    if (rc == 0) {
        size_t last;
        memcpy(&last, key.mv_data, sizeof last);
        *high = (uint64_t)last + 1;
    } else if (rc == MDB_NOTFOUND) {
        rc = 0;
    }
    mdb_cursor_close(cursor);
    return rc;
}

static int read_high(struct log_local *l, uint64_t *high)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(l->store.env, NULL, MDB_RDONLY, &txn);
    if (rc != 0)
        return rc;
    rc = find_high(l, txn, high);
    mdb_txn_abort(txn);
    return rc;
}

static struct log_identity identify(struct log *log)
{
    return (struct log_identity){.cluster = local_of(log)->id, .topic = "local"};
}

static int bounds(struct log *log, struct log_bounds *result, char error[LOG_ERROR_BYTES])
{
    struct log_local *l = local_of(log);
    result->low = 0;
    int rc = read_high(l, &result->high);
    if (rc == 0)
        return 0;
    snprintf(error, LOG_ERROR_BYTES, "%s: %s", l->dir, mdb_strerror(rc));
    return -1;
}

static int seek(struct log *log, uint64_t offset, char error[LOG_ERROR_BYTES])
{
    struct log_local *l = local_of(log);
    struct log_bounds b;
    if (bounds(log, &b, error) != 0)
        return -1;
    if (offset > b.high) {
        snprintf(error, LOG_ERROR_BYTES, "%s: offset %llu is past the end of the log, %llu", l->dir,
                 (unsigned long long)offset, (unsigned long long)b.high);
        return -1;
    }
    l->next = offset;
    l->target = b.high;
    return 0;
}

/* Wait for a record at next, a wake or the time-out, in a log that somebody else writes. */
static int wait_readonly(struct log_local *l, int timeout_ms, uint64_t *high)
{
    for (;;) {
        int rc = read_high(l, high);
        if (rc != 0 || *high > l->next || timeout_ms <= 0 || atomic_exchange(&l->woken, false))
            return rc;
        int slice = timeout_ms < READONLY_LOOK_MS ? timeout_ms : READONLY_LOOK_MS;
        nanosleep(&(struct timespec){.tv_nsec = slice * 1000000L}, NULL);
        timeout_ms -= slice;
    }
}

/* Open, or take up again, the reader's transaction. An LMDB error code. */
static int begin_read(struct log_local *l)
{
    int rc;
    if (l->txn) {
        rc = mdb_txn_renew(l->txn);
        return rc != 0 ? rc : mdb_cursor_renew(l->txn, l->cursor);
    }
    rc = mdb_txn_begin(l->store.env, NULL, MDB_RDONLY, &l->txn);
    if (rc != 0)
        return rc;
    rc = mdb_cursor_open(l->txn, l->store.records, &l->cursor);
    if (rc != 0) {
        mdb_txn_abort(l->txn);
        l->txn = NULL;
    }
    return rc;
}

/* Deliver from next up to end. NULL, or why it cannot go on. */
static const char *deliver(struct log_local *l, uint64_t end, size_t *delivered)
{
    size_t offset = (size_t)l->next;
    MDB_val key = {sizeof offset, &offset}, data;
    int rc = mdb_cursor_get(l->cursor, &key, &data, MDB_SET_KEY);
    for (;;) {
        if (rc == MDB_NOTFOUND)
            return "it is missing";
        if (rc != 0)
            return mdb_strerror(rc);
        if (key.mv_size != sizeof offset || memcmp(key.mv_data, &offset, sizeof offset) != 0)
            return "another one stands in its place";
        struct record record;
        const char *wrong =
            local_record_decode((struct span){data.mv_data, data.mv_size}, offset, &record);
        if (wrong)
            return wrong;
        l->log.sink->record(l->log.sink, &record);
        ++*delivered;
        l->next = ++offset;
        if (offset >= end)
            return NULL;
        rc = mdb_cursor_get(l->cursor, &key, &data, MDB_NEXT);
    }
}

static enum log_event poll(struct log *log, int timeout_ms, size_t *delivered,
                           char error[LOG_ERROR_BYTES])
{
    struct log_local *l = local_of(log);
    uint64_t high;
    int rc = 0;
    *delivered = 0;
    if (l->writer)
        high = local_writer_wait(l->writer, l->next, timeout_ms);
    else
        rc = wait_readonly(l, timeout_ms, &high);
    if (rc == 0 && l->next >= high)
        return LOG_OK;
    if (rc == 0)
        rc = begin_read(l);
    if (rc != 0) {
        snprintf(error, LOG_ERROR_BYTES, "%s: %s", l->dir, mdb_strerror(rc));
        return LOG_FAILED;
    }
    uint64_t end = high - l->next > RECORDS_A_POLL ? l->next + RECORDS_A_POLL : high;
    const char *wrong = deliver(l, end, delivered);
    mdb_txn_reset(l->txn);
    if (!wrong)
        return LOG_OK;
    snprintf(error, LOG_ERROR_BYTES, "%s: the record at offset %llu cannot be read: %s", l->dir,
             (unsigned long long)l->next, wrong);
    return LOG_FAILED;
}

static bool caught_up(struct log *log)
{
    return local_of(log)->next >= local_of(log)->target;
}

static void wake(struct log *log)
{
    struct log_local *l = local_of(log);
    if (l->writer)
        local_writer_wake(l->writer);
    else
        atomic_store(&l->woken, true);
}

/* ---- writing ---- */

static enum log_append append(struct log *log, const struct log_batch *batch)
{
    struct log_local *l = local_of(log);
    return l->writer ? local_writer_append(l->writer, batch) : LOG_READONLY;
}

static enum log_state state(struct log *log)
{
    struct log_local *l = local_of(log);
    return l->writer ? local_writer_state(l->writer) : LOG_STALLED;
}

static void flush(struct log *log, int timeout_ms)
{
    if (local_of(log)->writer)
        local_writer_flush(local_of(log)->writer, timeout_ms);
}

static void destroy(struct log *log)
{
    struct log_local *l = local_of(log);
    local_writer_destroy(l->writer);
    if (l->txn) {
        mdb_cursor_close(l->cursor);
        mdb_txn_abort(l->txn);
    }
    if (l->store.env)
        mdb_env_close(l->store.env);
    if (l->lock_fd >= 0)
        close(l->lock_fd);
    free(l->dir);
    free(l);
}

/* ---- opening ---- */

static int fsync_dir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int rc = fsync(fd);
    close(fd);
    return rc;
}

/* Make the directory and take the lock that keeps a second process out. */
static int claim(struct log_local *l, char error[LOG_ERROR_BYTES])
{
    char path[PATH_BYTES];
    if (mkdir(l->dir, 0750) != 0 && errno != EEXIST) {
        snprintf(error, LOG_ERROR_BYTES, "%s: cannot make it: %s", l->dir, strerror(errno));
        return -1;
    }
    snprintf(path, sizeof path, "%s/placed.lock", l->dir);
    l->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (l->lock_fd < 0) {
        snprintf(error, LOG_ERROR_BYTES, "%s/placed.lock: %s", l->dir, strerror(errno));
        return -1;
    }
    if (flock(l->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        snprintf(error, LOG_ERROR_BYTES, "%s: %s", l->dir,
                 errno == EWOULDBLOCK ? "another process has this log open" : strerror(errno));
        return -1;
    }
    return 0;
}

static size_t choose_map_bytes(const struct log_local *l, size_t wanted)
{
    char path[PATH_BYTES];
    struct stat st;
    if (wanted > 0)
        return wanted;
    snprintf(path, sizeof path, "%s/data.mdb", l->dir);
    if (stat(path, &st) == 0 && (size_t)st.st_size > default_map_bytes / 4)
        return 4 * (size_t)st.st_size;
    return default_map_bytes;
}

static void on_assert(MDB_env *env, const char *message)
{
    (void)env;
    diag_error("log: LMDB found its file damaged (%s): stopping", message);
    _exit(1);
}

/* An LMDB error code. */
static int open_env(struct log_local *l, size_t map_bytes)
{
    int rc = mdb_env_create(&l->store.env);
    if (rc != 0)
        return rc;
    mdb_env_set_assert(l->store.env, on_assert);
    l->store.map_bytes = choose_map_bytes(l, map_bytes);
    rc = mdb_env_set_mapsize(l->store.env, l->store.map_bytes);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(l->store.env, 2);
    if (rc == 0) /* NOTLS: a read transaction belongs to us, not to the thread that began it */
        rc = mdb_env_open(l->store.env, l->dir, MDB_NOTLS | (l->readonly ? MDB_RDONLY : 0), 0640);
    int dead = 0;
    if (rc == 0)
        rc = mdb_reader_check(l->store.env, &dead);
    return rc;
}

/* A file that ends before its last page would be a SIGBUS later: say so now. */
static const char *check_length(struct log_local *l)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat st;
    int fd;
    if (mdb_env_info(l->store.env, &info) != 0 || mdb_env_stat(l->store.env, &stat) != 0 ||
        mdb_env_get_fd(l->store.env, &fd) != 0 || fstat(fd, &st) != 0)
        return "its size cannot be found out";
    if ((uint64_t)st.st_size < (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize)
        return "data.mdb has been cut short";
    return NULL;
}

/* First use of a directory: format and identity. An LMDB error code. */
static int initialise(struct log_local *l, MDB_txn *txn)
{
    uint8_t format[4], id[ID_BYTES];
    store_u32(format, FORMAT);
    if (getrandom(id, sizeof id, 0) != (ssize_t)sizeof id)
        return EIO;
    char name_format[] = "format", name_id[] = "id";
    MDB_val key = {strlen(name_format), name_format}, data = {sizeof format, format};
    int rc = mdb_put(txn, l->store.meta, &key, &data, MDB_NOOVERWRITE);
    key = (MDB_val){strlen(name_id), name_id};
    data = (MDB_val){sizeof id, id};
    return rc != 0 ? rc : mdb_put(txn, l->store.meta, &key, &data, MDB_NOOVERWRITE);
}

/* Format and identity of a log that exists. NULL, or what is wrong. */
static const char *recognise(struct log_local *l, MDB_txn *txn)
{
    char name_format[] = "format", name_id[] = "id";
    MDB_val key = {strlen(name_format), name_format}, data;
    if (mdb_get(txn, l->store.meta, &key, &data) != 0 || data.mv_size != 4)
        return "it is not a log of placed";
    if (load_u32(data.mv_data) != FORMAT)
        return "its format is newer than this program";
    key = (MDB_val){strlen(name_id), name_id};
    if (mdb_get(txn, l->store.meta, &key, &data) != 0 || data.mv_size != ID_BYTES)
        return "it has lost its identity";
    for (size_t i = 0; i < ID_BYTES; i++)
        snprintf(l->id + 2 * i, 3, "%02x", ((const uint8_t *)data.mv_data)[i]);
    return NULL;
}

/* Open both databases, make them in an empty environment, and check them. NULL, or what is wrong.
 */
static const char *open_databases(struct log_local *l, uint64_t *high)
{
    const char *wrong = NULL;
    MDB_txn *txn;
    MDB_dbi main_db;
    MDB_stat stat;
    unsigned create = 0;
    int rc = mdb_txn_begin(l->store.env, NULL, l->readonly ? MDB_RDONLY : 0, &txn);
    if (rc != 0)
        return mdb_strerror(rc);
    rc = mdb_dbi_open(txn, NULL, 0, &main_db);
    if (rc == 0)
        rc = mdb_stat(txn, main_db, &stat);
    if (rc != 0)
        goto done;
    if (stat.ms_entries == 0 && !l->readonly)
        create = MDB_CREATE;
    rc = mdb_dbi_open(txn, "meta", create, &l->store.meta);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "records", create | MDB_INTEGERKEY, &l->store.records);
    if (rc == 0 && create)
        rc = initialise(l, txn);
    if (rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE) {
        wrong = "it is not a log of placed";
        goto done;
    }
    if (rc != 0 || (wrong = recognise(l, txn)))
        goto done;
    rc = mdb_stat(txn, l->store.records, &stat);
    if (rc == 0)
        rc = find_high(l, txn, high);
    if (rc == 0 && stat.ms_entries != *high)
        wrong = "records are missing in it";
done:
    if (rc == 0 && !wrong)
        rc = mdb_txn_commit(txn); /* the read-only one too: only then do the handles stay open */
    else
        mdb_txn_abort(txn);
    return wrong ? wrong : rc != 0 ? mdb_strerror(rc) : NULL;
}

/* New files last only when their directory does. */
static int persist_names(struct log_local *l)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/..", l->dir);
    return fsync_dir(l->dir) == 0 ? fsync_dir(path) : -1;
}

static const struct log_ops ops = {
    .identify = identify,
    .bounds = bounds,
    .seek = seek,
    .poll = poll,
    .caught_up = caught_up,
    .wake = wake,
    .append = append,
    .state = state,
    .flush = flush,
    .destroy = destroy,
};

static struct log *open_log(const char *dir, size_t map_bytes, bool readonly,
                            char error[LOG_ERROR_BYTES])
{
    const char *wrong = NULL;
    uint64_t high = 0;
    struct log_local *l = calloc(1, sizeof *l);
    if (!l) {
        snprintf(error, LOG_ERROR_BYTES, "no memory");
        return NULL;
    }
    l->log.ops = &ops;
    l->readonly = readonly;
    l->lock_fd = -1;
    l->dir = strdup(dir);
    if (!l->dir) {
        wrong = "no memory";
        goto fail;
    }
    l->store.dir = l->dir;
    if (!readonly && claim(l, error) != 0)
        goto fail_said;
    int rc = open_env(l, map_bytes);
    if (rc != 0)
        wrong = rc == MDB_INVALID ? "its data.mdb is damaged, or not of LMDB" : mdb_strerror(rc);
    else if (!(wrong = check_length(l)))
        wrong = open_databases(l, &high);
    if (wrong)
        goto fail;
    if (readonly)
        return &l->log;
    if (persist_names(l) != 0) {
        wrong = strerror(errno);
        goto fail;
    }
    l->writer = local_writer_create(&l->store, high, &l->log);
    if (!l->writer) {
        wrong = strerror(errno);
        goto fail;
    }
    return &l->log;

fail:
    snprintf(error, LOG_ERROR_BYTES, "%s: %s", dir, wrong);
fail_said:
    destroy(&l->log);
    return NULL;
}

struct log *log_local_open(const char *dir, size_t map_bytes, char error[LOG_ERROR_BYTES])
{
    return open_log(dir, map_bytes, false, error);
}

struct log *log_local_open_readonly(const char *dir, char error[LOG_ERROR_BYTES])
{
    return open_log(dir, 0, true, error);
}
