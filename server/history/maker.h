/* SPDX-License-Identifier: ISC */
/* maker: makes the answers to names of a canvas's history, from the store. Blocks on the disk. */
#ifndef PLACED_HISTORY_MAKER_H
#define PLACED_HISTORY_MAKER_H

#include "core/record.h"
#include "history/answers.h"
#include "history/store.h"

struct maker;

struct maker *maker_create(struct store *store); /* NULL when out of memory */
void maker_destroy(struct maker *maker);         /* NULL is fine */

/* Make it. The name's versions are known; see past.h. One thread at a time for the kinds that
 * maker_is_slow, and any for the others. */
struct answers_made maker_make(struct maker *maker, const uint8_t genesis[GENESIS_BYTES],
                               struct history_name name);

bool maker_is_slow(enum history_kind kind);

#endif
