/* SPDX-License-Identifier: ISC */
/* disk: see disk.h. */
#include "history/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/decimal.h"
#include "core/hex.h"

enum {
    NAME_BYTES = 8, /* of the genesis in the folder's name */
    TREE_DEPTH = 3,
};

static const char digits[] = "0123456789abcdef";

/* ---- paths ---- */

bool disk_init(struct disk *disk, const char *root, const uint8_t genesis[GENESIS_BYTES])
{
    char name[HEX_BYTES(NAME_BYTES)];
    hex_encode(name, genesis, NAME_BYTES);
    memcpy(disk->genesis, genesis, GENESIS_BYTES);
    int len = snprintf(disk->folder, sizeof disk->folder, "%s/%s", root, name);
    return len > 0 && (size_t)len < sizeof disk->folder;
}

struct disk_path disk_path(const struct disk *disk, struct position position, enum disk_kind kind,
                           uint64_t number)
{
    static const char *const suffixes[] = {
        [DISK_BLOCK] = "bin", [DISK_KEYFRAME] = "key", [DISK_TAIL] = "open"};
    struct disk_path path;
    int at =
        snprintf(path.text, sizeof path.text, "%s/%d,%d", disk->folder, position.gx, position.gy);
    char *rest = path.text + at;
    size_t room = sizeof path.text - (size_t)at;
    if (kind == DISK_ROWS)
        snprintf(rest, room, "/rows");
    else if (kind == DISK_TEMP)
        snprintf(rest, room, "/temp");
    else if (kind != DISK_CANVAS)
        snprintf(rest, room, "/%" PRIu64 ".%s", number, suffixes[kind]);
    return path;
}

struct disk_path disk_progress_path(const struct disk *disk, bool temp)
{
    struct disk_path path;
    size_t len = strlen(disk->folder);
    memcpy(path.text, disk->folder, len);
    snprintf(path.text + len, sizeof path.text - len, temp ? "/progress.temp" : "/progress");
    return path;
}

/* ---- files ---- */

int disk_make_folder(const char *path)
{
    if (mkdir(path, 0755) == 0 || errno == EEXIST)
        return 0;
    char *parent = strdup(path), *slash = parent ? strrchr(parent, '/') : NULL;
    int result = -1;
    if (errno == ENOENT && slash && slash != parent) {
        *slash = '\0';
        result = disk_make_folder(parent) < 0 ? -1 : mkdir(path, 0755);
    }
    free(parent);
    return result;
}

static int close_failed(int fd, int error)
{
    close(fd);
    errno = error;
    return -1;
}

/* 0 at once, or when all has come. */
static int read_all(int fd, uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t got = read(fd, bytes, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = ENODATA;
        if (got <= 0)
            return -1;
        bytes += got;
        len -= (size_t)got;
    }
    return 0;
}

int disk_read(const char *path, size_t max, uint8_t **bytes, size_t *len)
{
    struct stat stat;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -1;
    if (fstat(fd, &stat) != 0)
        return close_failed(fd, errno);
    if (!S_ISREG(stat.st_mode) || stat.st_size < 0 || (uint64_t)stat.st_size > max)
        return close_failed(fd, EFBIG);
    *len = (size_t)stat.st_size;
    *bytes = malloc(*len ? *len : 1);
    if (!*bytes)
        return close_failed(fd, ENOMEM);
    if (read_all(fd, *bytes, *len) != 0) {
        int error = errno;
        free(*bytes);
        return close_failed(fd, error);
    }
    close(fd);
    return 0;
}

int disk_read_start(const char *path, uint8_t *bytes, size_t len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -1;
    if (read_all(fd, bytes, len) != 0)
        return close_failed(fd, errno);
    close(fd);
    return 0;
}

static int write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t put = write(fd, bytes, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        bytes += put;
        len -= (size_t)put;
    }
    return 0;
}

static int write_and_close(int fd, const uint8_t *bytes, size_t len)
{
    if (write_all(fd, bytes, len) != 0)
        return close_failed(fd, errno);
    return close(fd);
}

int disk_write(const char *temp, const char *path, const uint8_t *bytes, size_t len)
{
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return -1;
    if (write_and_close(fd, bytes, len) == 0 && rename(temp, path) == 0)
        return 0;
    int error = errno;
    unlink(temp);
    errno = error;
    return -1;
}

int disk_append(const char *path, size_t at, const uint8_t *bytes, size_t len)
{
    struct stat stat;
    int fd =
        open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (at == 0 ? O_CREAT : 0), 0644);
    if (fd < 0)
        return -1;
    if (fstat(fd, &stat) != 0)
        return close_failed(fd, errno);
    if (!S_ISREG(stat.st_mode) || (uint64_t)stat.st_size != at)
        return close_failed(fd, ESTALE);
    return write_and_close(fd, bytes, len);
}

/* ---- folders ---- */

static bool is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int remove_entries(int folder, int depth);

static int remove_entry(int folder, const char *name, int depth)
{
    if (unlinkat(folder, name, 0) == 0)
        return 0;
    if ((errno != EISDIR && errno != EPERM) || depth == 0)
        return -1;
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -1;
    return remove_entries(fd, depth - 1) != 0 ? -1 : unlinkat(folder, name, AT_REMOVEDIR);
}

/* Takes the descriptor. */
static int remove_entries(int folder, int depth)
{
    DIR *dir = fdopendir(folder);
    if (!dir)
        return close_failed(folder, errno);
    int result = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (!is_dot(entry->d_name) && remove_entry(dirfd(dir), entry->d_name, depth) != 0)
            result = -1;
    }
    int error = errno;
    closedir(dir);
    errno = error;
    return result;
}

int disk_remove_tree(const char *path, int depth)
{
    int result = remove_entry(AT_FDCWD, path, depth);
    return result != 0 && errno == ENOENT ? 0 : result;
}

static bool parse_position(const char *name, struct position *position)
{
    const char *comma = strchr(name, ',');
    int64_t gx, gy;
    return comma &&
           decimal_parse_canonical(name, (size_t)(comma - name), POSITION_MIN, POSITION_MAX, &gx) &&
           decimal_parse_canonical(comma + 1, strlen(comma + 1), POSITION_MIN, POSITION_MAX, &gy) &&
           position_from(gx, gy, position);
}

int disk_list_canvases(const struct disk *disk, struct position **positions, size_t *n)
{
    DIR *dir = opendir(disk->folder);
    size_t room = 0;
    *positions = NULL;
    *n = 0;
    if (!dir)
        return -1;
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct position position;
        if (!parse_position(entry->d_name, &position))
            continue;
        if (*n == room) {
            room = room ? 2 * room : 64;
            struct position *more = realloc(*positions, room * sizeof *more);
            if (!more) {
                free(*positions);
                closedir(dir);
                errno = ENOMEM;
                return -1;
            }
            *positions = more;
        }
        (*positions)[(*n)++] = position;
    }
    closedir(dir);
    return 0;
}

/* Is it a name that history gives, of something that is not needed? */
static bool is_stale(const char *name, struct disk_keep keep)
{
    const char *dot = strchr(name, '.');
    int64_t number;
    if (strcmp(name, "temp") == 0)
        return true;
    if (!dot || !decimal_parse_canonical(name, (size_t)(dot - name), 0, INT64_MAX, &number))
        return false;
    if (strcmp(dot, ".bin") == 0)
        return (uint64_t)number >= keep.blocks;
    if (strcmp(dot, ".key") == 0)
        return (uint64_t)number > keep.blocks;
    return strcmp(dot, ".open") == 0 && (!keep.tail || (uint64_t)number != keep.blocks);
}

void disk_sweep(const struct disk *disk, struct position position, struct disk_keep keep)
{
    struct disk_path path = disk_path(disk, position, DISK_CANVAS, 0);
    DIR *dir = opendir(path.text);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (is_stale(entry->d_name, keep))
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
}

size_t disk_remove_others(const char *root, const struct disk *disk)
{
    const char *own = strrchr(disk->folder, '/') + 1;
    DIR *dir = opendir(root);
    size_t removed = 0;
    if (!dir)
        return 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        const char *name = entry->d_name;
        if (strlen(name) == 2 * NAME_BYTES && strspn(name, digits) == 2 * NAME_BYTES &&
            strcmp(name, own) != 0)
            removed += remove_entry(dirfd(dir), name, TREE_DEPTH) == 0;
    }
    closedir(dir);
    return removed;
}
