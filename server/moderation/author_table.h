/* SPDX-License-Identifier: ISC */
/*
 * author_table: authors, each with a number: how many edits are theirs, or just that they are in
 * it. Pure.
 */
#ifndef PLACED_MODERATION_AUTHOR_TABLE_H
#define PLACED_MODERATION_AUTHOR_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AUTHOR_TABLE_MAX = 1 << 22 }; /* authors: 128 MiB at most */

struct author_count {
    uint64_t author;
    uint64_t count; /* 0: the slot is empty */
};

/* Begins as zeros. */
struct author_table {
    struct author_count *slots;
    size_t n, room; /* room is a power of two, or 0 */
};

/* Add to an author's number; count is at least 1. 0, or -1 without memory or when there are too
 * many: nothing was changed then. */
int author_table_add(struct author_table *table, uint64_t author, uint64_t count);

/* An author's number; 0: is not in it. */
uint64_t author_table_get(const struct author_table *table, uint64_t author);

/* Those with the greatest numbers, at most n, the greatest first and of equal ones the lesser id.
 * Returns how many. */
size_t author_table_top(const struct author_table *table, struct author_count *into, size_t n);

void author_table_finish(struct author_table *table); /* empty again */

#endif
