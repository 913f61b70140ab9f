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

/* The bans of one length of prefix: cidrs[begin] to before cidrs[end]. */
struct length {
    unsigned bits;
    uint32_t begin, end;
};

struct cidr {
    uint8_t prefix[16]; /* what is behind its bits is zero */
    unsigned bits;
    uint32_t number; /* of the ban */
};

enum { LENGTHS_MAX = 129 };

struct ban_table {
    const struct ban *bans;
    size_t n;
    unsigned shift;     /* 64 - log2 of the number of heads */
    uint32_t *heads;    /* of the chains: numbers of bans */
    uint32_t *next;     /* by the number of a ban */
    struct cidr *cidrs; /* sorted by bits, then prefix, then number */
    struct length lengths[LENGTHS_MAX];
    size_t n_lengths;
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

static int compare(const void *a, const void *b)
{
    const struct cidr *x = a, *y = b;
    if (x->bits != y->bits)
        return x->bits < y->bits ? -1 : 1;
    int order = memcmp(x->prefix, y->prefix, sizeof x->prefix);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static void sort_cidrs(struct ban_table *table, size_t n)
{
    qsort(table->cidrs, n, sizeof *table->cidrs, compare);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || table->cidrs[i].bits != table->cidrs[i - 1].bits)
            table->lengths[table->n_lengths++] =
                (struct length){table->cidrs[i].bits, (uint32_t)i, (uint32_t)i};
        table->lengths[table->n_lengths - 1].end = (uint32_t)i + 1;
    }
}

static void fill(struct ban_table *table)
{
    size_t n_cidrs = 0;
    for (size_t i = table->n; i-- > 0;) {
        const struct ban *ban = &table->bans[i];
        if (ban->of == BAN_CIDR) {
            struct cidr *cidr = &table->cidrs[n_cidrs++];
            cidr->bits = ban->bits < LENGTHS_MAX ? ban->bits : LENGTHS_MAX - 1;
            cidr->number = (uint32_t)i;
            take_prefix(cidr->prefix, ban->address, cidr->bits);
            continue;
        }
        uint32_t *head = &table->heads[head_of(table, ban->id)];
        table->next[i] = *head;
        *head = (uint32_t)i;
    }
    sort_cidrs(table, n_cidrs);
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

/* The bans of this prefix, among those of its length. */
static void add_prefix(const struct ban_table *table, struct ban_sum *sum,
                       const struct length *length, const uint8_t prefix[16], int64_t now_ms)
{
    uint32_t low = length->begin, high = length->end;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (memcmp(table->cidrs[middle].prefix, prefix, 16) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < length->end && memcmp(table->cidrs[low].prefix, prefix, 16) == 0; low++)
        add(sum, &table->bans[table->cidrs[low].number], now_ms);
}

static void add_address(const struct ban_table *table, struct ban_sum *sum,
                        const uint8_t address[16], int64_t now_ms)
{
    static const uint8_t zeros[16];
    if (memcmp(address, zeros, sizeof zeros) == 0)
        return; /* unknown */
    for (size_t i = 0; i < table->n_lengths; i++) {
        uint8_t prefix[16];
        take_prefix(prefix, address, table->lengths[i].bits);
        add_prefix(table, sum, &table->lengths[i], prefix, now_ms);
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
