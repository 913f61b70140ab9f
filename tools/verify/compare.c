/* SPDX-License-Identifier: ISC */
/* compare: see compare.h. */
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/edit.h"

static void say_record(char text[DIFFERENCE_VALUE_BYTES], const struct source_record *record)
{
    if (record)
        snprintf(text, DIFFERENCE_VALUE_BYTES,
                 "a record at offset %" PRIu64 " of canvas (%d, %d), edits: %zu", record->offset,
                 record->position.gx, record->position.gy, record->n);
    else
        snprintf(text, DIFFERENCE_VALUE_BYTES, "none");
}

static void at_record(struct difference *d, const struct source_record *record, uint64_t number,
                      const char *what)
{
    difference_at_block(d, record->position, number, what);
    d->has_offset = true;
    d->offset = record->offset;
}

bool compare_records(const struct source_record *a, const struct source_record *b, uint64_t number,
                     struct difference *d)
{
    if (!a || !b || a->offset != b->offset || !position_equal(a->position, b->position) ||
        a->n != b->n) {
        /* The one that comes first is the one that the other lacks. */
        const struct source_record *first = a && (!b || a->offset <= b->offset) ? a : b;
        at_record(d, first, number, "record");
        say_record(d->expected, a);
        say_record(d->found, b);
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (memcmp(a->edits + EDIT_BYTES * i, b->edits + EDIT_BYTES * i, EDIT_BYTES) != 0) {
            at_record(d, a, number, "value");
            d->has_edit = true;
            d->edit = i;
            return difference_edit(d, a->edits + EDIT_BYTES * i, b->edits + EDIT_BYTES * i);
        }
    }
    if (a->time_ms == b->time_ms)
        return true;
    at_record(d, a, number, "time of the record");
    return difference_i64(d, a->time_ms, b->time_ms);
}

/* A place in a block. */
struct cursor {
    const struct block *block;
    size_t record, edit;
    struct source_record found;
};

/* The record here, if it is below `below`. */
static const struct source_record *look(struct cursor *c, uint64_t below)
{
    const struct block *block = c->block;
    if (!block || c->record == block->head.n_records ||
        block_version(block, c->record) - 1 >= below)
        return NULL;
    c->found = (struct source_record){
        .offset = block_version(block, c->record) - 1,
        .time_ms = block_time(block, c->record),
        .position = block->head.position,
        .edits = block->edits + EDIT_BYTES * c->edit,
        .n = block_count(block, c->record),
    };
    return &c->found;
}

static void step(struct cursor *c)
{
    c->edit += c->found.n;
    c->record++;
}

bool compare_blocks(const struct block *a, const struct block *b, uint64_t number, uint64_t below,
                    struct compared *compared, struct difference *difference)
{
    struct cursor at_a = {.block = a}, at_b = {.block = b};
    for (;;) {
        const struct source_record *x = look(&at_a, below), *y = look(&at_b, below);
        if (!x && !y)
            return true;
        if (!compare_records(x, y, number, difference))
            return false;
        compared->records++;
        compared->edits += x->n;
        step(&at_a);
        step(&at_b);
    }
}
