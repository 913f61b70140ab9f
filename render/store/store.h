/* SPDX-License-Identifier: ISC */
/*
 * store: finished pictures by their names. A put of the same name replaces; what is got is always
 * one whole put, never a part of one, also after a crash.
 *
 *   file   the path is the name below its folder, written beside and renamed, so that nginx can
 *          serve hits by itself
 *   lmdb   one file of a fixed size; when it is full the oldest go
 *   tier   a small or fast one before a large one: read through, written to both
 *
 * Names are those of picture.h, and below /images/ID also "original" and "about.json"; a value has
 * at most 64 MiB. Threads: any. A get may wait for the disk, never for a put; puts, which do wait,
 * are made by the caller's worker thread.
 */
#ifndef PLACED_RENDER_STORE_STORE_H
#define PLACED_RENDER_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/name/blob.h"
#include "render/store/store_ops.h"

/* Make or open. NULL with a reason in error. */
struct store *store_file_open(const char *dir, char error[STORE_ERROR_BYTES]);
struct store *store_lmdb_open(const char *dir, uint64_t bytes, char error[STORE_ERROR_BYTES]);
/* Both become its own, also when it fails. */
struct store *store_tier_open(struct store *cache, struct store *main,
                              char error[STORE_ERROR_BYTES]);
void store_close(struct store *store); /* NULL is fine */

/* blob: the caller's to release. written_ms: when it was put, since 1970; either may be NULL. */
enum store_result store_get(struct store *store, const char *name, struct blob **blob,
                            int64_t *written_ms);

/* durable: on the disk when it returns. 0, or -1 after a message (once a minute when the disk is
 * full): the picture is then not kept. */
int store_put(struct store *store, const char *name, const void *bytes, size_t len, bool durable);

int store_delete(struct store *store, const char *name); /* 0 also when absent */

/* Open the bytes for reading, for a child; -1 when absent. The caller closes it. */
int store_open(struct store *store, const char *name);

#endif
