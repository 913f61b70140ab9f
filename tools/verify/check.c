/* SPDX-License-Identifier: ISC */
/*
 * check: blocks are compared canvas by canvas, logs record by record. Between a log and blocks the
 * log is read in its order and made into blocks, which are compared when they are complete; so of
 * the log only the open blocks are in memory.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "common/stop.h"
#include "walk.h"

struct checking {
    struct verdict *verdict;
    struct progress *progress;
    const char *between; /* "A and B" */
};

static bool may_go_on(struct checking *c)
{
    const struct verdict *v = c->verdict;
    if (stop_asked())
        return verdict_failed(c->verdict, "", "interrupted");
    return v->result == VERDICT_SAME;
}

/* Two blocks of one number; NULL is none. */
static bool check_pair(struct checking *c, const struct block *a, const struct block *b,
                       uint64_t number)
{
    struct difference difference;
    return compare_blocks(a, b, number, c->verdict->version, &c->verdict->compared, &difference) ||
           verdict_found(c->verdict, c->between, &difference);
}

/* What is there of a side alone. */
static void count(struct checking *c, const struct block *block)
{
    size_t records = block_records_at(block, c->verdict->version);
    c->verdict->compared.records += records;
    c->verdict->compared.edits += block_edits_of(block, records);
}

/* ---- blocks and blocks ---- */

/* The next block of one or both; b is NULL for one side alone. */
static bool check_next(struct checking *c, struct walk *a, struct walk *b, uint64_t number)
{
    struct blocks_read at_a = {0}, at_b = {0};
    c->verdict->blocks += walk_complete(a) || (b && walk_complete(b));
    bool more_a = walk_more(a), more_b = b && walk_more(b);
    /* Both are read even when the first is wrong in itself: where it differs says more. */
    bool good = !more_a || walk_next(a, &at_a, c->verdict);
    if (c->verdict->result != VERDICT_FAILED && more_b)
        good = walk_next(b, &at_b, c->verdict) && good;
    bool readable =
        c->verdict->result != VERDICT_FAILED && (!more_a || at_a.bytes) && (!more_b || at_b.bytes);
    if (readable && b)
        good =
            check_pair(c, more_a ? &at_a.block : NULL, more_b ? &at_b.block : NULL, number) && good;
    else if (readable && good)
        count(c, &at_a.block);
    free(at_a.bytes);
    free(at_b.bytes);
    return good;
}

static bool check_canvas(struct checking *c, const struct side *a, const struct side *b,
                         struct position position)
{
    struct walk at_a, at_b;
    walk_begin(&at_a, a, position);
    if (b)
        walk_begin(&at_b, b, position);
    c->verdict->canvases++;
    for (uint64_t number = 0; walk_more(&at_a) || (b && walk_more(&at_b)); number++) {
        if (!may_go_on(c) || !check_next(c, &at_a, b ? &at_b : NULL, number))
            return false;
        progress_show(c->progress, c->verdict->compared.edits, c->verdict->compared.edits, 0);
    }
    return true;
}

static int order(struct position a, struct position b)
{
    return a.gy != b.gy ? (a.gy < b.gy ? -1 : 1) : (a.gx > b.gx) - (a.gx < b.gx);
}

static void check_blocks(struct checking *c, const struct side *a, const struct side *b)
{
    const struct blocks *x = a->blocks, *y = b ? b->blocks : NULL;
    size_t i = 0, j = 0;
    while (i < x->n_canvases || (y && j < y->n_canvases)) {
        bool only_y = i == x->n_canvases, only_x = !y || j == y->n_canvases;
        int which = only_x   ? -1
                    : only_y ? 1
                             : order(x->canvases[i].position, y->canvases[j].position);
        struct position position = which <= 0 ? x->canvases[i].position : y->canvases[j].position;
        i += which <= 0;
        j += which >= 0;
        if (!check_canvas(c, a, b, position))
            return;
    }
    for (i = 0; i < x->n_canvases; i++) {
        const struct blocks_canvas *canvas = &x->canvases[i];
        if (canvas->n_rows > 0)
            verdict_chain(c->verdict, canvas->position, canvas->n_rows,
                          canvas->rows[canvas->n_rows - 1].chain);
    }
}

/* ---- logs ---- */

static bool record_chains(struct checking *c, struct builder *builder)
{
    c->verdict->canvases = builder_canvases(builder);
    for (size_t i = 0; i < builder_canvases(builder); i++) {
        struct built open;
        if (builder_open_block(builder, i, &open) != 0)
            return verdict_failed(c->verdict, "", "no memory");
        if (open.number > 0 && !verdict_chain(c->verdict, open.position, open.number, open.chain))
            return false;
    }
    return true;
}

/* The next record: SOURCE_FAILED is in the verdict. */
static enum source_result next(struct checking *c, const struct side *side,
                               struct source_record *record)
{
    enum source_result result = source_next(side->log, record);
    if (result == SOURCE_FAILED)
        verdict_failed(c->verdict, side->who, source_error(side->log));
    return result;
}

static bool seek(struct checking *c, const struct side *side)
{
    return source_seek(side->log, 0, c->verdict->version) == 0 ||
           verdict_failed(c->verdict, side->who, source_error(side->log));
}

/* b is NULL for one log alone. */
static void check_logs(struct checking *c, const struct side *a, const struct side *b,
                       struct builder *builder)
{
    struct verdict *v = c->verdict;
    if (!seek(c, a) || (b && !seek(c, b)))
        return;
    while (may_go_on(c)) {
        struct source_record x, y;
        struct difference difference;
        struct built built;
        enum source_result at_a = next(c, a, &x), at_b = b ? next(c, b, &y) : at_a;
        if (at_a == SOURCE_FAILED || at_b == SOURCE_FAILED)
            return;
        if (at_a == SOURCE_END && at_b == SOURCE_END)
            break;
        const struct source_record *p = at_a == SOURCE_RECORD ? &x : NULL;
        const struct source_record *q = at_b == SOURCE_RECORD ? (b ? &y : p) : NULL;
        const struct source_record *first = p && (!q || p->offset <= q->offset) ? p : q;
        if (!compare_records(p, q, builder_number(builder, first->position), &difference)) {
            verdict_found(v, c->between, &difference);
            return;
        }
        int added = builder_add(builder, p, &built);
        if (added < 0) {
            verdict_failed(v, "", "no memory");
            return;
        }
        v->blocks += (uint64_t)added;
        v->compared.records++;
        v->compared.edits += p->n;
        progress_show(c->progress, v->compared.edits, p->offset, v->version);
    }
    if (may_go_on(c))
        record_chains(c, builder);
}

/* ---- a log and blocks ---- */

struct mixed {
    struct checking *c;
    bool log_first;     /* the log is A */
    struct walk *walks; /* one a canvas of the blocks */
    size_t n;
};

static struct walk *find_walk(struct mixed *m, struct position position)
{
    for (size_t low = 0, high = m->n; low < high;) {
        size_t middle = low + (high - low) / 2;
        int found = order(position, m->walks[middle].canvas->position);
        if (found == 0)
            return &m->walks[middle];
        if (found < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static bool check_in_order(struct mixed *m, const struct block *log, const struct block *blocks,
                           uint64_t number)
{
    return m->log_first ? check_pair(m->c, log, blocks, number)
                        : check_pair(m->c, blocks, log, number);
}

/* A block of the log against the blocks' next one of that canvas; log is NULL when it has none. */
static bool check_against(struct mixed *m, struct walk *walk, const struct block *log,
                          uint64_t number)
{
    struct blocks_read read = {0};
    if (!walk || !walk_more(walk))
        return check_in_order(m, log, NULL, number);
    bool good = walk_next(walk, &read, m->c->verdict);
    if (m->c->verdict->result != VERDICT_FAILED && read.bytes)
        good = check_in_order(m, log, &read.block, number) && good;
    free(read.bytes);
    return good;
}

static bool check_built(struct mixed *m, const struct built *built, bool complete)
{
    struct verdict *v = m->c->verdict;
    struct walk *walk = find_walk(m, built->position);
    struct block block;
    const char *fault = block_parse(&block, built->bytes, built->len);
    v->blocks += complete;
    if (fault)
        return verdict_failed(v, "a block made from the log", fault);
    /* Equal bytes have equal digests, and the walk has compared these with what the side says. */
    return check_against(m, walk, &block, built->number);
}

/* Blocks that the log has nothing for: they must lie beyond what is compared. */
static bool check_rest(struct mixed *m)
{
    for (size_t i = 0; i < m->n; i++) {
        struct walk *walk = &m->walks[i];
        while (walk_more(walk)) {
            m->c->verdict->blocks += walk_complete(walk);
            if (!may_go_on(m->c) || !check_against(m, walk, NULL, walk->number))
                return false;
        }
    }
    return true;
}

static bool read_log(struct mixed *m, const struct side *log, struct builder *builder)
{
    struct source_record record;
    enum source_result result = SOURCE_END;
    if (!seek(m->c, log))
        return false;
    while (may_go_on(m->c) && (result = next(m->c, log, &record)) == SOURCE_RECORD) {
        struct built built;
        int added = builder_add(builder, &record, &built);
        if (added < 0)
            return verdict_failed(m->c->verdict, "", "no memory");
        if (added > 0 && !check_built(m, &built, true))
            return false;
        progress_show(m->c->progress, m->c->verdict->compared.edits, record.offset,
                      m->c->verdict->version);
    }
    for (size_t i = 0; i < builder_canvases(builder) && may_go_on(m->c); i++) {
        struct built open;
        if (builder_open_block(builder, i, &open) != 0)
            return verdict_failed(m->c->verdict, "", "no memory");
        if (!check_built(m, &open, false))
            return false;
    }
    return may_go_on(m->c);
}

static void check_mixed(struct checking *c, const struct side *log, const struct side *blocks,
                        bool log_first, struct builder *builder)
{
    struct mixed m = {.c = c, .log_first = log_first, .n = blocks->blocks->n_canvases};
    m.walks = calloc(m.n + 1, sizeof *m.walks);
    if (!m.walks) {
        verdict_failed(c->verdict, "", "no memory");
        return;
    }
    for (size_t i = 0; i < m.n; i++)
        walk_begin(&m.walks[i], blocks, blocks->blocks->canvases[i].position);
    if (read_log(&m, log, builder) && check_rest(&m))
        record_chains(c, builder);
    free(m.walks);
}

/* ---- all ---- */

static bool check_genesis(struct checking *c, const struct side *a, const struct side *b)
{
    const uint8_t *x = side_genesis(a), *y = side_genesis(b);
    struct difference difference = {.what = "genesis id"};
    if (!x || !y || memcmp(x, y, GENESIS_BYTES) == 0)
        return true;
    difference_bytes(&difference, x, y, GENESIS_BYTES);
    return verdict_found(c->verdict, c->between, &difference);
}

void check_sides(const struct side *a, const struct side *b, struct verdict *verdict,
                 struct progress *progress)
{
    struct checking c = {verdict, progress, "A and B"};
    *verdict = (struct verdict){0};
    verdict->version = b && b->version < a->version ? b->version : a->version;
    if (b && !check_genesis(&c, a, b))
        return;
    const struct side *log = a->log ? a : b && b->log ? b : NULL;
    if (!log) {
        check_blocks(&c, a, b);
        return;
    }
    struct builder *builder = builder_create(side_genesis(log));
    if (!builder)
        verdict_failed(verdict, "", "no memory");
    else if (!b || (a->log && b->log))
        check_logs(&c, a, b, builder);
    else
        check_mixed(&c, log, log == a ? b : a, log == a, builder);
    builder_destroy(builder);
}
