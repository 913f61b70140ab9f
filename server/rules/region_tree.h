/* SPDX-License-Identifier: ISC */
/*
 * region_tree: which of up to a thousand rectangles hold a pixel, without looking at all of them: a
 * tree of boxes. Immutable once made. Pure.
 */
#ifndef PLACED_RULES_REGION_TREE_H
#define PLACED_RULES_REGION_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "rules/region.h"

struct region_tree;

/* Of n regions, at most RULESET_REGIONS; they are not needed afterwards. NULL when out of memory.
 */
struct region_tree *region_tree_create(const struct region *regions, size_t n);
void region_tree_destroy(struct region_tree *tree); /* NULL is fine */

/* The numbers of those that hold the pixel, in no order; how many. */
size_t region_tree_at(const struct region_tree *tree, int32_t x, int32_t y,
                      uint16_t found[RULESET_REGIONS]);

#endif
