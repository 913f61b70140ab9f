/* SPDX-License-Identifier: ISC */
/* lines: see lines.h. zlib reads plain files as they are. */
#include "lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum {
    BUFFER_BYTES = 1024 * 1024,
    GZIP_BYTES = 256 * 1024,
};

struct lines {
    char *path;
    gzFile file;
    uint64_t size;
    char *buffer;
    size_t at, end; /* what is in the buffer and not taken yet */
    bool done;      /* nothing more in the file */
    bool open_ended;
};

static void say(const struct lines *lines, const char *what, char error[LINES_ERROR_BYTES])
{
    snprintf(error, LINES_ERROR_BYTES, "%.150s: %.90s", lines->path, what);
}

struct lines *lines_open(const char *path, char error[LINES_ERROR_BYTES])
{
    struct stat st = {0};
    struct lines *lines = calloc(1, sizeof *lines);
    if (lines)
        lines->path = strdup(path);
    if (lines)
        lines->buffer = malloc(BUFFER_BYTES);
    if (!lines || !lines->path || !lines->buffer) {
        snprintf(error, LINES_ERROR_BYTES, "no memory");
        lines_close(lines);
        return NULL;
    }
    errno = 0;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        errno = EISDIR;
    else
        lines->file = gzopen(path, "rb");
    if (!lines->file) {
        say(lines, strerror(errno ? errno : ENOMEM), error);
        lines_close(lines);
        return NULL;
    }
    lines->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    gzbuffer(lines->file, GZIP_BYTES);
    return lines;
}

void lines_close(struct lines *lines)
{
    if (!lines)
        return;
    if (lines->file)
        gzclose(lines->file);
    free(lines->buffer);
    free(lines->path);
    free(lines);
}

/* Read more behind what is there. False: the file is damaged. */
static bool fill(struct lines *lines, char error[LINES_ERROR_BYTES])
{
    if (lines->at > 0) {
        memmove(lines->buffer, lines->buffer + lines->at, lines->end - lines->at);
        lines->end -= lines->at;
        lines->at = 0;
    }
    int n = gzread(lines->file, lines->buffer + lines->end, (unsigned)(BUFFER_BYTES - lines->end));
    int code = Z_OK;
    const char *message = gzerror(lines->file, &code);
    if (n < 0 || (code != Z_OK && code != Z_STREAM_END)) {
        say(lines,
            code == Z_ERRNO       ? strerror(errno)
            : code == Z_BUF_ERROR ? "its gzip data are cut short: fetch the file again"
            : *message            ? message
                                  : "cannot be read",
            error);
        return false;
    }
    lines->end += (size_t)n;
    lines->done = n == 0;
    return true;
}

/* Nothing of this line is wanted, up to and with its end. */
static enum lines_result skip_long(struct lines *lines, char error[LINES_ERROR_BYTES])
{
    for (;;) {
        char *from = lines->buffer + lines->at;
        char *stop = memchr(from, '\n', lines->end - lines->at);
        if (stop) {
            lines->at += (size_t)(stop - from) + 1;
            return LINES_LONG;
        }
        lines->at = lines->end;
        if (lines->done) {
            lines->open_ended = true;
            return LINES_LONG;
        }
        if (!fill(lines, error))
            return LINES_FAILED;
    }
}

enum lines_result lines_next(struct lines *lines, const char **line, size_t *len,
                             char error[LINES_ERROR_BYTES])
{
    for (;;) {
        char *from = lines->buffer + lines->at;
        size_t there = lines->end - lines->at, look = there;
        if (look > LINES_MAX + 2)
            look = LINES_MAX + 2;
        char *stop = look > 0 ? memchr(from, '\n', look) : NULL;
        if (!stop && look == LINES_MAX + 2)
            return skip_long(lines, error);
        if (!stop && !lines->done) {
            if (!fill(lines, error))
                return LINES_FAILED;
            continue;
        }
        if (!stop && there == 0)
            return LINES_END;
        lines->open_ended = !stop;
        *line = from;
        *len = stop ? (size_t)(stop - from) : there;
        lines->at += *len + (stop ? 1 : 0);
        if (*len > 0 && from[*len - 1] == '\r')
            --*len;
        return *len > LINES_MAX ? LINES_LONG : LINES_LINE;
    }
}

uint64_t lines_at(const struct lines *lines)
{
    z_off_t at = gzoffset(lines->file);
    return at > 0 ? (uint64_t)at : 0;
}

uint64_t lines_size(const struct lines *lines)
{
    return lines->size;
}

bool lines_open_ended(const struct lines *lines)
{
    return lines->open_ended;
}
