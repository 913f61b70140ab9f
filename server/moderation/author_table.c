/* SPDX-License-Identifier: ISC */
/* author_table: open addressing, at most three quarters full. */
#include "moderation/author_table.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

/* The slot of an author, or the empty one where it would be; there is one. */
static struct author_count *slot_of(struct author_count *slots, size_t room, uint64_t author)
{
    uint64_t hash = (author ^ author >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash >> 20) & (room - 1);
    while (slots[at].count > 0 && slots[at].author != author)
        at = (at + 1) & (room - 1);
    return &slots[at];
}

static int grow(struct author_table *table)
{
    size_t room = table->room ? 2 * table->room : FIRST_ROOM;
    struct author_count *slots = calloc(room, sizeof *slots);
    if (!slots)
        return -1;
    for (size_t i = 0; i < table->room; i++) {
        if (table->slots[i].count > 0)
            *slot_of(slots, room, table->slots[i].author) = table->slots[i];
    }
    free(table->slots);
    table->slots = slots;
    table->room = room;
    return 0;
}

int author_table_add(struct author_table *table, uint64_t author, uint64_t count)
{
    struct author_count *slot = table->room ? slot_of(table->slots, table->room, author) : NULL;
    if (!slot || slot->count == 0) {
        if (table->n == AUTHOR_TABLE_MAX ||
            (4 * (table->n + 1) > 3 * table->room && grow(table) != 0))
            return -1;
        slot = slot_of(table->slots, table->room, author);
        slot->author = author;
        table->n++;
    }
    slot->count += count;
    return 0;
}

uint64_t author_table_get(const struct author_table *table, uint64_t author)
{
    return table->room ? slot_of(table->slots, table->room, author)->count : 0;
}

static bool comes_before(const struct author_count *a, const struct author_count *b)
{
    return a->count > b->count || (a->count == b->count && a->author < b->author);
}

size_t author_table_top(const struct author_table *table, struct author_count *into, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < table->room; i++) {
        const struct author_count *one = &table->slots[i];
        if (one->count == 0 || (found == n && !(n > 0 && comes_before(one, &into[n - 1]))))
            continue;
        size_t at = found < n ? found++ : n - 1;
        for (; at > 0 && comes_before(one, &into[at - 1]); at--)
            into[at] = into[at - 1];
        into[at] = *one;
    }
    return found;
}

void author_table_finish(struct author_table *table)
{
    free(table->slots);
    *table = (struct author_table){0};
}
