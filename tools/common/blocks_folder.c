/* SPDX-License-Identifier: ISC */
/* blocks_folder: what is said of the blocks are the rows; the file of the block that is not
 * complete has no row, and its own checksums. */
#include "blocks_folder.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history/disk.h"
#include "history/progress.h"
#include "history/row.h"
#include "history/tail.h"

enum {
    NAME_DIGITS = 16, /* of the genesis id, in the folder's name */
    ROWS_BYTES_MAX = 256 * 1024 * 1024,
    LONGEST_BELOW = 80, /* of a path below the folder */
    TRIES = 5,
};

struct blocks_folder {
    struct blocks blocks; /* first: a blocks is cast to it */
    struct disk disk;
    uint64_t canvases, edits; /* as progress counts them */
};

static struct blocks_folder *of(struct blocks *blocks)
{
    return (struct blocks_folder *)blocks;
}

/* ---- where it is ---- */

static bool is_name(const char *name)
{
    return strlen(name) == NAME_DIGITS && strspn(name, "0123456789abcdef") == NAME_DIGITS;
}

static bool has_progress(const char *folder)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/progress", folder);
    return n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
}

/* The folder of the log: path itself, or the only one below it. How many there are. */
static size_t find(const char *path, char folder[PATH_MAX])
{
    if (has_progress(path)) {
        return (size_t)snprintf(folder, PATH_MAX, "%s", path) < PATH_MAX;
    }
    size_t found = 0;
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char below[PATH_MAX];
        int n = snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        if (!is_name(entry->d_name) || n < 0 || (size_t)n >= sizeof below || !has_progress(below))
            continue;
        memcpy(folder, below, (size_t)n + 1);
        found++;
    }
    if (dir)
        closedir(dir);
    return found;
}

bool blocks_folder_is(const char *path)
{
    char folder[PATH_MAX];
    return find(path, folder) > 0;
}

/* ---- reading ---- */

static int complain(char error[BLOCKS_ERROR_BYTES], const char *path, const char *what)
{
    snprintf(error, BLOCKS_ERROR_BYTES, "%.300s: %.150s", path, what);
    return -1;
}

static int read_file(struct disk_path path, size_t max, uint8_t **bytes, size_t *len,
                     char error[BLOCKS_ERROR_BYTES])
{
    return disk_read(path.text, max, bytes, len) == 0 ? 0
                                                      : complain(error, path.text, strerror(errno));
}

static const uint8_t *chain_before(const struct blocks_canvas *canvas, uint64_t number)
{
    return number > 0 ? canvas->rows[number - 1].chain : NULL;
}

static struct blocks_row row_from(const struct store_row *stored)
{
    struct blocks_row row = {
        .from = stored->from,
        .to = stored->to,
        .records = stored->records,
        .edits = stored->edits,
        .time = stored->time,
        .time_to = stored->time_to,
        .has_digests = true,
    };
    memcpy(row.sha256, stored->sha256, DIGEST_BYTES);
    memcpy(row.chain, stored->chain, DIGEST_BYTES);
    return row;
}

/* Records of the file of an open block as long as they are good and below `version`: what they come
 * to, and where they end. */
static size_t measure(const uint8_t *bytes, size_t len, uint64_t version, struct tail *tail)
{
    size_t at = 0;
    for (size_t one; at < len; at += one) {
        struct tail_record record;
        one = tail_record_at(tail->seed, bytes + at, len - at, &record);
        if (one == 0 || record.offset >= version || record.offset < tail->info.to ||
            record.n > UINT32_MAX - tail->info.edits)
            break;
        if (tail->info.records == 0)
            tail->info.time = record.time_ms;
        tail->info.time_to = record.time_ms;
        tail->info.to = record.offset + 1;
        tail->info.records++;
        tail->info.edits += record.n;
    }
    return at;
}

static void begin_tail(const struct blocks_folder *f, const struct blocks_canvas *canvas,
                       struct tail *tail)
{
    uint64_t number = canvas->n_rows;
    *tail = (struct tail){0};
    tail_begin(tail, canvas->position, f->blocks.genesis, number,
               number > 0 ? canvas->rows[number - 1].to : 0, chain_before(canvas, number));
}

/* The open block as a block of format 1, as far as progress stands for it. A file that is not there
 * is one without records. *info says what is in it. */
static int read_tail(const struct blocks_folder *f, const struct blocks_canvas *canvas,
                     struct store_tail *info, uint8_t **bytes, size_t *len,
                     char error[BLOCKS_ERROR_BYTES])
{
    struct disk_path path =
        disk_path(&f->disk, canvas->position, DISK_TAIL, (uint64_t)canvas->n_rows);
    struct tail tail;
    uint8_t *file = NULL;
    size_t file_len = 0;
    if (disk_read(path.text, BLOCKS_BYTES_MAX, &file, &file_len) != 0 && errno != ENOENT)
        return complain(error, path.text, strerror(errno));
    begin_tail(f, canvas, &tail);
    size_t good = measure(file, file_len, f->blocks.version, &tail);
    int result = tail_to_block(&tail.info, tail.seed, canvas->position, f->blocks.genesis, file,
                               good, bytes, len);
    *info = tail.info;
    free(file);
    return result == 0 ? 0 : complain(error, path.text, result < 0 ? "no memory" : "is damaged");
}

static int read_block(struct blocks *blocks, const struct blocks_canvas *canvas, uint64_t number,
                      uint8_t **bytes, size_t *len, char error[BLOCKS_ERROR_BYTES])
{
    const struct blocks_folder *f = of(blocks);
    struct store_tail info;
    if (number < canvas->n_rows)
        return read_file(disk_path(&f->disk, canvas->position, DISK_BLOCK, number),
                         BLOCKS_BYTES_MAX, bytes, len, error);
    if (read_tail(f, canvas, &info, bytes, len, error) != 0)
        return -1;
    if (info.to == canvas->tail.to)
        return 0;
    /* It has become complete since: its file is another. */
    free(*bytes);
    return read_file(disk_path(&f->disk, canvas->position, DISK_BLOCK, number), BLOCKS_BYTES_MAX,
                     bytes, len, error);
}

static void close_folder(struct blocks *blocks)
{
    free(blocks);
}

static const struct blocks_ops ops = {.read = read_block, .close = close_folder};

/* ---- opening ---- */

static int read_progress(struct blocks_folder *f, char error[BLOCKS_ERROR_BYTES])
{
    struct disk_path path = disk_progress_path(&f->disk, false);
    struct progress progress;
    uint8_t *bytes;
    size_t len;
    if (read_file(path, PROGRESS_BYTES, &bytes, &len, error) != 0)
        return -1;
    bool good = progress_decode(bytes, len, &progress);
    free(bytes);
    if (!good)
        return complain(error, path.text, "is damaged, or of another format");
    f->blocks.has_genesis = true;
    memcpy(f->blocks.genesis, progress.genesis, GENESIS_BYTES);
    memcpy(f->disk.genesis, progress.genesis, GENESIS_BYTES);
    f->blocks.version = progress.read;
    f->canvases = progress.canvases;
    f->edits = progress.edits;
    return 0;
}

static int read_rows(const struct blocks_folder *f, struct blocks_canvas *canvas,
                     char error[BLOCKS_ERROR_BYTES])
{
    struct disk_path path = disk_path(&f->disk, canvas->position, DISK_ROWS, 0);
    uint8_t *bytes = NULL;
    size_t len = 0;
    if (disk_read(path.text, ROWS_BYTES_MAX, &bytes, &len) != 0 && errno != ENOENT)
        return complain(error, path.text, strerror(errno));
    size_t n = len / ROW_BYTES; /* a torn one at the end is one that was being written */
    const char *wrong = NULL;
    canvas->rows = calloc(n + 1, sizeof *canvas->rows);
    for (size_t i = 0; canvas->rows && i < n && !wrong; i++) {
        struct store_row row;
        if (!row_decode(bytes + i * ROW_BYTES, i, chain_before(canvas, i), &row) ||
            row.from != (i > 0 ? canvas->rows[i - 1].to : 0))
            wrong = "has a row that is damaged, or does not go on with the chain";
        else
            canvas->rows[canvas->n_rows++] = row_from(&row);
    }
    free(bytes);
    if (!canvas->rows)
        wrong = "no memory";
    return wrong ? complain(error, path.text, wrong) : 0;
}

/* The file of the block that is not complete, as far as progress stands for it. */
static int read_open_block(struct blocks_folder *f, struct blocks_canvas *canvas,
                           char error[BLOCKS_ERROR_BYTES])
{
    struct store_tail info;
    uint8_t *bytes;
    size_t len;
    if (read_tail(f, canvas, &info, &bytes, &len, error) != 0)
        return -1;
    free(bytes);
    canvas->tail = (struct blocks_row){
        .from = info.from,
        .to = info.to,
        .records = info.records,
        .edits = info.edits,
        .time = info.time,
        .time_to = info.time_to,
    };
    return 0;
}

static off_t rows_size(const struct blocks_folder *f, struct position position)
{
    struct stat status;
    struct disk_path path = disk_path(&f->disk, position, DISK_ROWS, 0);
    return stat(path.text, &status) == 0 ? status.st_size : 0;
}

/* Rows and open block of one moment: a block that became complete in between has a row then, and
 * its working file is gone. */
static int read_canvas(struct blocks_folder *f, struct blocks_canvas *canvas,
                       char error[BLOCKS_ERROR_BYTES])
{
    for (int i = 0; i < TRIES; i++) {
        off_t size = rows_size(f, canvas->position);
        free(canvas->rows);
        canvas->rows = NULL;
        canvas->n_rows = 0;
        if (read_rows(f, canvas, error) != 0 || read_open_block(f, canvas, error) != 0)
            return -1;
        if (rows_size(f, canvas->position) != size)
            continue;
        canvas->version = canvas->tail.to;
        canvas->edits = canvas->tail.edits;
        for (size_t row = 0; row < canvas->n_rows; row++)
            canvas->edits += canvas->rows[row].edits;
        return 0;
    }
    return complain(error, f->disk.folder, "it changes faster than it can be read");
}

static int compare_positions(const void *a, const void *b)
{
    const struct position *x = a, *y = b;
    return x->gy != y->gy ? (x->gy < y->gy ? -1 : 1) : (x->gx > y->gx) - (x->gx < y->gx);
}

/* A file that is missing shows in the sums, unless the server has gone on since. */
static int check_sums(const struct blocks_folder *f, char error[BLOCKS_ERROR_BYTES])
{
    uint64_t edits = 0;
    for (size_t i = 0; i < f->blocks.n_canvases; i++) {
        if (f->blocks.canvases[i].version > f->blocks.version)
            return 0;
        edits += f->blocks.canvases[i].edits;
    }
    if (edits == f->edits && f->blocks.n_canvases == f->canvases)
        return 0;
    snprintf(error, BLOCKS_ERROR_BYTES,
             "%.200s: expected %" PRIu64 " edits of %" PRIu64 " canvases up to version %" PRIu64
             " (as its file progress says), found %" PRIu64 " of %zu",
             f->disk.folder, f->edits, f->canvases, f->blocks.version, edits, f->blocks.n_canvases);
    return -1;
}

static int read_canvases(struct blocks_folder *f, char error[BLOCKS_ERROR_BYTES])
{
    struct position *positions;
    size_t n;
    if (disk_list_canvases(&f->disk, &positions, &n) != 0)
        return complain(error, f->disk.folder, strerror(errno));
    if (n > 0)
        qsort(positions, n, sizeof *positions, compare_positions);
    f->blocks.canvases = calloc(n + 1, sizeof *f->blocks.canvases);
    int result = f->blocks.canvases ? 0 : complain(error, f->disk.folder, "no memory");
    for (size_t i = 0; i < n && result == 0; i++) {
        struct blocks_canvas *canvas = &f->blocks.canvases[f->blocks.n_canvases];
        canvas->position = positions[i];
        result = read_canvas(f, canvas, error);
        if (result != 0 || canvas->edits > 0) {
            f->blocks.n_canvases++;
        } else { /* nothing up to what progress stands for */
            free(canvas->rows);
            *canvas = (struct blocks_canvas){0};
        }
    }
    free(positions);
    return result == 0 ? check_sums(f, error) : result;
}

struct blocks *blocks_folder_open(const char *path, char error[BLOCKS_ERROR_BYTES])
{
    struct blocks_folder *f = calloc(1, sizeof *f);
    if (!f) {
        complain(error, path, "no memory");
        return NULL;
    }
    f->blocks.ops = &ops;
    size_t found = find(path, f->disk.folder);
    if (found == 0)
        complain(error, path, "no folder of history: there is no file progress in it");
    else if (found > 1)
        complain(error, path, "there are the histories of several logs: name one of the folders");
    else if (strlen(f->disk.folder) + LONGEST_BELOW >= sizeof f->disk.folder)
        complain(error, path, "too long a path");
    else if (read_progress(f, error) == 0 && read_canvases(f, error) == 0)
        return &f->blocks;
    blocks_close(&f->blocks);
    return NULL;
}
