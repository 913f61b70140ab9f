/* SPDX-License-Identifier: ISC */
/*
 * blob: bytes that several share, counted. A picture is one from the child's pipe to the socket, so
 * that it is copied once only. Any thread; the bytes never change after blob_create's caller has
 * filled them.
 */
#ifndef PLACED_RENDER_NAME_BLOB_H
#define PLACED_RENDER_NAME_BLOB_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct blob {
    atomic_uint holders;
    size_t len;
    uint8_t bytes[];
};

/* With one holder, the bytes not yet set. NULL: no memory. */
struct blob *blob_create(size_t len);

/* Another length, the bytes before it kept; of a blob that has one holder. Returns where it is now.
 * NULL: no memory; the blob is as it was. */
struct blob *blob_resize(struct blob *blob, size_t len);

struct blob *blob_hold(struct blob *blob); /* one holder more; returns blob */
void blob_release(struct blob *blob);      /* one less, the last one frees; NULL is fine */

#endif
