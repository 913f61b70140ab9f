/* SPDX-License-Identifier: ISC */
/* output: see output.h. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The rights that a new file would get; mkstemp gives fewer. */
static int usual_rights(int fd)
{
    mode_t mask = umask(0);
    umask(mask);
    return fchmod(fd, 0666 & ~mask);
}

static int open_temp(struct output *o, const char *path)
{
    int n = snprintf(o->temp, sizeof o->temp, "%s.partial-XXXXXX", path);
    if (n < 0 || (size_t)n >= sizeof o->temp) {
        errno = ENAMETOOLONG;
        return -1;
    }
    o->path = path;
    o->fd = mkostemp(o->temp, O_CLOEXEC);
    if (o->fd < 0)
        return -1;
    return usual_rights(o->fd);
}

int output_open(struct output *o, const char *path)
{
    struct stat status;
    o->failed = false;
    o->error = 0;
    o->path = NULL;
    o->len = 0;
    o->fd = STDOUT_FILENO;
    if (!path || strcmp(path, "-") == 0)
        return 0;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        o->fd = open(path, O_WRONLY | O_CLOEXEC);
        return o->fd < 0 ? -1 : 0;
    }
    return open_temp(o, path);
}

static void write_all(struct output *o, const char *bytes, size_t len)
{
    while (len > 0 && !o->failed) {
        ssize_t put = write(o->fd, bytes, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            o->failed = true;
            o->error = errno;
            return;
        }
        bytes += put;
        len -= (size_t)put;
    }
}

static void flush(struct output *o)
{
    write_all(o, o->buffer, o->len);
    o->len = 0;
}

char *output_room(struct output *o)
{
    if (o->len + OUTPUT_ROOM_MAX > sizeof o->buffer)
        flush(o);
    return o->buffer + o->len;
}

void output_used(struct output *o, size_t len)
{
    o->len += len;
}

void output_write(struct output *o, const void *bytes, size_t len)
{
    flush(o);
    write_all(o, bytes, len);
}

bool output_good(const struct output *o)
{
    return !o->failed;
}

static void close_file(struct output *o)
{
    if (o->fd != STDOUT_FILENO && close(o->fd) != 0 && !o->failed) {
        o->failed = true;
        o->error = errno;
    }
    o->fd = STDOUT_FILENO;
}

int output_finish(struct output *o)
{
    flush(o);
    if (o->path && !o->failed && fsync(o->fd) != 0) {
        o->failed = true;
        o->error = errno;
    }
    close_file(o);
    if (o->path && !o->failed && rename(o->temp, o->path) != 0) {
        o->failed = true;
        o->error = errno;
    }
    if (o->path && o->failed)
        unlink(o->temp);
    errno = o->error;
    return o->failed ? -1 : 0;
}

void output_abandon(struct output *o)
{
    if (!o->path)
        flush(o);
    close_file(o);
    if (o->path)
        unlink(o->temp);
}
