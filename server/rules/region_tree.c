/* SPDX-License-Identifier: ISC */
/*
 * region_tree: each node has the box around its regions and halves them by where their middles lie,
 * along the longer side. So a pixel that no region is near to costs one comparison.
 */
#include "rules/region_tree.h"

#include <stdbool.h>
#include <stdlib.h>

enum {
    LEAF = 4,       /* regions that are looked at one by one */
    STACK_MAX = 16, /* nodes to be looked at: the depth, log2(RULESET_REGIONS / LEAF) + 1, and 1 */
};

/* From x0, y0 to before x1, y1. */
struct box {
    int32_t x0, y0, x1, y1;
};

struct node {
    struct box box;
    uint16_t first, n; /* of the items; n > LEAF: the two nodes have a half each */
    uint16_t halves[2];
};

struct region_tree {
    size_t n_nodes;
    struct box boxes[RULESET_REGIONS];
    uint16_t items[RULESET_REGIONS]; /* numbers of regions, those of a node side by side */
    struct node nodes[RULESET_REGIONS];
};

static bool holds(const struct box *box, int32_t x, int32_t y)
{
    return x >= box->x0 && x < box->x1 && y >= box->y0 && y < box->y1;
}

static struct box box_around(const struct region_tree *tree, size_t first, size_t n)
{
    struct box around = tree->boxes[tree->items[first]];
    for (size_t i = 1; i < n; i++) {
        const struct box *box = &tree->boxes[tree->items[first + i]];
        around.x0 = box->x0 < around.x0 ? box->x0 : around.x0;
        around.y0 = box->y0 < around.y0 ? box->y0 : around.y0;
        around.x1 = box->x1 > around.x1 ? box->x1 : around.x1;
        around.y1 = box->y1 > around.y1 ? box->y1 : around.y1;
    }
    return around;
}

/* Twice where its middle lies. */
static int64_t middle(const struct box *box, bool across)
{
    return across ? (int64_t)box->x0 + box->x1 : (int64_t)box->y0 + box->y1;
}

/* In order of their middles. They are few, and rules change seldom: a heap is fast enough and needs
 * no context that qsort could not be given. */
static void sink(struct region_tree *tree, uint16_t *items, size_t root, size_t n, bool across)
{
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && middle(&tree->boxes[items[child]], across) <
                                 middle(&tree->boxes[items[child + 1]], across))
            child++;
        if (middle(&tree->boxes[items[root]], across) >= middle(&tree->boxes[items[child]], across))
            return;
        uint16_t item = items[root];
        items[root] = items[child];
        items[child] = item;
    }
}

static void sort(struct region_tree *tree, uint16_t *items, size_t n, bool across)
{
    for (size_t i = n / 2; i-- > 0;)
        sink(tree, items, i, n, across);
    for (size_t end = n; end-- > 1;) {
        uint16_t item = items[0];
        items[0] = items[end];
        items[end] = item;
        sink(tree, items, 0, end, across);
    }
}

static uint16_t make_node(struct region_tree *tree, size_t first, size_t n)
{
    size_t at = tree->n_nodes++;
    struct node *node = &tree->nodes[at];
    node->box = box_around(tree, first, n);
    node->first = (uint16_t)first;
    node->n = (uint16_t)n;
    if (n > LEAF) {
        bool across = (int64_t)node->box.x1 - node->box.x0 > (int64_t)node->box.y1 - node->box.y0;
        sort(tree, tree->items + first, n, across);
        node->halves[0] = make_node(tree, first, n / 2);
        node->halves[1] = make_node(tree, first + n / 2, n - n / 2);
    }
    return (uint16_t)at;
}

struct region_tree *region_tree_create(const struct region *regions, size_t n)
{
    struct region_tree *tree = calloc(1, sizeof *tree);
    if (!tree || n == 0)
        return tree;
    for (size_t i = 0; i < n; i++) {
        const struct region *region = &regions[i];
        tree->boxes[i] =
            (struct box){region->x, region->y, region->x + region->w, region->y + region->h};
        tree->items[i] = (uint16_t)i;
    }
    make_node(tree, 0, n);
    return tree;
}

void region_tree_destroy(struct region_tree *tree)
{
    free(tree);
}

size_t region_tree_at(const struct region_tree *tree, int32_t x, int32_t y,
                      uint16_t found[RULESET_REGIONS])
{
    uint16_t stack[STACK_MAX];
    size_t depth = 0, n = 0;
    if (tree->n_nodes > 0)
        stack[depth++] = 0;
    while (depth > 0) {
        const struct node *node = &tree->nodes[stack[--depth]];
        if (!holds(&node->box, x, y))
            continue;
        if (node->n > LEAF) {
            stack[depth++] = node->halves[1];
            stack[depth++] = node->halves[0];
            continue;
        }
        for (size_t i = 0; i < node->n; i++) {
            uint16_t item = tree->items[node->first + i];
            if (holds(&tree->boxes[item], x, y))
                found[n++] = item;
        }
    }
    return n;
}
