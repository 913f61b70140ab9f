/* SPDX-License-Identifier: ISC */
/*
 * homes: where authors draw mostly, and how much they draw elsewhere, over the last ten to twenty
 * minutes, in memory that does not grow: of authors who fall on the same few places, the one not
 * seen for longest makes room. Pure; not for several threads.
 */
#ifndef PLACED_MODERATION_HOMES_H
#define PLACED_MODERATION_HOMES_H

#include <stdint.h>

struct homes;

enum { HOMES_NEAR = 2 }; /* cells, both ways, that still count as the same place */

/* NULL when out of memory. */
struct homes *homes_create(void);
void homes_destroy(struct homes *homes); /* NULL is fine */

/* The author drew in this cell. */
void homes_note(struct homes *homes, uint64_t author, int32_t cx, int32_t cy, int64_t time_ms);

/* How many edits an author made of late that are not near this cell. */
uint32_t homes_elsewhere(const struct homes *homes, uint64_t author, int32_t cx, int32_t cy);

#endif
