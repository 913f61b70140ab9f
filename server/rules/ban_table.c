/* SPDX-License-Identifier: ISC */
/*
 * ban_table: ids by a hash table with chains; addresses sorted by the length of their prefix, then
 * by the prefix, so that a look-up is one search a length that occurs.
 */
#include "rules/ban_table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

struct ban_table {
    const struct ban *bans;
    size_t n;
    unsigned shift;  /* 64 - log2 of the number of heads */
    uint32_t *heads; /* of the chains: numbers of bans */
    uint32_t *next;  /* by the number of a ban */
    uint32_t *cidrs; /* numbers of bans, sorted */
    size_t n_cidrs;
};

static size_t head_of(const struct ban_table *table, uint64_t id)
{
    return (size_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> table->shift);
}

/* The first bits of an address; the rest zero. */
static void take_prefix(uint8_t prefix[16], const uint8_t address[16], unsigned bits)
{
    memcpy(prefix, address, 16);
    for (unsigned i = bits / 8; i < 16; i++)
        prefix[i] = i == bits / 8 ? (uint8_t)(prefix[i] & ~(0xff >> bits % 8)) : 0;
}

static int compare(const struct ban *a, unsigned bits, const uint8_t prefix[16])
{
    uint8_t own[16];
    if (a->bits != bits)
        return a->bits < bits ? -1 : 1;
    take_prefix(own, a->address, a->bits);
    return memcmp(own, prefix, 16);
}

/* By insertion: they are at most a thousand, and mostly few. */
static void add_cidr(struct ban_table *table, uint32_t number)
{
    const struct ban *ban = &table->bans[number];
    uint8_t prefix[16];
    take_prefix(prefix, ban->address, ban->bits);
    size_t at = table->n_cidrs++;
    for (; at > 0 && compare(&table->bans[table->cidrs[at - 1]], ban->bits, prefix) > 0; at--)
        table->cidrs[at] = table->cidrs[at - 1];
    table->cidrs[at] = number;
}

static void fill(struct ban_table *table)
{
    for (size_t i = table->n; i-- > 0;) {
        const struct ban *ban = &table->bans[i];
        if (ban->of == BAN_CIDR) {
            add_cidr(table, (uint32_t)i);
            continue;
        }
        uint32_t *head = &table->heads[head_of(table, ban->id)];
        table->next[i] = *head;
        *head = (uint32_t)i;
    }
}

struct ban_table *ban_table_create(const struct ban *bans, size_t n)
{
    struct ban_table *table = calloc(1, sizeof *table);
    if (!table)
        return NULL;
    unsigned log2 = 4;
    while (((size_t)1 << log2) < 2 * n)
        log2++;
    size_t n_heads = (size_t)1 << log2, n_cidrs = 0;
    for (size_t i = 0; i < n; i++)
        n_cidrs += bans[i].of == BAN_CIDR;
    table->bans = bans;
    table->n = n;
    table->shift = 64 - log2;
    table->heads = malloc(n_heads * sizeof *table->heads);
    table->next = calloc(n + 1, sizeof *table->next);
    table->cidrs = calloc(n_cidrs + 1, sizeof *table->cidrs);
    if (!table->heads || !table->next || !table->cidrs) {
        ban_table_destroy(table);
        return NULL;
    }
    memset(table->heads, 0xff, n_heads * sizeof *table->heads);
    fill(table);
    return table;
}

void ban_table_destroy(struct ban_table *table)
{
    if (!table)
        return;
    free(table->heads);
    free(table->next);
    free(table->cidrs);
    free(table);
}

/* ---- adding up ---- */

static bool lasts_longer(const struct ban *a, const struct ban *b)
{
    if (a->until_ms == b->until_ms)
        return a < b; /* the first one, in whatever order they are found */
    return a->until_ms == 0 || (b->until_ms != 0 && a->until_ms > b->until_ms);
}

static void add(struct ban_sum *sum, const struct ban *ban, int64_t now_ms)
{
    if (ban->until_ms != 0 && ban->until_ms <= now_ms)
        return;
    if (ban->slow > sum->percent)
        sum->percent = ban->slow;
    if (ban->slow == 0 && (!sum->barred || lasts_longer(ban, sum->barred)))
        sum->barred = ban;
}

static void add_id(const struct ban_table *table, struct ban_sum *sum, enum ban_of of, uint64_t id,
                   int64_t now_ms)
{
    for (uint32_t i = table->heads[head_of(table, id)]; i != NONE; i = table->next[i]) {
        if (table->bans[i].id == id && table->bans[i].of == of)
            add(sum, &table->bans[i], now_ms);
    }
}

/* Where the first one is that does not come before (bits, prefix). */
static size_t find_cidr(const struct ban_table *table, unsigned bits, const uint8_t prefix[16])
{
    size_t low = 0, high = table->n_cidrs;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&table->bans[table->cidrs[middle]], bits, prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_address(const struct ban_table *table, struct ban_sum *sum,
                        const uint8_t address[16], int64_t now_ms)
{
    static const uint8_t zeros[16];
    if (memcmp(address, zeros, sizeof zeros) == 0)
        return; /* unknown */
    for (size_t at = 0; at < table->n_cidrs;) {
        uint8_t prefix[16];
        unsigned bits = table->bans[table->cidrs[at]].bits;
        take_prefix(prefix, address, bits);
        at = find_cidr(table, bits, prefix);
        for (; at < table->n_cidrs && compare(&table->bans[table->cidrs[at]], bits, prefix) == 0;
             at++)
            add(sum, &table->bans[table->cidrs[at]], now_ms);
        at = find_cidr(table, bits + 1, zeros); /* the next length */
    }
}

struct ban_sum ban_table_author(const struct ban_table *table, uint64_t author, int64_t now_ms)
{
    struct ban_sum sum = {NULL, 100};
    add_id(table, &sum, BAN_AUTHOR, author, now_ms);
    return sum;
}

struct ban_sum ban_table_visitor(const struct ban_table *table, const struct visitor *visitor,
                                 int64_t now_ms)
{
    struct ban_sum sum = ban_table_author(table, visitor->author, now_ms);
    for (size_t i = 0; i < VISITOR_NETWORKS; i++) {
        if (visitor->networks[i] != 0)
            add_id(table, &sum, BAN_NETWORK, visitor->networks[i], now_ms);
    }
    add_address(table, &sum, visitor->address, now_ms);
    return sum;
}
