/* SPDX-License-Identifier: ISC */
/* local_store: see local_store.h. */
#include "log/local/local_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/bytes.h"
#include "sys/diag.h"

enum {
    FORMAT = 1,
    PATH_BYTES = 4096,
};

static const size_t default_map_bytes = (size_t)64 << 30;

static int fsync_dir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int rc = fsync(fd);
    close(fd);
    return rc;
}

/* New files last only when their directory does. */
static int persist_names(const struct local_store *store)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/..", store->dir);
    return fsync_dir(store->dir) == 0 ? fsync_dir(path) : -1;
}

/* Make the directory and take the lock that keeps a second process out. NULL, or what is wrong. */
static const char *claim(struct local_store *store)
{
    char path[PATH_BYTES];
    if (mkdir(store->dir, 0750) != 0 && errno != EEXIST)
        return strerror(errno);
    snprintf(path, sizeof path, "%s/placed.lock", store->dir);
    store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (store->lock_fd < 0)
        return strerror(errno);
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? "another process has this log open" : strerror(errno);
    return NULL;
}

static size_t choose_map_bytes(const struct local_store *store, size_t wanted)
{
    char path[PATH_BYTES];
    struct stat st;
    if (wanted > 0)
        return wanted;
    snprintf(path, sizeof path, "%s/data.mdb", store->dir);
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

/* NULL, or what is wrong. */
static const char *open_env(struct local_store *store, size_t map_bytes)
{
    int dead;
    int rc = mdb_env_create(&store->env);
    if (rc != 0)
        return mdb_strerror(rc);
    mdb_env_set_assert(store->env, on_assert);
    rc = mdb_env_set_mapsize(store->env, choose_map_bytes(store, map_bytes));
    if (rc == 0)
        rc = mdb_env_set_maxdbs(store->env, 2);
    if (rc ==
        0) /* NOTLS: a read transaction belongs to a reader, not to the thread that began it */
        rc = mdb_env_open(store->env, store->dir, MDB_NOTLS | (store->readonly ? MDB_RDONLY : 0),
                          0640);
    if (rc == 0)
        rc = mdb_reader_check(store->env, &dead);
    switch (rc) {
    case 0:
        return NULL;
    case MDB_INVALID:
        return "its data.mdb is damaged, or not of LMDB";
    case ENOMEM:
        return "the address space for it cannot be had: raise \"ulimit -v\", or reserve less "
               "(--log-space)";
    default:
        return mdb_strerror(rc);
    }
}

/* A file that ends before its last page would be a SIGBUS later: say so now. */
static const char *check_length(const struct local_store *store)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat st;
    int fd;
    if (mdb_env_info(store->env, &info) != 0 || mdb_env_stat(store->env, &stat) != 0 ||
        mdb_env_get_fd(store->env, &fd) != 0 || fstat(fd, &st) != 0)
        return "its size cannot be found out";
    if ((uint64_t)st.st_size < (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize)
        return "data.mdb has been cut short";
    return NULL;
}

/* LMDB keeps two heads, in the first two pages, and believes the one with the higher transaction
 * number. They are written in turn, so the numbers follow each other. A damaged number would make
 * LMDB go on from the commit before the last: what was committed last would be gone without a word.
 */
static const char *check_heads(const struct local_store *store)
{
    enum { TXNID_AT = 144, TXNID_BYTES = 8 }; /* in its page, in the format of LMDB 0.9 */
    MDB_stat stat;
    uint64_t txnid[2];
    int fd;
    if (mdb_env_stat(store->env, &stat) != 0 || mdb_env_get_fd(store->env, &fd) != 0)
        return "its heads cannot be read";
    for (int i = 0; i < 2; i++) {
        uint8_t bytes[TXNID_BYTES];
        if (pread(fd, bytes, sizeof bytes, (off_t)i * stat.ms_psize + TXNID_AT) != sizeof bytes)
            return "its heads cannot be read";
        txnid[i] = load_u64(bytes);
    }
    bool fresh = txnid[0] == 0 && txnid[1] == 0;
    if (!fresh && txnid[0] + 1 != txnid[1] && txnid[1] + 1 != txnid[0])
        return "data.mdb is damaged: its two heads do not follow each other";
    return NULL;
}

/* First use of a directory: format and identity. An LMDB error code. */
static int initialise(const struct local_store *store, MDB_txn *txn)
{
    uint8_t format[4], id[LOCAL_ID_BYTES];
    store_u32(format, FORMAT);
    if (getrandom(id, sizeof id, 0) != (ssize_t)sizeof id)
        return EIO;
    char name_format[] = "format", name_id[] = "id";
    MDB_val key = {strlen(name_format), name_format}, data = {sizeof format, format};
    int rc = mdb_put(txn, store->meta, &key, &data, MDB_NOOVERWRITE);
    key = (MDB_val){strlen(name_id), name_id};
    data = (MDB_val){sizeof id, id};
    return rc != 0 ? rc : mdb_put(txn, store->meta, &key, &data, MDB_NOOVERWRITE);
}

/* Format and identity of a log that exists. NULL, or what is wrong. */
static const char *recognise(struct local_store *store, MDB_txn *txn)
{
    char name_format[] = "format", name_id[] = "id";
    MDB_val key = {strlen(name_format), name_format}, data;
    if (mdb_get(txn, store->meta, &key, &data) != 0 || data.mv_size != 4)
        return "it is not a log of placed";
    if (load_u32(data.mv_data) != FORMAT)
        return "its format is newer than this program";
    key = (MDB_val){strlen(name_id), name_id};
    if (mdb_get(txn, store->meta, &key, &data) != 0 || data.mv_size != LOCAL_ID_BYTES)
        return "it has lost its identity";
    for (size_t i = 0; i < LOCAL_ID_BYTES; i++)
        snprintf(store->id + 2 * i, 3, "%02x", ((const uint8_t *)data.mv_data)[i]);
    return NULL;
}

/* The end of the log in an open transaction: an LMDB error code. */
static int find_high(const struct local_store *store, MDB_txn *txn, uint64_t *high)
{
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(txn, store->records, &cursor);
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

/* Open both databases, make them in an empty environment, and check them. NULL, or what is wrong.
 */
static const char *open_databases(struct local_store *store, uint64_t *high)
{
    const char *wrong = NULL;
    MDB_txn *txn;
    MDB_dbi main_db;
    MDB_stat stat;
    unsigned create = 0;
    int rc = mdb_txn_begin(store->env, NULL, store->readonly ? MDB_RDONLY : 0, &txn);
    if (rc != 0)
        return mdb_strerror(rc);
    rc = mdb_dbi_open(txn, NULL, 0, &main_db);
    if (rc == 0)
        rc = mdb_stat(txn, main_db, &stat);
    if (rc != 0)
        goto done;
    if (stat.ms_entries == 0 && !store->readonly)
        create = MDB_CREATE;
    rc = mdb_dbi_open(txn, "meta", create, &store->meta);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "records", create | MDB_INTEGERKEY, &store->records);
    if (rc == 0 && create)
        rc = initialise(store, txn);
    if (rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE) {
        wrong = "it is not a log of placed";
        goto done;
    }
    if (rc != 0 || (wrong = recognise(store, txn)))
        goto done;
    rc = mdb_stat(txn, store->records, &stat);
    if (rc == 0)
        rc = find_high(store, txn, high);
    if (rc == 0 && stat.ms_entries != *high)
        wrong = "records are missing in it";
done:
    if (rc == 0 && !wrong)
        rc = mdb_txn_commit(txn); /* the read-only one too: only then do the handles stay open */
    else
        mdb_txn_abort(txn);
    return wrong ? wrong : rc != 0 ? mdb_strerror(rc) : NULL;
}

int local_store_open(struct local_store *store, const char *dir, size_t map_bytes, bool readonly,
                     uint64_t *high, char error[LOG_ERROR_BYTES])
{
    const char *wrong = NULL;
    *store = (struct local_store){.lock_fd = -1, .readonly = readonly};
    store->dir = strdup(dir);
    if (!store->dir)
        wrong = "no memory";
    if (!wrong && !readonly)
        wrong = claim(store);
    if (!wrong)
        wrong = open_env(store, map_bytes);
    if (!wrong)
        wrong = check_length(store);
    if (!wrong && !readonly) /* another process may be writing the heads at this moment */
        wrong = check_heads(store);
    if (!wrong)
        wrong = open_databases(store, high);
    if (!wrong && !readonly && persist_names(store) != 0)
        wrong = strerror(errno);
    if (!wrong)
        return 0;
    snprintf(error, LOG_ERROR_BYTES, "%.120s: %s", dir, wrong);
    local_store_close(store);
    return -1;
}

void local_store_close(struct local_store *store)
{
    if (store->env)
        mdb_env_close(store->env);
    if (store->lock_fd >= 0)
        close(store->lock_fd);
    free(store->dir);
}

int local_store_high(const struct local_store *store, uint64_t *high)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
    if (rc != 0)
        return rc;
    rc = find_high(store, txn, high);
    mdb_txn_abort(txn);
    return rc;
}

int local_store_error(const struct local_store *store, int rc, char error[LOG_ERROR_BYTES])
{
    snprintf(error, LOG_ERROR_BYTES, "%.120s: %s", store->dir, mdb_strerror(rc));
    return -1;
}
