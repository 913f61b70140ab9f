/* SPDX-License-Identifier: ISC */
/*
 * lines: a text file line by line, plain or gzipped. Memory is bounded whatever is in the file: a
 * line that is too long is reported as such and skipped.
 */
#ifndef PLACED_TOOLS_LINES_H
#define PLACED_TOOLS_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LINES_ERROR_BYTES = 256,
    LINES_MAX = 4096, /* bytes of a line that is read; no row of ours is as long */
};

struct lines;

/* NULL with a reason, which names the file, in error. */
struct lines *lines_open(const char *path, char error[LINES_ERROR_BYTES]);
void lines_close(struct lines *lines); /* NULL is fine */

enum lines_result {
    LINES_FAILED = -1, /* the file cannot be read on, or its gzip data are damaged or cut short */
    LINES_END = 0,
    LINES_LINE = 1,
    LINES_LONG = 2, /* a line of more than LINES_MAX bytes, which was skipped */
};

/* The next line, without its end (LF, or CR LF); it lives until the next call. */
enum lines_result lines_next(struct lines *lines, const char **line, size_t *len,
                             char error[LINES_ERROR_BYTES]);

/* How many bytes of the file have been read, of lines_size. */
uint64_t lines_at(const struct lines *lines);
uint64_t lines_size(const struct lines *lines);

/* At LINES_END: the last line had no line end. Perhaps the file was cut short. */
bool lines_open_ended(const struct lines *lines);

#endif
