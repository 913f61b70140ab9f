/* SPDX-License-Identifier: ISC */
/*
 * checkpoint: two slots in an LMDB environment, keys "0" and "1". A save overwrites the older one,
 * so that bit rot in the newest slot costs one interval and not the whole fold. LMDB makes each
 * save all or nothing, but has no checksums: the slot brings its own.
 *
 * A slot is 500,396 bytes, little-endian:
 *
 *       0   8  "plcdckpt"
 *       8   4  format: 1
 *      12   4  CRC-32C of the palette: red, green, blue of each of the 16 colours
 *      16   8  version of the canvas
 *      24   8  checksum of the canvas (PROTOCOL.md, "Checksum")
 *      32   8  anchor: offset
 *      40   8  anchor: time, ms
 *      48   4  anchor: CRC-32C
 *      52   4  1 when the genesis id is known, else 0
 *      56  16  genesis id, or zeros
 *      72  64  the log's cluster id, padded with NUL
 *     136 256  the log's topic, padded with NUL
 *     392 500,000  pixels, two a byte, row by row, the left one in the high half (as in the PNG)
 *  500392   4  CRC-32C of all before
 *
 * To change it: raise the format and keep reading the old one, or let the old one be a bad slot,
 * which costs one full fold at the next start.
 *
 * Space: a value is a run of 123 pages of 4 KiB. LMDB writes the new run beside the old ones and
 * reuses a freed one two commits later: the file stays at 5 runs (measured, 300 saves: 2.5 MB), and
 * a save never touches the newest slot.
 */
#include "derived/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/bytes.h"
#include "core/checksum.h"
#include "core/crc32c.h"
#include "sys/diag.h"
#include "core/palette.h"

enum {
    FORMAT = 1,
    AT_FORMAT = 8,
    AT_PALETTE = 12,
    AT_VERSION = 16,
    AT_CHECKSUM = 24,
    AT_ANCHOR_OFFSET = 32,
    AT_ANCHOR_TIME = 40,
    AT_ANCHOR_CRC = 48,
    AT_HAS_GENESIS = 52,
    AT_GENESIS = 56,
    AT_CLUSTER = 72,
    AT_TOPIC = 136,
    AT_PIXELS = 392,
    AT_CRC = AT_PIXELS + CANVAS_PIXELS / 2,
    SLOT_BYTES = AT_CRC + 4,
    SLOTS = 2,
    MAP_BYTES = 16 << 20,
};

static const char MAGIC[8] = {'p', 'l', 'c', 'd', 'c', 'k', 'p', 't'};

struct checkpoint {
    char *dir;
    int dir_fd; /* holds the lock that keeps other processes out */
    MDB_env *env;
    MDB_dbi dbi;
};

static uint32_t palette_crc(void)
{
    uint8_t bytes[3 * CANVAS_COLOURS];
    for (size_t i = 0; i < CANVAS_COLOURS; i++) {
        bytes[3 * i] = palette[i].red;
        bytes[3 * i + 1] = palette[i].green;
        bytes[3 * i + 2] = palette[i].blue;
    }
    return crc32c(0, bytes, sizeof bytes);
}

/* ---- a slot's bytes ---- */

static void slot_encode(uint8_t *slot, const struct canvas *canvas,
                        const struct checkpoint_log *log)
{
    memset(slot, 0, AT_PIXELS);
    memcpy(slot, MAGIC, sizeof MAGIC);
    store_u32(slot + AT_FORMAT, FORMAT);
    store_u32(slot + AT_PALETTE, palette_crc());
    store_u64(slot + AT_VERSION, canvas->version);
    store_u64(slot + AT_CHECKSUM, canvas->checksum);
    store_u64(slot + AT_ANCHOR_OFFSET, canvas->anchor.offset);
    store_u64(slot + AT_ANCHOR_TIME, (uint64_t)canvas->anchor.time_ms);
    store_u32(slot + AT_ANCHOR_CRC, canvas->anchor.crc);
    store_u32(slot + AT_HAS_GENESIS, canvas->has_genesis);
    if (canvas->has_genesis)
        memcpy(slot + AT_GENESIS, canvas->genesis, GENESIS_BYTES);
    memcpy(slot + AT_CLUSTER, log->cluster, strnlen(log->cluster, sizeof log->cluster - 1));
    memcpy(slot + AT_TOPIC, log->topic, strnlen(log->topic, sizeof log->topic - 1));
    const uint8_t *pixel = canvas->pixels;
    for (uint8_t *out = slot + AT_PIXELS; out < slot + AT_CRC; out++, pixel += 2)
        *out = (uint8_t)(pixel[0] << 4 | pixel[1]);
    store_u32(slot + AT_CRC, crc32c(0, slot, AT_CRC));
}

static uint64_t slot_checksum(const uint8_t *slot)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < CANVAS_PIXELS / 2; i++) {
        sum ^= checksum_pixel(2 * i, slot[AT_PIXELS + i] >> 4);
        sum ^= checksum_pixel(2 * i + 1, slot[AT_PIXELS + i] & 15);
    }
    return sum;
}

/* Why the bytes are no good, or NULL when they are whole. The CRC tells of the disk; that the
 * checksum fits the pixels, and the anchor the version, tells of whoever wrote them. */
static const char *slot_fault(const uint8_t *slot, size_t len)
{
    if (len != SLOT_BYTES || memcmp(slot, MAGIC, sizeof MAGIC) != 0)
        return "is not a checkpoint";
    if (load_u32(slot + AT_CRC) != crc32c(0, slot, AT_CRC))
        return "is damaged (CRC)";
    if (load_u32(slot + AT_FORMAT) != FORMAT)
        return "has an unknown format";
    if (load_u32(slot + AT_PALETTE) != palette_crc())
        return "was made with another palette";
    uint64_t version = load_u64(slot + AT_VERSION);
    if (version > 0 && load_u64(slot + AT_ANCHOR_OFFSET) >= version)
        return "has an anchor beyond its version";
    if (load_u64(slot + AT_CHECKSUM) != slot_checksum(slot))
        return "does not match its checksum";
    return NULL;
}

/* A whole slot into canvas. */
static void slot_decode(const uint8_t *slot, struct canvas *canvas, struct checkpoint_log *log)
{
    canvas_init(canvas);
    canvas->version = load_u64(slot + AT_VERSION);
    canvas->checksum = load_u64(slot + AT_CHECKSUM);
    canvas->anchor.offset = load_u64(slot + AT_ANCHOR_OFFSET);
    canvas->anchor.time_ms = (int64_t)load_u64(slot + AT_ANCHOR_TIME);
    canvas->anchor.crc = load_u32(slot + AT_ANCHOR_CRC);
    canvas->has_genesis = load_u32(slot + AT_HAS_GENESIS) == 1;
    memcpy(canvas->genesis, slot + AT_GENESIS, GENESIS_BYTES);
    memcpy(log->cluster, slot + AT_CLUSTER, sizeof log->cluster);
    memcpy(log->topic, slot + AT_TOPIC, sizeof log->topic);
    log->cluster[sizeof log->cluster - 1] = '\0';
    log->topic[sizeof log->topic - 1] = '\0';
    uint8_t *pixel = canvas->pixels;
    for (const uint8_t *in = slot + AT_PIXELS; in < slot + AT_CRC; in++) {
        *pixel++ = *in >> 4;
        *pixel++ = *in & 15;
    }
}

/* ---- LMDB ---- */

static MDB_val slot_key(int slot)
{
    static char names[SLOTS] = {'0', '1'};
    return (MDB_val){.mv_size = 1, .mv_data = &names[slot]};
}

/* Two slots as a transaction sees them; the bytes live as long as it does. */
struct slots {
    const uint8_t *bytes[SLOTS]; /* NULL: missing or faulty */
    const char *fault[SLOTS];    /* NULL: missing or whole */
};

static struct slots read_slots(struct checkpoint *checkpoint, MDB_txn *txn)
{
    struct slots slots = {0};
    for (int i = 0; i < SLOTS; i++) {
        MDB_val key = slot_key(i), value;
        int rc = mdb_get(txn, checkpoint->dbi, &key, &value);
        if (rc == MDB_NOTFOUND)
            continue;
        slots.fault[i] = rc ? mdb_strerror(rc) : slot_fault(value.mv_data, value.mv_size);
        if (!slots.fault[i])
            slots.bytes[i] = value.mv_data;
    }
    return slots;
}

/* The whole slot with the higher version, or -1. */
static int newest(const struct slots *slots)
{
    if (!slots->bytes[0] || !slots->bytes[1])
        return slots->bytes[0] ? 0 : slots->bytes[1] ? 1 : -1;
    return load_u64(slots->bytes[1] + AT_VERSION) > load_u64(slots->bytes[0] + AT_VERSION);
}

/* LMDB says EIO after a short write, and that is how a disk that is getting full often shows. */
static int report(const struct checkpoint *checkpoint, const char *what, int rc,
                  char error[CHECKPOINT_ERROR_BYTES])
{
    snprintf(error, CHECKPOINT_ERROR_BYTES, "checkpoint %s: %s: %s%s", checkpoint->dir, what,
             mdb_strerror(rc), rc == EIO ? " (or the disk is full)" : "");
    return -1;
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

static int environment_open(struct checkpoint *checkpoint)
{
    MDB_txn *txn;
    int rc = mdb_env_create(&checkpoint->env);
    if (rc) {
        checkpoint->env = NULL;
        return rc;
    }
    mdb_env_set_mapsize(checkpoint->env, MAP_BYTES);
    /* Durable (no MDB_NOSYNC) and never MDB_WRITEMAP: a full disk must be an error, not a SIGBUS.
     */
    rc = mdb_env_open(checkpoint->env, checkpoint->dir, MDB_NOTLS, 0644);
    if (rc == 0)
        rc = check_length(checkpoint->env);
    if (rc == 0)
        rc = mdb_txn_begin(checkpoint->env, NULL, MDB_RDONLY, &txn);
    if (rc == 0) {
        rc = mdb_dbi_open(txn, NULL, 0, &checkpoint->dbi);
        mdb_txn_abort(txn);
    }
    if (rc) {
        mdb_env_close(checkpoint->env);
        checkpoint->env = NULL;
    }
    return rc;
}

/* Does this error say that the file is not what LMDB wrote? The others (permission, disk, space)
 * are for the operator. */
static bool is_damage(int rc)
{
    return rc < 0 && rc != MDB_MAP_FULL && rc != MDB_TXN_FULL && rc != MDB_READERS_FULL &&
           rc != MDB_PANIC;
}

/* A checkpoint can be had again from the log, so damage must not keep the server from starting; the
 * file is kept for whoever wants to know. */
static int set_aside(struct checkpoint *checkpoint)
{
    if (renameat(checkpoint->dir_fd, "data.mdb", checkpoint->dir_fd, "data.mdb.damaged") < 0)
        return errno;
    diag_warn("checkpoint %s: data.mdb is damaged; kept as data.mdb.damaged, beginning a new one",
              checkpoint->dir);
    return 0;
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

struct checkpoint *checkpoint_open(const char *dir, char error[CHECKPOINT_ERROR_BYTES])
{
    struct checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    if (!checkpoint || !(checkpoint->dir = strdup(dir))) {
        snprintf(error, CHECKPOINT_ERROR_BYTES, "checkpoint %s: out of memory", dir);
        goto fail_memory;
    }
    if (make_directories(dir) < 0 ||
        (checkpoint->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
        report(checkpoint, "open", errno, error);
        goto fail_memory;
    }
    /* LMDB lets several processes write; two servers that share a directory would mix canvases. */
    if (flock(checkpoint->dir_fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
        snprintf(error, CHECKPOINT_ERROR_BYTES, "checkpoint %s: in use by another process", dir);
        goto fail_directory;
    }
    int rc = environment_open(checkpoint);
    /* ENOMEM, EINVAL: the meta page counts more pages than can be mapped. */
    if (is_damage(rc) || rc == ENOMEM || rc == EINVAL) {
        rc = set_aside(checkpoint);
        if (rc == 0)
            rc = environment_open(checkpoint);
    }
    if (rc) {
        report(checkpoint, "open", rc, error);
        goto fail_directory;
    }
    return checkpoint;

fail_directory:
    close(checkpoint->dir_fd);
fail_memory:
    if (checkpoint)
        free(checkpoint->dir);
    free(checkpoint);
    return NULL;
}

void checkpoint_close(struct checkpoint *checkpoint)
{
    if (!checkpoint)
        return;
    if (checkpoint->env)
        mdb_env_close(checkpoint->env);
    close(checkpoint->dir_fd);
    free(checkpoint->dir);
    free(checkpoint);
}

/* Begin to write. An environment that a failed write of its meta page has spoilt is opened anew. */
static int begin(struct checkpoint *checkpoint, MDB_txn **txn)
{
    int rc = checkpoint->env ? mdb_txn_begin(checkpoint->env, NULL, 0, txn) : MDB_PANIC;
    if (rc != MDB_PANIC)
        return rc;
    if (checkpoint->env)
        mdb_env_close(checkpoint->env);
    rc = environment_open(checkpoint);
    return rc ? rc : mdb_txn_begin(checkpoint->env, NULL, 0, txn);
}

/* ---- the operations ---- */

/* One attempt. 0 or an error of LMDB. */
static int save(struct checkpoint *checkpoint, const struct canvas *canvas,
                const struct checkpoint_log *log)
{
    MDB_txn *txn;
    int rc = begin(checkpoint, &txn);
    if (rc)
        return rc;
    /* A tool that died while it read would keep freed pages from being used again. */
    mdb_reader_check(checkpoint->env, NULL);
    struct slots slots = read_slots(checkpoint, txn);
    MDB_val key = slot_key(newest(&slots) == 0 ? 1 : 0), value = {.mv_size = SLOT_BYTES};
    rc = mdb_put(txn, checkpoint->dbi, &key, &value, MDB_RESERVE);
    if (rc) {
        mdb_txn_abort(txn);
        return rc;
    }
    slot_encode(value.mv_data, canvas, log);
    return mdb_txn_commit(txn); /* here a full disk shows */
}

enum checkpoint_load checkpoint_load(struct checkpoint *checkpoint, struct canvas *canvas,
                                     struct checkpoint_log *log)
{
    MDB_txn *txn;
    canvas_init(canvas);
    int rc = checkpoint->env ? mdb_txn_begin(checkpoint->env, NULL, MDB_RDONLY, &txn) : MDB_PANIC;
    if (rc) {
        diag_warn("checkpoint %s: load: %s", checkpoint->dir, mdb_strerror(rc));
        return CHECKPOINT_NONE;
    }
    struct slots slots = read_slots(checkpoint, txn);
    for (int i = 0; i < SLOTS; i++)
        if (slots.fault[i])
            diag_warn("checkpoint %s: slot %d %s", checkpoint->dir, i, slots.fault[i]);
    int slot = newest(&slots);
    if (slot >= 0)
        slot_decode(slots.bytes[slot], canvas, log);
    mdb_txn_abort(txn);
    /* Where a slot is damaged LMDB's own pages may be too, and it would trust them when it writes.
     */
    if (slots.fault[0] || slots.fault[1]) {
        mdb_env_close(checkpoint->env);
        checkpoint->env = NULL;
        if (set_aside(checkpoint) == 0 && environment_open(checkpoint) == 0 && slot >= 0)
            save(checkpoint, canvas, log);
    }
    return slot >= 0 ? CHECKPOINT_LOADED : CHECKPOINT_NONE;
}

int checkpoint_save(struct checkpoint *checkpoint, const struct canvas *canvas,
                    const struct checkpoint_log *log, char error[CHECKPOINT_ERROR_BYTES])
{
    int rc = save(checkpoint, canvas, log);
    if (is_damage(rc)) {
        if (checkpoint->env)
            mdb_env_close(checkpoint->env);
        checkpoint->env = NULL;
        rc = set_aside(checkpoint);
        if (rc == 0)
            rc = save(checkpoint, canvas, log);
    }
    return rc ? report(checkpoint, "save", rc, error) : 0;
}

int checkpoint_clear(struct checkpoint *checkpoint, char error[CHECKPOINT_ERROR_BYTES])
{
    MDB_txn *txn;
    int rc = begin(checkpoint, &txn);
    if (rc)
        return report(checkpoint, "clear", rc, error);
    rc = mdb_drop(txn, checkpoint->dbi, 0);
    if (rc)
        mdb_txn_abort(txn);
    else
        rc = mdb_txn_commit(txn);
    return rc ? report(checkpoint, "clear", rc, error) : 0;
}
