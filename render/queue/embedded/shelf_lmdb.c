/* SPDX-License-Identifier: ISC */
/* shelf_lmdb: see shelf_lmdb.h. */
#include "render/queue/embedded/shelf_lmdb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lmdb.h>

#include "core/bytes.h"
#include "core/crc32c.h"
#include "sys/diag.h"

enum {
    FORMAT = 1,
    HEAD_BYTES = 12, /* of a record: CRC and time */
    DATABASES = QUEUE_TOPICS + 2,
    PATH_BYTES = 4096,
    PLACE_KEY_MAX = 16 + QUEUE_GROUP_MAX,
    SPARE_PAGES = 256, /* that appends leave: what is done must be deleted in a full queue, too */
    NEAR_PAGES = 16 * 1024,
    RECORD_PAGES = 2, /* that one record may touch beyond its bytes */
};

static const uint64_t default_map_bytes = (uint64_t)4 << 30;

struct shelf_lmdb {
    struct shelf shelf; /* first: a shelf is cast to it */
    char *dir;
    int lock_fd;
    MDB_env *env;
    MDB_dbi topics[QUEUE_TOPICS], places, meta;
    MDB_txn *txn;  /* of begin */
    int64_t pages; /* that its puts may still take */
    size_t page_bytes;
};

struct shelf_look {
    MDB_txn *txn; /* reset between two gets */
};

static struct shelf_lmdb *of(struct shelf *shelf)
{
    return (struct shelf_lmdb *)shelf;
}

static MDB_val text_value(const char *text)
{
    return (MDB_val){strlen(text), (void *)(uintptr_t)text};
}

/* ---- opening ---- */

/* Make the directory and take the lock that keeps a second process out. NULL, or what is wrong. */
static const char *claim(struct shelf_lmdb *l)
{
    char path[PATH_BYTES];
    if (mkdir(l->dir, 0750) != 0 && errno != EEXIST)
        return strerror(errno);
    snprintf(path, sizeof path, "%s/queue.lock", l->dir);
    l->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (l->lock_fd < 0)
        return strerror(errno);
    if (flock(l->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK
                   ? "another process has this queue open; several share one by --queue kafka://"
                   : strerror(errno);
    return NULL;
}

static void on_assert(MDB_env *env, const char *message)
{
    (void)env;
    diag_error("queue: LMDB found its file damaged (%s): stopping", message);
    _exit(1);
}

/* A file that ends before its last page would be a SIGBUS later: say so now. */
static const char *check_length(struct shelf_lmdb *l)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat st;
    int fd;
    if (mdb_env_info(l->env, &info) != 0 || mdb_env_stat(l->env, &stat) != 0 ||
        mdb_env_get_fd(l->env, &fd) != 0 || fstat(fd, &st) != 0)
        return "its size cannot be found out";
    if ((uint64_t)st.st_size < (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize)
        return "data.mdb has been cut short";
    return NULL;
}

static const char *open_env(struct shelf_lmdb *l, uint64_t map_bytes)
{
    int dead;
    int rc = mdb_env_create(&l->env);
    if (rc != 0)
        return mdb_strerror(rc);
    mdb_env_set_assert(l->env, on_assert);
    rc = mdb_env_set_mapsize(l->env, map_bytes ? (size_t)map_bytes : (size_t)default_map_bytes);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(l->env, DATABASES);
    /* NOTLS: a read transaction belongs to a look, not to the thread that began it. */
    if (rc == 0)
        rc = mdb_env_open(l->env, l->dir, MDB_NOTLS, 0640);
    if (rc == 0)
        rc = mdb_reader_check(l->env, &dead);
    if (rc == MDB_INVALID)
        return "its data.mdb is damaged, or not of LMDB";
    return rc == 0 ? check_length(l) : mdb_strerror(rc);
}

/* NULL, or what is wrong: is it a queue of this format? An empty environment becomes one. */
static const char *recognise(struct shelf_lmdb *l, MDB_txn *txn)
{
    uint8_t format[4];
    MDB_val key = text_value("format"), data;
    int rc = mdb_get(txn, l->meta, &key, &data);
    if (rc == 0 && data.mv_size == sizeof format)
        return load_u32(data.mv_data) == FORMAT ? NULL : "its format is not of this program";
    if (rc != MDB_NOTFOUND)
        return rc == 0 ? "it is not a queue of placed-render" : mdb_strerror(rc);
    store_u32(format, FORMAT);
    data = (MDB_val){sizeof format, format};
    rc = mdb_put(txn, l->meta, &key, &data, 0);
    return rc == 0 ? NULL : mdb_strerror(rc);
}

static const char *open_databases(struct shelf_lmdb *l)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(l->env, NULL, 0, &txn);
    if (rc != 0)
        return mdb_strerror(rc);
    rc = mdb_dbi_open(txn, "meta", MDB_CREATE, &l->meta);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "places", MDB_CREATE, &l->places);
    for (int t = 0; t < QUEUE_TOPICS && rc == 0; t++)
        rc = mdb_dbi_open(txn, queue_topic_name((enum queue_topic)t), MDB_CREATE | MDB_INTEGERKEY,
                          &l->topics[t]);
    const char *wrong = rc == MDB_INCOMPATIBLE ? "it is not a queue of placed-render"
                        : rc != 0              ? mdb_strerror(rc)
                                               : recognise(l, txn);
    if (wrong) {
        mdb_txn_abort(txn);
        return wrong;
    }
    rc = mdb_txn_commit(txn);
    return rc == 0 ? NULL : mdb_strerror(rc);
}

/* ---- loading ---- */

/* The first offset that is there, or high. An LMDB error code. */
static int find_low(MDB_txn *txn, MDB_dbi records, uint64_t high, uint64_t *low)
{
    MDB_cursor *cursor;
    MDB_val key, data;
    int rc = mdb_cursor_open(txn, records, &cursor);
    if (rc != 0)
        return rc;
    rc = mdb_cursor_get(cursor, &key, &data, MDB_FIRST);
    mdb_cursor_close(cursor);
    *low = high;
    if (rc == 0) {
        size_t first;
        memcpy(&first, key.mv_data, sizeof first);
        *low = first < high ? first : high;
    }
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static int load_bounds(struct shelf_lmdb *l, MDB_txn *txn, struct shelf_bounds bounds[QUEUE_TOPICS])
{
    int rc = 0;
    for (int t = 0; t < QUEUE_TOPICS && rc == 0; t++) {
        MDB_val key = text_value(queue_topic_name((enum queue_topic)t)), data;
        bounds[t] = (struct shelf_bounds){0};
        rc = mdb_get(txn, l->meta, &key, &data);
        if (rc == 0 && data.mv_size == 8)
            bounds[t].high = load_u64(data.mv_data);
        if (rc == 0 || rc == MDB_NOTFOUND)
            rc = find_low(txn, l->topics[t], bounds[t].high, &bounds[t].low);
    }
    return rc;
}

static void load_place(const MDB_val *key, const MDB_val *data, struct shelf_groups *groups)
{
    char name[PLACE_KEY_MAX + 1];
    if (key->mv_size > PLACE_KEY_MAX || data->mv_size != 8)
        return;
    memcpy(name, key->mv_data, key->mv_size);
    name[key->mv_size] = '\0';
    char *slash = strchr(name, '/');
    if (!slash)
        return;
    *slash = '\0';
    for (int t = 0; t < QUEUE_TOPICS; t++)
        if (strcmp(name, queue_topic_name((enum queue_topic)t)) == 0)
            groups->found(groups, (enum queue_topic)t, slash + 1, load_u64(data->mv_data));
}

static int load_places(struct shelf_lmdb *l, MDB_txn *txn, struct shelf_groups *groups)
{
    MDB_cursor *cursor;
    MDB_val key, data;
    int rc = mdb_cursor_open(txn, l->places, &cursor);
    if (rc != 0)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &data, MDB_NEXT)) == 0)
        load_place(&key, &data, groups);
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static const char *load(struct shelf *shelf, struct shelf_bounds bounds[QUEUE_TOPICS],
                        struct shelf_groups *groups)
{
    struct shelf_lmdb *l = of(shelf);
    MDB_txn *txn;
    int rc = mdb_txn_begin(l->env, NULL, MDB_RDONLY, &txn);
    if (rc != 0)
        return mdb_strerror(rc);
    rc = load_bounds(l, txn, bounds);
    if (rc == 0)
        rc = load_places(l, txn, groups);
    mdb_txn_abort(txn);
    return rc == 0 ? NULL : mdb_strerror(rc);
}

/* ---- one transaction ---- */

/* Pages that LMDB has noted as free, each of whose entries begins with their number. */
static int count_free(MDB_txn *txn, int64_t *pages)
{
    enum { FREE_DBI = 0 }; /* LMDB's own, which a read-only transaction may look at */
    MDB_cursor *cursor;
    MDB_val key, data;
    int rc = mdb_cursor_open(txn, FREE_DBI, &cursor);
    if (rc != 0)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &data, MDB_NEXT)) == 0) {
        size_t n;
        if (data.mv_size < sizeof n)
            continue;
        memcpy(&n, data.mv_data, sizeof n);
        *pages += (int64_t)n;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

/* How many pages may appends take? Free pages are counted only when the end of the map is near. */
static int find_room(struct shelf_lmdb *l)
{
    MDB_envinfo info;
    MDB_stat stat;
    MDB_txn *txn;
    int rc = mdb_env_info(l->env, &info);
    if (rc == 0)
        rc = mdb_env_stat(l->env, &stat);
    if (rc != 0)
        return rc;
    l->page_bytes = stat.ms_psize;
    l->pages = (int64_t)(info.me_mapsize / stat.ms_psize) - (int64_t)info.me_last_pgno - 1;
    if (l->pages < NEAR_PAGES) {
        rc = mdb_txn_begin(l->env, NULL, MDB_RDONLY, &txn);
        if (rc != 0)
            return rc;
        rc = count_free(txn, &l->pages);
        mdb_txn_abort(txn);
    }
    l->pages -= SPARE_PAGES;
    return rc;
}

static const char *begin(struct shelf *shelf)
{
    struct shelf_lmdb *l = of(shelf);
    int rc = find_room(l);
    if (rc == 0)
        rc = mdb_txn_begin(l->env, NULL, 0, &l->txn);
    return rc == 0 ? NULL : mdb_strerror(rc);
}

/* After a step of the transaction: go on, or end it. */
static const char *step(struct shelf_lmdb *l, int rc)
{
    if (rc == 0)
        return NULL;
    mdb_txn_abort(l->txn);
    l->txn = NULL;
    return rc == MDB_MAP_FULL ? "its address space is full" : mdb_strerror(rc);
}

/* Is there room for one more record? An LMDB error code. */
static int reserve(struct shelf_lmdb *l, size_t bytes)
{
    l->pages -= (int64_t)(bytes / l->page_bytes) + RECORD_PAGES;
    return l->pages < 0 ? MDB_MAP_FULL : 0;
}

static const char *put(struct shelf *shelf, enum queue_topic topic, uint64_t offset,
                       int64_t time_ms, const void *value, size_t len)
{
    struct shelf_lmdb *l = of(shelf);
    size_t number = (size_t)offset;
    MDB_val key = {sizeof number, &number}, data = {HEAD_BYTES + len, NULL};
    int rc = reserve(l, data.mv_size);
    if (rc == 0)
        rc = mdb_put(l->txn, l->topics[topic], &key, &data, MDB_APPEND | MDB_RESERVE);
    if (rc == 0) {
        uint8_t *bytes = data.mv_data;
        store_u64(bytes + 4, (uint64_t)time_ms);
        memcpy(bytes + HEAD_BYTES, value, len);
        store_u32(bytes, crc32c(0, bytes + 4, HEAD_BYTES - 4 + len));
    }
    return step(l, rc);
}

static const char *drop(struct shelf *shelf, enum queue_topic topic, uint64_t from, uint64_t to)
{
    struct shelf_lmdb *l = of(shelf);
    int rc = 0;
    for (size_t number = (size_t)from; number < to && rc == 0; number++) {
        MDB_val key = {sizeof number, &number};
        rc = mdb_del(l->txn, l->topics[topic], &key, NULL);
        if (rc == MDB_NOTFOUND)
            rc = 0;
    }
    return step(l, rc);
}

static int put_number(struct shelf_lmdb *l, MDB_dbi dbi, const char *name, uint64_t number)
{
    uint8_t bytes[8];
    store_u64(bytes, number);
    MDB_val key = text_value(name), data = {sizeof bytes, bytes};
    return mdb_put(l->txn, dbi, &key, &data, 0);
}

static const char *set_high(struct shelf *shelf, enum queue_topic topic, uint64_t high)
{
    struct shelf_lmdb *l = of(shelf);
    return step(l, put_number(l, l->meta, queue_topic_name(topic), high));
}

static const char *set_place(struct shelf *shelf, enum queue_topic topic, const char *group,
                             uint64_t place)
{
    struct shelf_lmdb *l = of(shelf);
    char name[PLACE_KEY_MAX + 1];
    snprintf(name, sizeof name, "%s/%s", queue_topic_name(topic), group);
    return step(l, put_number(l, l->places, name, place));
}

static const char *commit(struct shelf *shelf)
{
    struct shelf_lmdb *l = of(shelf);
    int rc = mdb_txn_commit(l->txn); /* frees it in any case */
    l->txn = NULL;
    return rc == 0 ? NULL : rc == ENOSPC ? "the disk is full" : mdb_strerror(rc);
}

/* ---- looking ---- */

static struct shelf_look *look_create(struct shelf *shelf)
{
    struct shelf_look *look = calloc(1, sizeof *look);
    if (look && mdb_txn_begin(of(shelf)->env, NULL, MDB_RDONLY, &look->txn) != 0) {
        free(look);
        return NULL;
    }
    if (look)
        mdb_txn_reset(look->txn);
    return look;
}

static void look_destroy(struct shelf *shelf, struct shelf_look *look)
{
    mdb_txn_abort(look->txn);
    free(look);
}

/* The length of the value, copied; 0: damaged. */
static size_t take(const MDB_val *data, uint8_t *value, int64_t *time_ms)
{
    const uint8_t *bytes = data->mv_data;
    if (data->mv_size <= HEAD_BYTES || data->mv_size > HEAD_BYTES + QUEUE_VALUE_MAX ||
        load_u32(bytes) != crc32c(0, bytes + 4, data->mv_size - 4))
        return 0;
    *time_ms = (int64_t)load_u64(bytes + 4);
    memcpy(value, bytes + HEAD_BYTES, data->mv_size - HEAD_BYTES);
    return data->mv_size - HEAD_BYTES;
}

static size_t get(struct shelf *shelf, struct shelf_look *look, enum queue_topic topic,
                  uint64_t offset, uint8_t *value, int64_t *time_ms)
{
    struct shelf_lmdb *l = of(shelf);
    size_t number = (size_t)offset, len = 0;
    MDB_val key = {sizeof number, &number}, data;
    int rc = mdb_txn_renew(look->txn);
    if (rc == 0)
        rc = mdb_get(look->txn, l->topics[topic], &key, &data);
    if (rc == 0)
        len = take(&data, value, time_ms);
    if (rc != MDB_NOTFOUND && len == 0)
        diag_error("queue in %s: record %llu of %s is skipped: %s", l->dir,
                   (unsigned long long)offset, queue_topic_name(topic),
                   rc == 0 ? "it is damaged" : mdb_strerror(rc));
    mdb_txn_reset(look->txn);
    return len;
}

static void close_shelf(struct shelf *shelf)
{
    struct shelf_lmdb *l = of(shelf);
    if (l->env)
        mdb_env_close(l->env);
    if (l->lock_fd >= 0)
        close(l->lock_fd);
    free(l->dir);
    free(l);
}

static const struct shelf_ops ops = {
    .load = load,
    .begin = begin,
    .put = put,
    .drop = drop,
    .set_high = set_high,
    .set_place = set_place,
    .commit = commit,
    .look_create = look_create,
    .look_destroy = look_destroy,
    .get = get,
    .close = close_shelf,
};

struct shelf *shelf_lmdb_open(const char *dir, uint64_t map_bytes, char error[QUEUE_ERROR_BYTES])
{
    struct shelf_lmdb *l = calloc(1, sizeof *l);
    if (!l) {
        snprintf(error, QUEUE_ERROR_BYTES, "no memory");
        return NULL;
    }
    l->shelf.ops = &ops;
    l->lock_fd = -1;
    l->dir = strdup(dir);
    const char *wrong = l->dir ? claim(l) : "no memory";
    if (!wrong)
        wrong = open_env(l, map_bytes);
    if (!wrong)
        wrong = open_databases(l);
    if (!wrong)
        return &l->shelf;
    snprintf(error, QUEUE_ERROR_BYTES, "queue in %.120s: %.110s", dir, wrong);
    close_shelf(&l->shelf);
    return NULL;
}
