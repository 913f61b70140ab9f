/* SPDX-License-Identifier: ISC */
/*
 * files: the built web client, read into memory once at start: a fixed table of paths, with content
 * type, gzip bytes and a strong ETag each. Nothing outside the table can ever be served.
 */
#ifndef PLACED_HTTP_FILES_H
#define PLACED_HTTP_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct files;

struct file {
    const char *path; /* as in the request: "/assets/index-1234.js"; "/" is index.html */
    const char *type; /* Content-Type */
    char etag[24];    /* with its quotes */
    bool immutable;   /* its name has a hash in it: may be cached for ever */
    const uint8_t *bytes;
    size_t len;
    const uint8_t *gzip; /* NULL when compressing gains nothing */
    size_t gzip_len;
    bool own_address; /* FILES_OWN_ADDRESS is in it */
};

enum { FILES_ERROR_BYTES = 256 };

/* In the HTML files this stands for the server's own address, which they cannot know. */
#define FILES_OWN_ADDRESS "https://placed.invalid/"

/* Read directory dir (regular files only, no symbolic links, bounded in number and size). NULL with
 * a message in error. */
struct files *files_load(const char *dir, char error[FILES_ERROR_BYTES]);

const struct file *files_find(const struct files *files, const char *path); /* or NULL */

/* What the file is with another text in the place of FILES_OWN_ADDRESS: path and type are those of
 * the file, bytes and gzip are the caller's to free. -1 when out of memory. */
int files_readdress(const struct file *file, const char *address, struct file *made);

/* The same once and for all of them. */
int files_set_address(struct files *files, const char *address);

void files_free(struct files *files); /* NULL is fine */

#endif
