/* SPDX-License-Identifier: ISC */
/*
 * accounts: what everybody has of energy. Of each author who has less than a full charge there is
 * one point in time, at which it will be full again (GCRA's "theoretical arrival time", tat): the
 * fold of the log, and the same on all servers that have read as far. Beside it stands what this
 * server alone knows: what is pending, which the log may or may not take, and what may have been
 * made though nobody can say.
 *
 * Many segments with a lock each. Any thread, but for what says that it is the reader's.
 */
#ifndef PLACED_RULES_ACCOUNTS_H
#define PLACED_RULES_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/policy.h"
#include "rules/energy.h"

struct accounts;

/* capacity: the largest of all policies. NULL when out of memory. */
struct accounts *accounts_create(uint32_t capacity);
void accounts_destroy(struct accounts *accounts); /* NULL is fine */

/* ---- before the append */

/* Reserve what the edits cost, if the author has it: see energy_take. */
bool accounts_reserve(struct accounts *accounts, uint64_t author, const struct policy *policy,
                      const struct price *price, int64_t now_ms, uint32_t *cost,
                      uint64_t *retry_ms);

/* The edits are not in the log and never will be. */
void accounts_give_back(struct accounts *accounts, uint64_t author, uint32_t cost);

/* Nobody can say whether they are: they count as made, for this server. */
void accounts_keep(struct accounts *accounts, uint64_t author, uint32_t cost, int64_t now_ms);

/* What the author has now. */
int64_t accounts_available(struct accounts *accounts, uint64_t author, const struct policy *policy,
                           int64_t now_ms);

/* Give the author a full charge; what is pending stays. */
void accounts_refill(struct accounts *accounts, uint64_t author);

/* ---- the fold; reader's thread */

enum landed {
    LANDED_OTHER, /* another server's */
    LANDED_OWN,   /* of this server: no longer pending, in the same moment */
    LANDED_KEPT,  /* of this server, which had counted them as made already */
};

/* Edits of an author are in the log, in a record of that time. */
void accounts_land(struct accounts *accounts, uint64_t author, uint32_t cost, int64_t time_ms,
                   enum landed landed);

/* Have the memory fetched that accounts_land will need. */
void accounts_prefetch(const struct accounts *accounts, uint64_t author);

/* ---- to look at it */

/* Authors in the table; some of them may have a full charge again. Cheap. */
size_t accounts_count(const struct accounts *accounts);

/* A number that two tables share when the same authors have less than a full charge at that time,
 * and each as much. What is pending does not count. */
uint64_t accounts_sum(struct accounts *accounts, int64_t time_ms);

/* All that is pending. */
uint64_t accounts_pending(struct accounts *accounts);

#endif
