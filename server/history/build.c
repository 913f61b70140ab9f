/* SPDX-License-Identifier: ISC */
/* build: see build.h. */
#include "history/build.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/keeper.h"
#include "history/load.h"
#include "plane/canvases.h"
#include "sys/clock.h"

enum {
    SAVE_MS = 1000,            /* so much work at most is lost to a kill */
    UNWRITTEN_BYTES = 8 << 20, /* of records in memory alone; then they are written at once */
    LOADED_BYTES = 32 << 20,   /* of open blocks that stay in memory after loading */
    TREE_DEPTH = 3,
};

struct build {
    struct fold fold;
    struct build_config config;
    struct keeper keeper;
    struct progress progress; /* as far as was read; its counts are the keeper's business */
    bool proven;              /* progress has an anchor */
    uint64_t saved;           /* progress->read on the disk; less is not written over it */
    struct shelf *last;       /* that got a record: the next one is often of the same canvas */
    size_t unwritten;         /* bytes */
    bool fresh, dirty;        /* records since the last publication, and since the last save */
    int64_t published_ms, saved_ms;
    bool failed;
    char error[KEEPER_ERROR_BYTES];
};

_Static_assert((int)LOAD_ERROR_BYTES <= (int)KEEPER_ERROR_BYTES, "an error of either");

static int fail(struct build *build, const char *what, const char *why)
{
    snprintf(build->error, sizeof build->error, "%s%s%s", what, *what ? ": " : "", why);
    build->failed = true;
    return -1;
}

static int fail_kept(struct build *build)
{
    return fail(build, "", build->keeper.error);
}

/* ---- publishing and saving ---- */

static void publish(struct build *build)
{
    store_publish(build->config.store, build->progress.read);
    metric_set(build->config.metrics, history_version, build->progress.read);
    build->published_ms = clock_now_ms();
    build->fresh = false;
    build->config.published(build->config.whom);
}

static void count(struct build *build)
{
    const struct shelves *shelves = store_shelves(build->config.store);
    uint64_t bytes = 0;
    for (size_t i = 0; i < shelves->n; i++)
        bytes += shelves->list[i]->disk_bytes + shelves->list[i]->tail.written;
    metric_set(build->config.metrics, history_bytes, bytes);
}

static int write_tails(struct build *build)
{
    if (keeper_write_tails(&build->keeper) != 0)
        return fail_kept(build);
    build->unwritten = 0;
    return 0;
}

/* While older records are read again for a canvas whose files were damaged, the progress stays what
 * it was: it says what the others have. */
static int save(struct build *build)
{
    if (write_tails(build) != 0)
        return -1;
    if (build->proven && build->progress.read >= build->saved &&
        keeper_write_progress(&build->keeper, build->progress) != 0)
        return fail_kept(build);
    if (build->progress.read > build->saved)
        build->saved = build->progress.read;
    build->dirty = false;
    build->saved_ms = clock_now_ms();
    count(build);
    return 0;
}

int build_tick(struct build *build)
{
    if (build->failed)
        return -1;
    int64_t now = clock_now_ms();
    if (build->fresh && now - build->published_ms >= build->config.publish_ms)
        publish(build);
    if (build->dirty && now - build->saved_ms >= SAVE_MS)
        return save(build);
    return 0;
}

int64_t build_due(const struct build *build)
{
    int64_t due = CLOCK_NEVER;
    if (build->fresh)
        due = build->published_ms + build->config.publish_ms;
    if (build->dirty && build->saved_ms + SAVE_MS < due)
        due = build->saved_ms + SAVE_MS;
    return due;
}

bool build_is_fresh(const struct build *build)
{
    return build->fresh;
}

int build_flush(struct build *build)
{
    if (build->failed)
        return -1;
    if (build->fresh)
        publish(build);
    return build->dirty ? save(build) : 0;
}

/* ---- the fold ---- */

static struct shelf *find_or_add(struct build *build, struct position position)
{
    struct store *store = build->config.store;
    if (build->last && position_equal(build->last->position, position))
        return build->last;
    const struct shelves *shelves = store_shelves(store);
    struct shelf *shelf = shelves_find(shelves, position);
    if (!shelf && shelves->n == CANVASES_PAINTED_MAX)
        fail(build, "history", "the log paints more canvases than a server can hold");
    else if (!shelf && !(shelf = store_add(store, position)))
        fail(build, "history", "out of memory");
    build->last = shelf;
    return shelf;
}

static int add(struct build *build, const struct record *record, const struct record_edits *edits)
{
    struct store *store = build->config.store;
    struct shelf *shelf = find_or_add(build, edits->position);
    if (!shelf)
        return -1;
    if (record->offset < shelf_version(shelf))
        return 0; /* it has it: the log is read again for another one */
    size_t before = tail_length(&shelf->tail);
    store_lock(store);
    int result =
        shelf_add(shelf, record->offset, record->time_ms, edits->edits, (uint32_t)edits->n);
    store_unlock(store);
    if (result != 0)
        return fail(build, "history", "out of memory");
    build->unwritten += tail_length(&shelf->tail) - before;
    if (shelf->tail.info.edits >= BLOCK_EDITS) {
        if (keeper_complete(&build->keeper, shelf) != 0)
            return fail_kept(build);
        metric_add(build->config.metrics, history_blocks_total, 1);
    }
    return build->unwritten > UNWRITTEN_BYTES ? write_tails(build) : 0;
}

static int on_record(struct fold *fold, const struct fold_record *record,
                     char error[FOLD_ERROR_BYTES])
{
    struct build *build = (struct build *)((char *)fold - offsetof(struct build, fold));
    if (!build->failed && record->edits.n > 0)
        add(build, record->record, &record->edits);
    if (build->failed) {
        snprintf(error, FOLD_ERROR_BYTES, "%.*s", FOLD_ERROR_BYTES - 1, build->error);
        return -1;
    }
    build->progress.read = record->record->offset + 1;
    build->progress.anchor = record->anchor;
    build->proven = build->fresh = build->dirty = true;
    return 0;
}

static void on_delivered(struct fold *fold)
{
    build_tick((struct build *)((char *)fold - offsetof(struct build, fold)));
}

struct fold *build_fold(struct build *build)
{
    return &build->fold;
}

/* ---- loading ---- */

/* The progress on the disk, if it is whole and of this log: 1; 0 when there is none to go by. */
static int load_progress(struct build *build)
{
    struct disk_path path = disk_progress_path(&build->keeper.disk, false);
    struct progress found;
    uint8_t *bytes;
    size_t len;
    if (disk_read(path.text, PROGRESS_BYTES, &bytes, &len) != 0) {
        if (errno == ENOENT || errno == EFBIG || errno == ENODATA)
            return 0;
        return fail(build, path.text, strerror(errno));
    }
    bool good = progress_decode(bytes, len, &found) &&
                memcmp(found.genesis, build->keeper.disk.genesis, GENESIS_BYTES) == 0;
    free(bytes);
    if (good)
        build->progress = found;
    return good;
}

/* Into *shelves: all canvases that have records. */
static int load_shelves(struct build *build, const volatile int *stop, struct shelves *shelves)
{
    const struct disk *disk = &build->keeper.disk;
    struct position *positions;
    size_t n, memory = 0;
    int result = 0;
    if (disk_list_canvases(disk, &positions, &n) != 0)
        return fail(build, disk->folder, strerror(errno));
    for (size_t i = 0; i < n && result == 0; i++) {
        struct shelf *shelf =
            load_canvas(disk, positions[i], build->progress.read, stop, build->keeper.error);
        if (!shelf) {
            result = fail_kept(build);
        } else if (shelf_version(shelf) == 0) {
            shelf_destroy(shelf);
        } else if (shelves_add(shelves, shelf) != 0) {
            shelf_destroy(shelf);
            result = fail(build, "history", "out of memory");
        } else if ((memory += shelf->tail.room) > LOADED_BYTES) {
            memory -= shelf->tail.room;
            tail_drop(&shelf->tail);
            memory += shelf->tail.room;
        }
    }
    free(positions);
    return result;
}

/* Is it all that was there when the progress was written? */
static bool is_whole(const struct shelves *shelves, const struct progress *progress)
{
    uint64_t edits = 0;
    for (size_t i = 0; i < shelves->n; i++)
        edits += shelves->list[i]->activity.edits;
    return shelves->n == progress->canvases && edits == progress->edits;
}

static int begin_folder(struct build *build, const uint8_t *genesis)
{
    const char *root = store_root(build->config.store);
    struct disk *disk = &build->keeper.disk;
    if (!disk_init(disk, root, genesis))
        return fail(build, root, "the path is too long");
    if (disk_make_folder(disk->folder) != 0)
        return fail(build, disk->folder, strerror(errno));
    disk_remove_others(root, disk);
    return 0;
}

/* Nothing proves what lies there. */
static int begin_anew(struct build *build)
{
    const char *folder = build->keeper.disk.folder;
    if (disk_remove_tree(folder, TREE_DEPTH) != 0 || disk_make_folder(folder) != 0)
        return fail(build, folder, strerror(errno));
    return 0;
}

static void forget(struct build *build)
{
    build->progress = (struct progress){0};
    build->proven = build->fresh = build->dirty = build->failed = false;
    build->saved = build->unwritten = 0;
    build->last = NULL;
    build->keeper.progress_inode = 0;
}

/* Of the log that is read now; the progress on the disk may be of another one, which the proof will
 * show. */
static void identify(struct progress *progress, const uint8_t *genesis,
                     struct log_identity identity)
{
    memcpy(progress->genesis, genesis, GENESIS_BYTES);
    snprintf(progress->cluster, sizeof progress->cluster, "%s", identity.cluster);
    snprintf(progress->topic, sizeof progress->topic, "%s", identity.topic);
}

int build_load(struct build *build, const uint8_t genesis[GENESIS_BYTES],
               struct log_identity identity, const volatile int *stop)
{
    struct shelves shelves = {0};
    forget(build);
    store_take_reports(build->config.store);
    if (begin_folder(build, genesis) != 0)
        return -1;
    int known = load_progress(build);
    if (known < 0)
        return -1;
    if (known == 0) {
        if (begin_anew(build) != 0)
            return -1;
        identify(&build->progress, genesis, identity);
    } else if (load_shelves(build, stop, &shelves) != 0) {
        shelves_finish(&shelves);
        return -1;
    }
    build->proven = known;
    build->saved = build->progress.read;
    build->fold.from = is_whole(&shelves, &build->progress) ? build->progress.read : 0;
    keeper_note_progress(&build->keeper);
    store_adopt(build->config.store, &build->keeper.disk, &shelves, build->fold.from);
    metric_set(build->config.metrics, history_version, build->fold.from);
    count(build);
    build->config.published(build->config.whom);
    build->published_ms = build->saved_ms = clock_now_ms();
    return 0;
}

bool build_proof(const struct build *build, struct reader_proof *proof)
{
    *proof = (struct reader_proof){.anchor = build->progress.anchor,
                                   .cluster = build->progress.cluster,
                                   .topic = build->progress.topic};
    return build->proven;
}

bool build_is_damaged(struct build *build)
{
    return store_take_reports(build->config.store) || keeper_is_bereft(&build->keeper);
}

int build_clear(struct build *build)
{
    return begin_anew(build);
}

const char *build_error(const struct build *build)
{
    return build->failed ? build->error : NULL;
}

const char *build_folder(const struct build *build)
{
    return build->keeper.disk.folder;
}

/* ---- making and releasing ---- */

struct build *build_create(const struct build_config *config)
{
    static const struct fold_ops ops = {.record = on_record, .delivered = on_delivered};
    struct build *build = calloc(1, sizeof *build);
    if (build) {
        build->fold.ops = &ops;
        build->config = *config;
        build->keeper.store = config->store;
    }
    return build;
}

void build_destroy(struct build *build)
{
    free(build);
}
