/* SPDX-License-Identifier: ISC */
/* checkpoint_store: see checkpoint_store.h. */
#include "derived/checkpoint_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/diag.h"

enum { MAP_BYTES = 64 << 20 }; /* of address space, to begin with */

/* LMDB says EIO after a short write, and that is how a disk that is getting full often shows. */
int checkpoint_store_report(const struct checkpoint_store *store, const char *what, int rc,
                            char error[CHECKPOINT_STORE_ERROR_BYTES])
{
    snprintf(error, CHECKPOINT_STORE_ERROR_BYTES, "checkpoint %s: %s: %s%s", store->dir, what,
             mdb_strerror(rc), rc == EIO ? " (or the disk is full)" : "");
    return -1;
}

bool checkpoint_store_is_damage(int rc)
{
    return rc < 0 && rc != MDB_MAP_FULL && rc != MDB_TXN_FULL && rc != MDB_READERS_FULL &&
           rc != MDB_PANIC;
}

/* Does the file hold all pages that its meta page counts? A read beyond its end would be SIGBUS. */
static int check_length(MDB_env *env)
{
    MDB_envinfo info;
    MDB_stat stat;
    mdb_filehandle_t fd;
    struct stat file;
    int rc = mdb_env_info(env, &info);
    if (rc == 0)
        rc = mdb_env_stat(env, &stat);
    if (rc == 0)
        rc = mdb_env_get_fd(env, &fd);
    if (rc == 0 && fstat(fd, &file) < 0)
        rc = errno;
    if (rc)
        return rc;
    uint64_t pages = (uint64_t)file.st_size / stat.ms_psize;
    return info.me_last_pgno < pages ? 0 : MDB_CORRUPTED;
}

static void environment_close(struct checkpoint_store *store)
{
    if (store->env)
        mdb_env_close(store->env);
    store->env = NULL;
}

static int environment_open(struct checkpoint_store *store)
{
    MDB_txn *txn;
    int rc = mdb_env_create(&store->env);
    if (rc) {
        store->env = NULL;
        return rc;
    }
    mdb_env_set_mapsize(store->env, MAP_BYTES); /* more when the file is longer */
    /* Durable (no MDB_NOSYNC), and no MDB_WRITEMAP: with it a full disk is a SIGBUS instead of an
     * error. */
    rc = mdb_env_open(store->env, store->dir, MDB_NOTLS, 0644);
    if (rc == 0)
        rc = check_length(store->env);
    if (rc == 0)
        rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
    if (rc == 0) {
        rc = mdb_dbi_open(txn, NULL, 0, &store->dbi);
        mdb_txn_abort(txn);
    }
    if (rc)
        environment_close(store);
    return rc;
}

int checkpoint_store_renew(struct checkpoint_store *store, bool keep)
{
    environment_close(store);
    int failed = keep ? renameat(store->dir_fd, "data.mdb", store->dir_fd, "data.mdb.damaged")
                      : unlinkat(store->dir_fd, "data.mdb", 0);
    if (failed)
        return errno;
    if (keep)
        diag_warn(
            "checkpoint %s: data.mdb is damaged; kept as data.mdb.damaged, beginning a new "
            "one",
            store->dir);
    return environment_open(store);
}

static int make_directories(const char *dir)
{
    if (mkdir(dir, 0755) == 0 || errno == EEXIST)
        return 0;
    char *parent = strdup(dir), *slash = parent ? strrchr(parent, '/') : NULL;
    int result = -1;
    if (errno == ENOENT && slash && slash != parent) {
        *slash = '\0';
        result = make_directories(parent) < 0 ? -1 : mkdir(dir, 0755);
    }
    free(parent);
    return result;
}

int checkpoint_store_open(struct checkpoint_store *store, const char *dir,
                          char error[CHECKPOINT_STORE_ERROR_BYTES])
{
    *store = (struct checkpoint_store){.dir_fd = -1, .dir = strdup(dir)};
    if (!store->dir) {
        snprintf(error, CHECKPOINT_STORE_ERROR_BYTES, "checkpoint %s: out of memory", dir);
        goto fail;
    }
    if (make_directories(dir) < 0 ||
        (store->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
        checkpoint_store_report(store, "open", errno, error);
        goto fail;
    }
    /* LMDB lets several processes write; two servers that share a directory would mix canvases. */
    if (flock(store->dir_fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
        snprintf(error, CHECKPOINT_STORE_ERROR_BYTES, "checkpoint %s: in use by another process",
                 dir);
        goto fail;
    }
    int rc = environment_open(store);
    /* ENOMEM, EINVAL: the meta page counts more pages than can be mapped. */
    if (checkpoint_store_is_damage(rc) || rc == ENOMEM || rc == EINVAL)
        rc = checkpoint_store_renew(store, true);
    if (rc) {
        checkpoint_store_report(store, "open", rc, error);
        goto fail;
    }
    return 0;

fail:
    checkpoint_store_close(store);
    return -1;
}

void checkpoint_store_close(struct checkpoint_store *store)
{
    environment_close(store);
    if (store->dir_fd >= 0)
        close(store->dir_fd);
    free(store->dir);
}

/* An environment that a failed write of its meta page has spoilt is opened anew. */
int checkpoint_store_begin(struct checkpoint_store *store, unsigned flags, MDB_txn **txn)
{
    int rc = store->env ? mdb_txn_begin(store->env, NULL, flags, txn) : MDB_PANIC;
    if (rc != MDB_PANIC)
        return rc;
    environment_close(store);
    rc = environment_open(store);
    return rc ? rc : mdb_txn_begin(store->env, NULL, flags, txn);
}

int checkpoint_store_grow(struct checkpoint_store *store)
{
    MDB_envinfo info;
    int rc = mdb_env_info(store->env, &info);
    return rc ? rc : mdb_env_set_mapsize(store->env, 2 * info.me_mapsize);
}
