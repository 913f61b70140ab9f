/* SPDX-License-Identifier: ISC */
/*
 * secret: the file of the keys that identities are signed with, which all servers of a set share.
 * It has the current key and, after a rotation, the one before. Text:
 *
 *   # a comment
 *   current ID HEX
 *   previous ID HEX
 *
 * ID is 1 to 255 and HEX 64 small hexadecimal digits: 256 bits. See PROTOCOL.md, "Identity".
 */
#ifndef PLACED_IDENTITY_SECRET_H
#define PLACED_IDENTITY_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SECRET_KEY_BYTES = 32,
    SECRET_ERROR_BYTES = 256,
};

struct secret_key {
    uint8_t id;
    uint8_t bytes[SECRET_KEY_BYTES];
};

struct secret {
    struct secret_key current, previous;
    bool has_previous;
};

/* Read the file. It must be a regular one, of ours or of root, that nobody else can read; the group
 * may read a file of root, which is how a service is given one. link: it may be reached by a
 * symbolic link. 0, or -1 with a reason in error. */
int secret_read(struct secret *secret, const char *path, bool link, char error[SECRET_ERROR_BYTES]);

/* Make a file with a new key, mode 0600, durably, where there is none. 1: it has been made. 0:
 * there is one already. -1 with a reason in error. */
int secret_make(const char *path, char error[SECRET_ERROR_BYTES]);

/* The current key becomes the previous one, and a new one the current, in one step: the file has
 * the old contents or the new. 0, or -1 with a reason in error. */
int secret_rotate(const char *path, bool link, char error[SECRET_ERROR_BYTES]);

/* Read the text of a file. 0, or -1 with a reason in error. */
int secret_parse(struct secret *secret, const char *text, size_t len,
                 char error[SECRET_ERROR_BYTES]);

/* Nothing of it is left in memory. */
void secret_wipe(struct secret *secret);

#endif
