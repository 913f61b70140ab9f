/* SPDX-License-Identifier: ISC */
/*
 * network_limits: what each network may draw, of this server alone: several times what one author
 * may, wider networks more. Any thread.
 */
#ifndef PLACED_RULES_NETWORK_LIMITS_H
#define PLACED_RULES_NETWORK_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/visitor.h"

struct network_limits;

/* A narrow network may save up and draw `factor` times what an author with this capacity may. NULL
 * when out of memory. */
struct network_limits *network_limits_create(uint32_t capacity, uint32_t factor);
void network_limits_destroy(struct network_limits *limits); /* NULL is fine */

/* Edits of that cost come from these networks (0: none). True: they are accounted for. False: not,
 * because one of the networks draws too fast, and *retry_ms is when it would be in time. */
bool network_limits_take(struct network_limits *limits, const uint64_t networks[VISITOR_NETWORKS],
                         uint32_t cost, int64_t now_ms, uint64_t *retry_ms);

/* They were not made. */
void network_limits_give_back(struct network_limits *limits,
                              const uint64_t networks[VISITOR_NETWORKS], uint32_t cost);

#endif
