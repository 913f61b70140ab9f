/* SPDX-License-Identifier: ISC */
/*
 * own_batches: which records are this server's own, and which of those were given up before they
 * were read: it could not be known whether the log has them, and what they cost has been counted.
 * Any thread.
 */
#ifndef PLACED_RULES_OWN_BATCHES_H
#define PLACED_RULES_OWN_BATCHES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/record.h"
#include "rules/accounts.h"

struct own_batches;

enum { OWN_BATCHES_WINDOW = 1024 }; /* batches of a nonce that may be open at once */

struct own_batches *own_batches_create(void);      /* NULL when out of memory */
void own_batches_destroy(struct own_batches *own); /* NULL is fine */

/* Records whose origin has this nonce are this server's own. 0, or -1 when out of memory: they then
 * count as another server's. */
int own_batches_add(struct own_batches *own, uint64_t nonce);
void own_batches_remove(struct own_batches *own, uint64_t nonce);

/* The oldest open batch of this nonce is given up. False: it has just been read. */
bool own_batches_give_up(struct own_batches *own, uint64_t nonce, uint64_t batch);

/* A record of this origin is being read. The same batch for the second time counts as another
 * server's: nothing more of it is pending. */
enum landed own_batches_read(struct own_batches *own, const struct origin *origin);

#endif
