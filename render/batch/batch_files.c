/* SPDX-License-Identifier: ISC */
/* batch_files: see batch_files.h. A list of what has to be written, and a job that empties it. */
#include "render/batch/batch_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/clock.h"
#include "sys/diag.h"
#include "sys/worker.h"

enum {
    NAME_BYTES = TASK_BATCH_CHARS + sizeof ".json.temp",
    FILES_MAX = 1024, /* that are read */
    AGAIN_MS = 1000,  /* when the disk is full */
    SAY_MS = 60 * 1000,
};

struct file {
    struct file *next;
    bool removed;
    struct batch_state state;
};

struct batch_files {
    int folder;
    struct worker *worker;
    struct job job;
    int64_t next_say_ms;  /* the worker's */
    pthread_mutex_t lock; /* of what follows */
    struct file *first;
};

static void name_of(char name[NAME_BYTES], const char *id, const char *ending)
{
    snprintf(name, NAME_BYTES, "%s%s", id, ending);
}

/* ---- writing, on the worker's thread ---- */

static int write_file(const struct batch_files *files, const struct batch_state *state)
{
    char temp[NAME_BYTES], name[NAME_BYTES], text[BATCH_STATE_BYTES];
    size_t len = batch_state_write(text, state);
    name_of(temp, state->id, ".json.temp");
    name_of(name, state->id, ".json");
    int fd =
        openat(files->folder, temp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    bool good = write(fd, text, len) == (ssize_t)len && fdatasync(fd) == 0;
    int error = errno;
    close(fd);
    if (good && renameat(files->folder, temp, files->folder, name) == 0)
        return fsync(files->folder);
    error = good ? errno : error;
    unlinkat(files->folder, temp, 0);
    errno = error;
    return -1;
}

static int do_file(const struct batch_files *files, const struct file *file)
{
    char name[NAME_BYTES];
    if (!file->removed)
        return write_file(files, &file->state);
    name_of(name, file->state.id, ".json");
    return unlinkat(files->folder, name, 0) == 0 || errno == ENOENT ? 0 : -1;
}

static struct file *take(struct batch_files *files)
{
    pthread_mutex_lock(&files->lock);
    struct file *file = files->first;
    if (file)
        files->first = file->next;
    pthread_mutex_unlock(&files->lock);
    return file;
}

/* It could not be written: later, unless there is a newer one by then. */
static void put_back(struct batch_files *files, struct file *file)
{
    if (clock_now_ms() >= files->next_say_ms) {
        diag_error("batch %s: its state cannot be written: %s", file->state.id, strerror(errno));
        files->next_say_ms = clock_now_ms() + SAY_MS;
    }
    pthread_mutex_lock(&files->lock);
    bool newer = false;
    for (const struct file *other = files->first; other; other = other->next)
        newer |= strcmp(other->state.id, file->state.id) == 0;
    if (newer) {
        free(file);
    } else {
        file->next = files->first;
        files->first = file;
    }
    pthread_mutex_unlock(&files->lock);
}

static void run(struct job *job)
{
    struct batch_files *files =
        (struct batch_files *)((char *)job - offsetof(struct batch_files, job));
    for (struct file *file; (file = take(files));) {
        if (do_file(files, file) == 0) {
            free(file);
            continue;
        }
        put_back(files, file);
        if (!worker_stopping(files->worker))
            worker_add(files->worker, &files->job, clock_now_ms() + AGAIN_MS);
        return;
    }
}

static void enqueue(struct batch_files *files, const struct batch_state *state, bool removed)
{
    pthread_mutex_lock(&files->lock);
    struct file **at = &files->first;
    while (*at && strcmp((*at)->state.id, state->id) != 0)
        at = &(*at)->next;
    if (!*at && (*at = calloc(1, sizeof **at)) == NULL)
        diag_error("batch %s: out of memory: its state is not written", state->id);
    if (*at) {
        (*at)->state = *state;
        (*at)->removed = removed;
    }
    pthread_mutex_unlock(&files->lock);
    worker_add(files->worker, &files->job, 0);
}

void batch_files_save(struct batch_files *files, const struct batch_state *state)
{
    enqueue(files, state, false);
}

void batch_files_remove(struct batch_files *files, const char *id)
{
    struct batch_state state = {0};
    snprintf(state.id, sizeof state.id, "%s", id);
    enqueue(files, &state, true);
}

/* ---- opening ---- */

static void read_file(int folder, const char *name,
                      void (*found)(void *context, const struct batch_state *state), void *context)
{
    char text[BATCH_STATE_BYTES];
    struct batch_state state;
    const char *wrong;
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, sizeof text) : -1;
    if (got < 0)
        wrong = strerror(errno);
    else
        wrong = got == sizeof text ? "too long" : batch_state_read(&state, text, (size_t)got);
    if (fd >= 0)
        close(fd);
    if (!wrong && (strncmp(name, state.id, TASK_BATCH_CHARS) != 0))
        wrong = "it is of another batch than its name says";
    if (wrong)
        diag_warn("batches/%s: %s: left out", name, wrong);
    else
        found(context, &state);
}

static void read_all(int folder, void (*found)(void *context, const struct batch_state *state),
                     void *context)
{
    const struct dirent *entry;
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir && fd >= 0)
        close(fd);
    while (dir && n < FILES_MAX && (entry = readdir(dir))) {
        size_t len = strlen(entry->d_name);
        if (len == TASK_BATCH_CHARS + 5 && strcmp(entry->d_name + TASK_BATCH_CHARS, ".json") == 0) {
            read_file(folder, entry->d_name, found, context);
            n++;
        } else if (len > 5 && strcmp(entry->d_name + len - 5, ".temp") == 0) {
            unlinkat(folder, entry->d_name, 0);
        }
    }
    if (dir)
        closedir(dir);
}

struct batch_files *batch_files_open(const char *dir,
                                     void (*found)(void *context, const struct batch_state *state),
                                     void *context, char error[BATCH_FILES_ERROR_BYTES])
{
    struct batch_files *files = calloc(1, sizeof *files);
    if (!files) {
        snprintf(error, BATCH_FILES_ERROR_BYTES, "no memory");
        return NULL;
    }
    if (mkdir(dir, 0755) == 0 || errno == EEXIST)
        files->folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    else
        files->folder = -1;
    if (files->folder >= 0) {
        read_all(files->folder, found, context);
        files->job.run = run;
        pthread_mutex_init(&files->lock, NULL);
        files->worker = worker_create("render-batches", 1);
        if (files->worker)
            return files;
        pthread_mutex_destroy(&files->lock);
    }
    snprintf(error, BATCH_FILES_ERROR_BYTES, "%.180s: %s", dir, strerror(errno));
    if (files->folder >= 0)
        close(files->folder);
    free(files);
    return NULL;
}

void batch_files_close(struct batch_files *files)
{
    if (!files)
        return;
    worker_destroy(files->worker); /* a job that waits has not begun */
    for (struct file *file; (file = take(files));) {
        if (do_file(files, file) != 0)
            diag_error("batch %s: its state cannot be written: %s", file->state.id,
                       strerror(errno));
        free(file);
    }
    pthread_mutex_destroy(&files->lock);
    close(files->folder);
    free(files);
}
