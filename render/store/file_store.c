/* SPDX-License-Identifier: ISC */
/*
 * file_store: see file_store.h. Below the folder: the pictures by their names; .temp, files that
 * are being written; .lock; .synced (proven.h). A file is written in .temp and renamed, so whoever
 * opens a name sees one whole put.
 *
 * Several servers may share a folder, also on a network's disk. Each holds .lock shared; the one
 * that finds itself alone when it opens tidies up what crashes have left, behind the exclusive
 * lock.
 */
#include "render/store/file_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/store/beneath.h"
#include "render/store/proven.h"
#include "render/store/trouble.h"
#include "sys/clock.h"

enum {
    COPY_MS = 1000, /* what was written so long ago is a copy, whose time is set */
    TEMP_BYTES = 48,
    FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
};

struct file_store {
    struct store store;
    char *dir;
    int folder, temp, lock;
    uint64_t process;     /* at random: in the names of its files in .temp, */
    atomic_ullong number; /* with the number of the next one */
    struct proven proven;
    struct trouble trouble;
};

/* ---- opening ---- */

static void remove_temps(const struct file_store *files)
{
    const struct dirent *entry;
    int fd = openat(files->temp, ".", FOLDER_FLAGS);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    while (dir && (entry = readdir(dir)))
        unlinkat(files->temp, entry->d_name, 0); /* fails for . and .. */
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
}

/* mkdir -p. */
static int make_folders(const char *path)
{
    if (mkdir(path, 0755) == 0 || errno == EEXIST)
        return 0;
    char *parent = strdup(path), *slash = parent ? strrchr(parent, '/') : NULL;
    int result = -1;
    if (errno == ENOENT && slash && slash != parent) {
        *slash = '\0';
        result = make_folders(parent) == 0 ? mkdir(path, 0755) : -1;
    }
    free(parent);
    return result;
}

/* NULL, or what is wrong. */
static const char *open_folders(struct file_store *files)
{
    if (make_folders(files->dir) != 0)
        return strerror(errno);
    files->folder = open(files->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (files->folder < 0)
        return strerror(errno);
    files->lock = openat(files->folder, ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (files->lock < 0)
        return strerror(errno);
    if (mkdirat(files->folder, ".temp", 0755) != 0 && errno != EEXIST)
        return strerror(errno);
    files->temp = openat(files->folder, ".temp", FOLDER_FLAGS);
    return files->temp < 0 ? strerror(errno) : NULL;
}

/* NULL, or what is wrong. */
static const char *claim(struct file_store *files)
{
    proven_init(&files->proven, files->folder);
    if (flock(files->lock, LOCK_EX | LOCK_NB) == 0) { /* nobody else has it open */
        remove_temps(files);
        if (proven_begin(&files->proven) != 0)
            return strerror(errno);
    } else if (errno != EWOULDBLOCK) {
        return strerror(errno);
    }
    int result;
    do /* another one is tidying up, which may take a while */
        result = flock(files->lock, LOCK_SH);
    while (result != 0 && errno == EINTR);
    return result == 0 ? NULL : strerror(errno);
}

static void drop(struct file_store *files)
{
    if (files->temp >= 0)
        close(files->temp);
    if (files->lock >= 0)
        close(files->lock);
    if (files->folder >= 0)
        close(files->folder);
    free(files->dir);
    free(files);
}

/* Nothing is synced: that may take long, and what is lost by it is rendered again. */
static void file_close(struct store *store)
{
    drop((struct file_store *)store);
}

/* ---- reading ---- */

static int64_t written(const struct stat *stat)
{
    return (int64_t)stat->st_mtim.tv_sec * 1000 + stat->st_mtim.tv_nsec / 1000000;
}

static bool is_absent(int error)
{
    return error == ENOENT || error == ENOTDIR;
}

/* Open a file, and what is known of it. -1 with errno. */
static int open_file(struct file_store *files, const char *name, struct stat *stat)
{
    int fd = beneath_open(files->folder, name);
    if (fd < 0)
        return -1;
    if (fstat(fd, stat) == 0) {
        if (S_ISREG(stat->st_mode) && (uint64_t)stat->st_size <= STORE_VALUE_MAX)
            return fd;
        errno = S_ISDIR(stat->st_mode) ? ENOENT : S_ISREG(stat->st_mode) ? EFBIG : EINVAL;
    }
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* All of the file. NULL with errno. A file never changes once it has its name, so that an end that
 * comes early is an error of the disk. */
static struct blob *read_all(int fd, size_t len)
{
    struct blob *blob = blob_create(len);
    for (size_t at = 0; blob && at < len;) {
        ssize_t got = read(fd, blob->bytes + at, len - at);
        if (got > 0) {
            at += (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            int error = got == 0 ? EIO : errno;
            blob_release(blob);
            blob = NULL;
            errno = error;
        }
    }
    return blob;
}

static enum store_result file_get(struct store *store, const char *name, struct blob **blob,
                                  int64_t *written_ms)
{
    struct file_store *files = (struct file_store *)store;
    struct stat stat;
    int fd = open_file(files, name, &stat);
    bool whole = fd >= 0;
    if (fd >= 0 && blob) {
        *blob = read_all(fd, (size_t)stat.st_size);
        whole = *blob;
    }
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (whole && written_ms)
        *written_ms = written(&stat);
    if (whole)
        return STORE_FOUND;
    if (fd < 0 && is_absent(error))
        return STORE_ABSENT;
    trouble_say(&files->trouble, files->dir, "reading", name, error);
    return STORE_ERROR;
}

static int file_open(struct store *store, const char *name)
{
    struct file_store *files = (struct file_store *)store;
    struct stat stat;
    int fd = open_file(files, name, &stat);
    if (fd < 0 && !is_absent(errno))
        trouble_say(&files->trouble, files->dir, "opening", name, errno);
    return fd;
}

/* ---- writing ---- */

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

/* The temporary file, complete. 0, or -1 with errno. */
static int write_temp(const struct file_store *files, const char *temp, const void *bytes,
                      size_t len, int64_t written_ms, bool durable)
{
    struct timespec time = {.tv_sec = written_ms / 1000, .tv_nsec = written_ms % 1000 * 1000000};
    struct timespec times[2] = {time, time};
    mode_t mode = durable ? 0444 : 0644; /* see proven.h */
    int fd = openat(files->temp, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return -1;
    int result = write_all(fd, bytes, len);
    if (result == 0 && clock_wall_ms() - written_ms > COPY_MS)
        result = futimens(fd, times);
    if (result == 0 && durable)
        result = fsync(fd);
    int error = errno;
    if (close(fd) != 0 && result == 0) /* where a network's disk says that it is full */
        return -1;
    errno = error;
    return result;
}

/* Give the temporary file its name. 0, or -1 with errno. */
static int publish(const struct file_store *files, const char *temp, const char *name, bool durable)
{
    const char *last;
    int parent = beneath_parent(files->folder, name, true, durable, &last);
    if (parent < 0)
        return -1;
    int result = renameat(files->temp, temp, parent, last);
    if (result == 0 && durable)
        result = fsync(parent);
    int error = errno;
    close(parent);
    errno = error;
    return result;
}

static int file_put(struct store *store, const char *name, const void *bytes, size_t len,
                    int64_t written_ms, bool durable)
{
    struct file_store *files = (struct file_store *)store;
    char temp[TEMP_BYTES];
    snprintf(temp, sizeof temp, "%016" PRIx64 "-%llu", files->process,
             (unsigned long long)atomic_fetch_add(&files->number, 1));
    if (write_temp(files, temp, bytes, len, written_ms, durable) == 0 &&
        publish(files, temp, name, durable) == 0) {
        proven_tick(&files->proven);
        return 0;
    }
    int error = errno;
    unlinkat(files->temp, temp, 0);
    trouble_say(&files->trouble, files->dir, "writing", name, error);
    errno = error;
    return -1;
}

static int file_remove(struct store *store, const char *name)
{
    struct file_store *files = (struct file_store *)store;
    const char *last;
    int parent = beneath_parent(files->folder, name, false, false, &last);
    if (parent >= 0) {
        int result = unlinkat(parent, last, 0), error = errno;
        close(parent);
        errno = error;
        if (result == 0)
            return 0;
    }
    if (is_absent(errno))
        return 0;
    trouble_say(&files->trouble, files->dir, "deleting", name, errno);
    return -1;
}

struct store *file_store_open(const char *dir, char error[STORE_ERROR_BYTES])
{
    static const struct store_ops ops = {file_get, file_put, file_remove, file_open, file_close};
    struct file_store *files = calloc(1, sizeof *files);
    const char *wrong = "no memory";
    if (files) {
        files->store.ops = &ops;
        files->folder = files->temp = files->lock = -1;
        files->dir = strdup(dir);
        if (getrandom(&files->process, sizeof files->process, 0) != (ssize_t)sizeof files->process)
            wrong = "no random numbers";
        else if (files->dir)
            wrong = open_folders(files);
        if (!wrong)
            wrong = claim(files);
        if (!wrong)
            return &files->store;
        drop(files);
    }
    snprintf(error, STORE_ERROR_BYTES, "%.120s: %.100s", dir, wrong);
    return NULL;
}
