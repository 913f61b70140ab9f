/* SPDX-License-Identifier: ISC */
/* memory: the pictures that were asked for last, by their names, in so many bytes. What was not
 * asked for longest goes first. Threads: one at a time. */
#ifndef PLACED_RENDER_STORE_MEMORY_H
#define PLACED_RENDER_STORE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "render/name/blob.h"

struct memory;

struct memory_picture {
    struct blob *blob;  /* as long as the memory has it: hold it to keep it */
    int64_t written_ms; /* when it was made, since 1970 */
    uint32_t crc;       /* CRC32C of its bytes */
};

/* bytes: of pictures and what it takes to find them; 0: nothing is kept. NULL: no memory. */
struct memory *memory_create(uint64_t bytes);
void memory_destroy(struct memory *memory); /* NULL is fine */

/* NULL: it has none. Until the next call. */
const struct memory_picture *memory_get(struct memory *memory, const char *name);

/* Keep it, of which a holder is taken; one of the same name is replaced. One that does not fit, or
 * for which there is no memory, is not kept. */
void memory_put(struct memory *memory, const char *name, struct blob *blob, int64_t written_ms);

uint64_t memory_bytes(const struct memory *memory);
size_t memory_count(const struct memory *memory);

#endif
