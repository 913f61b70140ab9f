/* SPDX-License-Identifier: ISC */
/*
 * keeper: puts finished pictures into the store by a thread of its own, in their order. It takes so
 * many bytes and no more: what comes while the disk is too slow is not kept, and counted; it can be
 * rendered again.
 */
#ifndef PLACED_RENDER_STORE_KEEPER_H
#define PLACED_RENDER_STORE_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/name/blob.h"

struct keeper;
struct store;

struct keeper_counts {
    uint64_t puts, dropped, failed; /* since the start */
    uint64_t waiting_bytes;
};

/* NULL with errno. */
struct keeper *keeper_create(struct store *store, uint64_t bytes);

/* Puts what waits, then ends. NULL is fine. */
void keeper_destroy(struct keeper *keeper);

/* Put it soon; a holder of the blob is taken. known (or NULL) is told, on the keeper's thread, that
 * the picture is in the store, durable if asked for, or is not; it is not told when this returns
 * false: there is too much. Any thread. */
bool keeper_put(struct keeper *keeper, const char *name, struct blob *blob, bool durable,
                void (*known)(void *context, bool kept), void *context);

/* Is there room for so many bytes more? Whoever makes many pictures waits until there is. */
bool keeper_has_room(struct keeper *keeper, uint64_t bytes);

struct keeper_counts keeper_look(struct keeper *keeper);

#endif
