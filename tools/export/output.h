/* SPDX-License-Identifier: ISC */
/*
 * output: a file that appears whole or not at all: it is written under another name next to it, and
 * renamed at the end. Standard output, and what is no regular file, is written as it comes.
 */
#ifndef PLACED_EXPORT_OUTPUT_H
#define PLACED_EXPORT_OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    OUTPUT_BUFFER_BYTES = 1 << 16,
    OUTPUT_ROOM_MAX = 256, /* of output_room */
};

struct output {
    int fd;
    bool failed; /* errno of the first failure is kept */
    int error;
    const char *path; /* the final name; NULL: as it comes */
    char temp[PATH_MAX];
    size_t len;
    char buffer[OUTPUT_BUFFER_BYTES];
};

/* path: NULL or "-" for standard output. 0, or -1 with errno. */
int output_open(struct output *output, const char *path);

/* Room for up to OUTPUT_ROOM_MAX characters; say with output_used how many were written there. */
char *output_room(struct output *output);
void output_used(struct output *output, size_t len);

void output_write(struct output *output, const void *bytes, size_t len);

/* Could all so far be written? */
bool output_good(const struct output *output);

/* All is written: it gets its name. 0, or -1 with errno; there is no file of that name then but the
 * one that was there before. */
int output_finish(struct output *output);

/* It is not to be: nothing is left of it. What went to standard output stays there. */
void output_abandon(struct output *output);

#endif
