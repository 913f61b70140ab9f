/* SPDX-License-Identifier: ISC */
/*
 * ban_table: which bans a visitor falls under: by author, by network, by address. Immutable once
 * made. Pure.
 */
#ifndef PLACED_RULES_BAN_TABLE_H
#define PLACED_RULES_BAN_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "rules/region.h"
#include "rules/visitor.h"

enum {
    RULESET_BANS = 65536, /* of authors and networks, at most */
    RULESET_CIDRS = 1024, /* of addresses, at most */
};

enum ban_of {
    BAN_AUTHOR,  /* id */
    BAN_NETWORK, /* id: a network's pseudonym */
    BAN_CIDR,    /* address and bits */
};

struct ban {
    enum ban_of of;
    uint64_t id;
    uint8_t address[16]; /* IPv4 as ::ffff:a.b.c.d */
    unsigned bits;       /* of it, IPv4 from 96 on */
    uint32_t slow;       /* 0: may not draw. Else every edit costs so many percent */
    int64_t until_ms;    /* 0: for ever */
    char words[RULESET_WORDS];
};

struct ban_table;

/* Of n bans, which must outlive it. NULL when out of memory. */
struct ban_table *ban_table_create(const struct ban *bans, size_t n);
void ban_table_destroy(struct ban_table *table); /* NULL is fine */

/* What bans mean for somebody at a time. */
struct ban_sum {
    const struct ban *barred; /* may not draw: of several the one that lasts longest; NULL: may */
    uint32_t percent;         /* the greatest of those that slow down; 100: none does */
};

struct ban_sum ban_table_visitor(const struct ban_table *table, const struct visitor *visitor,
                                 int64_t now_ms);

/* By the bans of an author alone. */
struct ban_sum ban_table_author(const struct ban_table *table, uint64_t author, int64_t now_ms);

#endif
