/* SPDX-License-Identifier: ISC */
/* picture_env: see picture_env.h. */
#include "render/store/picture_env.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/bytes.h"
#include "sys/diag.h"

enum {
    FORMAT = 1,
    PATH_BYTES = 4096,
    READERS = 512, /* that read at the same time */
};

static char format_key[] = "format", total_key[] = "total";

static MDB_val key_of(char *text)
{
    return (MDB_val){strlen(text), text};
}

/* ---- opening ---- */

static const char *claim(struct picture_env *env, const char *dir)
{
    char path[PATH_BYTES];
    if (mkdir(dir, 0755) != 0 && errno != EEXIST)
        return strerror(errno);
    if (snprintf(path, sizeof path, "%s/.lock", dir) >= (int)sizeof path)
        return strerror(ENAMETOOLONG);
    env->lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (env->lock < 0)
        return strerror(errno);
    if (flock(env->lock, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? "another process has this store open" : strerror(errno);
    return NULL;
}

static void on_assert(MDB_env *mdb, const char *message)
{
    (void)mdb;
    diag_error(
        "store: LMDB found its file damaged (%s): stopping; its folder may be deleted, the "
        "pictures are then rendered again",
        message);
    _exit(1);
}

/* A file that ends before its last page would be a SIGBUS later. */
static const char *check_length(MDB_env *mdb)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat st;
    int fd;
    if (mdb_env_info(mdb, &info) != 0 || mdb_env_stat(mdb, &stat) != 0 ||
        mdb_env_get_fd(mdb, &fd) != 0 || fstat(fd, &st) != 0)
        return "its size cannot be found out";
    if ((uint64_t)st.st_size < (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize)
        return "data.mdb has been cut short: delete the folder, the pictures are then rendered "
               "again";
    return NULL;
}

static const char *words(int rc)
{
    switch (rc) {
    case 0:
        return NULL;
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
        return "its data.mdb is damaged: delete the folder, the pictures are then rendered again";
    case ENOMEM:
        return "the address space for it cannot be had: raise \"ulimit -v\", or reserve less";
    default:
        return mdb_strerror(rc);
    }
}

/* An LMDB error code. */
static int open_databases(struct picture_env *env)
{
    uint8_t format[4];
    MDB_txn *txn;
    MDB_val key = key_of(format_key), val = {sizeof format, format};
    int rc = mdb_txn_begin(env->env, NULL, 0, &txn);
    if (rc != 0)
        return rc;
    store_u32(format, FORMAT);
    rc = mdb_dbi_open(txn, "meta", MDB_CREATE, &env->meta);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "names", MDB_CREATE, &env->names);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "data", MDB_CREATE, &env->data);
    if (rc == 0)
        rc = mdb_put(txn, env->meta, &key, &val, MDB_NOOVERWRITE);
    if (rc == MDB_KEYEXIST)
        rc = val.mv_size == 4 && load_u32(val.mv_data) == FORMAT ? 0 : MDB_VERSION_MISMATCH;
    if (rc == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

const char *picture_env_open(struct picture_env *env, const char *dir, uint64_t bytes)
{
    *env = (struct picture_env){.lock = -1};
    const char *wrong = claim(env, dir);
    if (wrong)
        return wrong;
    int rc = mdb_env_create(&env->env), dead;
    if (rc != 0)
        return words(rc);
    mdb_env_set_assert(env->env, on_assert);
    rc = mdb_env_set_mapsize(env->env, bytes / PICTURE_PAGE_BYTES * PICTURE_PAGE_BYTES);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(env->env, 3);
    if (rc == 0)
        rc = mdb_env_set_maxreaders(env->env, READERS);
    /* NOMETASYNC: one sync a commit instead of two; when the power fails the last commit may be
     * undone, never torn. NOTLS: threads may end while others read. */
    if (rc == 0)
        rc = mdb_env_open(env->env, dir, MDB_NOTLS | MDB_NOMETASYNC, 0644);
    if (rc == 0)
        rc = mdb_reader_check(env->env, &dead);
    wrong = words(rc);
    if (!wrong)
        wrong = check_length(env->env);
    return wrong ? wrong : words(open_databases(env));
}

void picture_env_close(struct picture_env *env)
{
    if (env->env) {
        mdb_env_sync(env->env, 1);
        mdb_env_close(env->env);
    }
    if (env->lock >= 0)
        close(env->lock);
}

/* ---- format ---- */

void picture_head_write(uint8_t bytes[PICTURE_HEAD_BYTES], const struct picture_head *head)
{
    store_u64(bytes, head->number);
    store_u64(bytes + 8, head->written_ms);
    store_u64(bytes + 16, head->len);
    store_u32(bytes + 24, head->crc);
}

int picture_head_read(struct picture_head *head, const MDB_val *val)
{
    const uint8_t *bytes = val->mv_data;
    if (val->mv_size != PICTURE_HEAD_BYTES)
        return MDB_CORRUPTED;
    *head = (struct picture_head){
        .number = load_u64(bytes),
        .written_ms = load_u64(bytes + 8),
        .len = load_u64(bytes + 16),
        .crc = load_u32(bytes + 24),
    };
    return 0;
}

void picture_key_write(uint8_t key[PICTURE_KEY_BYTES], uint64_t number, uint32_t index)
{
    for (int i = 0; i < 8; i++)
        key[i] = (uint8_t)(number >> (56 - 8 * i));
    for (int i = 0; i < 4; i++)
        key[8 + i] = (uint8_t)(index >> (24 - 8 * i));
}

int picture_key_read(const MDB_val *val, uint64_t *number, uint32_t *index)
{
    const uint8_t *key = val->mv_data;
    if (val->mv_size != PICTURE_KEY_BYTES)
        return MDB_CORRUPTED;
    *number = *index = 0;
    for (int i = 0; i < 8; i++)
        *number = *number << 8 | key[i];
    for (int i = 8; i < PICTURE_KEY_BYTES; i++)
        *index = *index << 8 | key[i];
    return 0;
}

uint64_t picture_cost(uint64_t len)
{
    enum { TREES = 512 }; /* its name twice, its keys, and half-filled pages of the trees */
    uint64_t chunks = len / PICTURE_CHUNK_BYTES, rest = len % PICTURE_CHUNK_BYTES;
    uint64_t pages =
        rest > 0 ? (rest + PICTURE_PAGE_HEAD + PICTURE_PAGE_BYTES - 1) / PICTURE_PAGE_BYTES : 0;
    return (4 * chunks + pages) * PICTURE_PAGE_BYTES + TREES;
}

int picture_total_read(const struct picture_env *env, MDB_txn *txn, uint64_t *total)
{
    MDB_val key = key_of(total_key), val;
    int rc = mdb_get(txn, env->meta, &key, &val);
    *total = 0;
    if (rc == 0 && val.mv_size != 8)
        rc = MDB_CORRUPTED;
    if (rc == 0)
        *total = load_u64(val.mv_data);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int picture_total_write(const struct picture_env *env, MDB_txn *txn, uint64_t total)
{
    uint8_t bytes[8];
    MDB_val key = key_of(total_key), val = {sizeof bytes, bytes};
    store_u64(bytes, total);
    return mdb_put(txn, env->meta, &key, &val, 0);
}
