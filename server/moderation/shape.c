/* SPDX-License-Identifier: ISC */
/*
 * shape: see shape.h. Of each cell the newest edits are kept in a ring; now and then those of
 * the last minute are looked at by author and colour.
 */
#include "moderation/shape.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/edit.h"
#include "moderation/homes.h"

enum {
    CELLS = 1024,
    WAYS = 8,
    SETS = CELLS / WAYS,
    TOUCHES = 512, /* of a cell, a power of two */
    SLOTS = 2 * TOUCHES,
    JUDGE_MS = 5000, /* how often a cell is looked at */
    SECOND = 20,     /* percent of the edits of all who draw only here that make a second colour */
    MOSTLY = 80,     /* percent of an author's edits in the two colours */
    TOGETHER = 67,   /* percent of the edits of all who draw only here in the two colours */
    COLOURS = CANVAS_COLOURS,
};

struct touch {
    uint64_t author;
    uint32_t time_s;
    uint8_t colour;
    bool only_here; /* its author drew next to nothing elsewhere, then */
};

struct cell {
    int32_t cx, cy;
    int64_t newest_ms; /* 0: empty */
    int64_t judged_ms;
    uint32_t judged_n, busy; /* when it was looked at: n, and edits in the window */
    uint32_t n;              /* ever; the newest TOUCHES are there */
    struct touch touches[TOUCHES];
};

/* Somebody's edits of a cell within the window. */
struct share {
    uint64_t author;
    uint32_t n, colours[COLOURS];
};

struct shares {
    struct share list[TOUCHES];
    uint32_t n;
    uint16_t slots[SLOTS]; /* by the author's hash: place in the list, from 1; 0: empty */
};

struct shape {
    struct detector detector;
    struct homes *homes;
    struct cell *cells;
    struct shares shares; /* for judge */
};

static int32_t cell_of(int32_t pixel)
{
    return pixel / SUSPECT_CELL - (pixel % SUSPECT_CELL < 0);
}

static struct cell *find(struct shape *shape, int32_t cx, int32_t cy)
{
    uint64_t key = (uint64_t)(uint32_t)cx << 32 | (uint32_t)cy;
    size_t set = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) % SETS;
    struct cell *cells = shape->cells + set * WAYS, *cell = cells;
    for (size_t i = 0; i < WAYS; i++) {
        if (cells[i].newest_ms != 0 && cells[i].cx == cx && cells[i].cy == cy)
            return &cells[i];
        if (cells[i].newest_ms < cell->newest_ms)
            cell = &cells[i];
    }
    cell->cx = cx;
    cell->cy = cy;
    cell->n = 0;
    cell->judged_ms = 0;
    cell->judged_n = 0;
    cell->busy = 0;
    return cell;
}

/* The place of this author's share, or of the empty one where it belongs. */
static size_t slot_of(const struct shares *shares, uint64_t author)
{
    size_t at = (size_t)(author * UINT64_C(0x9e3779b97f4a7c15) >> 32) % SLOTS;
    while (shares->slots[at] != 0 && shares->list[shares->slots[at] - 1].author != author)
        at = (at + 1) % SLOTS;
    return at;
}

/* What those drew in the window who, at that time, drew only there. How many edits there are in the
 * window. */
static uint32_t find_shares(const struct cell *cell, int64_t now_ms, struct shares *shares)
{
    uint32_t kept = cell->n < TOUCHES ? cell->n : TOUCHES, i = 0;
    int64_t now_s = now_ms / 1000;
    memset(shares->slots, 0, sizeof shares->slots);
    shares->n = 0;
    for (; i < kept; i++) {
        const struct touch *touch = &cell->touches[(cell->n - 1 - i) % TOUCHES];
        if (now_s - touch->time_s >= SHAPE_WINDOW_MS / 1000)
            break;
        if (!touch->only_here)
            continue;
        size_t slot = slot_of(shares, touch->author);
        if (shares->slots[slot] == 0) {
            shares->list[shares->n] = (struct share){.author = touch->author};
            shares->slots[slot] = (uint16_t)++shares->n;
        }
        struct share *share = &shares->list[shares->slots[slot] - 1];
        share->n++;
        share->colours[touch->colour]++;
    }
    return i;
}

/* The colour that they used most, and the second when it is more than a few of them who did (else
 * the same one again); *percent of all their edits have them. */
static void find_colours(const struct share *shares, size_t n, size_t *first, size_t *second,
                         uint32_t *percent)
{
    uint32_t colours[COLOURS] = {0}, all = 0;
    for (size_t i = 0; i < n; i++) {
        all += shares[i].n;
        for (size_t c = 0; c < COLOURS; c++)
            colours[c] += shares[i].colours[c];
    }
    *first = 0;
    for (size_t c = 1; c < COLOURS; c++)
        if (colours[c] > colours[*first])
            *first = c;
    *second = *first == 0;
    for (size_t c = 0; c < COLOURS; c++)
        if (c != *first && colours[c] > colours[*second])
            *second = c;
    if (100 * colours[*second] < SECOND * all)
        *second = *first;
    uint32_t both = colours[*first] + (*second != *first ? colours[*second] : 0);
    *percent = all ? 100 * both / all : 0;
}

/* The authors who draw mostly in these colours, and still only here; how many. */
static size_t find_together(const struct shape *shape, const struct cell *cell,
                            const struct shares *shares, size_t first, size_t second,
                            uint64_t authors[TOUCHES])
{
    size_t n = 0;
    for (size_t i = 0; i < shares->n; i++) {
        const struct share *share = &shares->list[i];
        uint32_t both = share->colours[first] + (second != first ? share->colours[second] : 0);
        if (100 * both >= MOSTLY * share->n &&
            homes_elsewhere(shape->homes, share->author, cell->cx, cell->cy) <= SHAPE_ELSEWHERE)
            authors[n++] = share->author;
    }
    return n;
}

static void judge(struct shape *shape, struct cell *cell, int64_t now_ms)
{
    struct shares *shares = &shape->shares;
    uint64_t authors[TOUCHES];
    const struct detector *detector = &shape->detector;
    cell->judged_ms = now_ms;
    cell->judged_n = cell->n;
    cell->busy = find_shares(cell, now_ms, shares);
    if (shares->n < detector->threshold)
        return;
    size_t first, second;
    uint32_t percent;
    find_colours(shares->list, shares->n, &first, &second, &percent);
    if (percent < TOGETHER)
        return;
    size_t together = find_together(shape, cell, shares, first, second, authors);
    if (together >= detector->threshold)
        suspects_found(detector->suspects, detector->rule, 0, cell->cx * SUSPECT_CELL,
                       cell->cy * SUSPECT_CELL, (uint32_t)together, now_ms, authors, together);
}

/* Is it worth another look? The more there is in the window, the less a few edits change. */
static bool is_due(const struct cell *cell, uint32_t threshold, int64_t now_ms)
{
    uint32_t since = cell->n - cell->judged_n, quarter = cell->busy / 4;
    if (cell->n < threshold)
        return false;
    return since >= (quarter > threshold ? quarter : threshold) ||
           (now_ms - cell->judged_ms >= JUDGE_MS && since > quarter / 2);
}

static void take(struct detector *detector, const struct sample *sample)
{
    struct shape *shape = (struct shape *)detector;
    int32_t cx = cell_of(sample->x), cy = cell_of(sample->y);
    int64_t now_ms = sample->time_ms > 0 ? sample->time_ms : 1;
    homes_note(shape->homes, sample->author, cx, cy, now_ms);
    struct cell *cell = find(shape, cx, cy);
    cell->newest_ms = now_ms;
    cell->touches[cell->n++ % TOUCHES] = (struct touch){
        .author = sample->author,
        .time_s = (uint32_t)(now_ms / 1000),
        .colour = sample->colour % COLOURS,
        .only_here = homes_elsewhere(shape->homes, sample->author, cx, cy) <= SHAPE_ELSEWHERE};
    if (is_due(cell, detector->threshold, now_ms))
        judge(shape, cell, now_ms);
}

static void destroy(struct detector *detector)
{
    struct shape *shape = (struct shape *)detector;
    homes_destroy(shape->homes);
    free(shape->cells);
    free(shape);
}

struct detector *shape_create(void)
{
    static const struct detector_ops ops = {.take = take, .destroy = destroy};
    struct shape *shape = calloc(1, sizeof *shape);
    if (!shape)
        return NULL;
    shape->detector.ops = &ops;
    shape->homes = homes_create();
    shape->cells = calloc(CELLS, sizeof *shape->cells);
    if (shape->homes && shape->cells)
        return &shape->detector;
    destroy(&shape->detector);
    return NULL;
}
