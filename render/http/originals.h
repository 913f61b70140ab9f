/* SPDX-License-Identifier: ISC */
/*
 * originals: the uploaded pictures that are complete: which there are, the newest first, and their
 * bytes, in a file store of their own. 72 bytes of memory for each of the newest ORIGINALS_LISTED;
 * older ones are still there for those who know their ids.
 *
 * Threads: the loop's.
 */
#ifndef PLACED_RENDER_HTTP_ORIGINALS_H
#define PLACED_RENDER_HTTP_ORIGINALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/http/original.h"
#include "render/store/store.h"

enum { ORIGINALS_LISTED = 200 * 1000 };

struct originals;

/* Make or open the store in dir, and look which there are. NULL with a reason in error. */
struct originals *originals_open(const char *dir, char error[STORE_ERROR_BYTES]);
void originals_close(struct originals *originals); /* NULL is fine */

/* For those who put into it, by a thread of theirs. */
struct store *originals_store(struct originals *originals);

/* One is complete: here, or at a server that shares the folder. One that is known stays. */
void originals_add(struct originals *originals, const char *id, int64_t time_ms);

/* Now, but later than all others, so that a list can be asked for in parts. */
int64_t originals_time(const struct originals *originals);

bool originals_has(struct originals *originals, const char *id);
bool originals_look(struct originals *originals, const char *id, struct original *original);

/* For a child, or -1. The caller closes it. */
int originals_file(struct originals *originals, const char *id);

/* The newest of those that are older than before_ms; how many, at most n. */
size_t originals_list(struct originals *originals, int64_t before_ms, struct original *list,
                      size_t n);

#endif
