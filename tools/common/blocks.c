/* SPDX-License-Identifier: ISC */
/* blocks: see blocks.h. */
#include "blocks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void blocks_close(struct blocks *blocks)
{
    if (!blocks)
        return;
    for (size_t i = 0; i < blocks->n_canvases; i++)
        free(blocks->canvases[i].rows);
    free(blocks->canvases);
    blocks->ops->close(blocks);
}

static int compare_positions(struct position a, struct position b)
{
    return a.gy != b.gy ? (a.gy < b.gy ? -1 : 1) : (a.gx > b.gx) - (a.gx < b.gx);
}

static int compare_canvases(const void *key, const void *canvas)
{
    const struct position *position = key;
    return compare_positions(*position, ((const struct blocks_canvas *)canvas)->position);
}

const struct blocks_canvas *blocks_find(const struct blocks *blocks, struct position position)
{
    if (blocks->n_canvases == 0)
        return NULL;
    return bsearch(&position, blocks->canvases, blocks->n_canvases, sizeof *blocks->canvases,
                   compare_canvases);
}

/* What the head must be, whatever is said of the block. */
static bool check_head(const struct blocks *blocks, const struct blocks_canvas *canvas,
                       uint64_t number, uint64_t from, const struct block_head *head,
                       struct difference *d)
{
    struct position p = canvas->position;
    difference_at_block(d, p, number, "position in the block");
    if (!position_equal(head->position, p)) {
        char expected[32], found[32];
        snprintf(expected, sizeof expected, "(%d, %d)", p.gx, p.gy);
        snprintf(found, sizeof found, "(%d, %d)", head->position.gx, head->position.gy);
        return difference_text(d, expected, found);
    }
    difference_at_block(d, p, number, "genesis id in the block");
    if (memcmp(head->genesis, blocks->genesis, GENESIS_BYTES) != 0)
        return difference_bytes(d, blocks->genesis, head->genesis, GENESIS_BYTES);
    difference_at_block(d, p, number, "number in the block");
    if (head->number != number)
        return difference_u64(d, number, head->number);
    difference_at_block(d, p, number, "version before the block");
    return head->from == from || difference_u64(d, from, head->from);
}

static bool check_numbers(struct position p, uint64_t number, const struct blocks_row *row,
                          const struct block_head *head, struct difference *d)
{
    const struct {
        const char *what;
        uint64_t expected, found;
    } rows[] = {
        {"version before the block", row->from, head->from},
        {"version after the block", row->to, head->to},
        {"number of records", row->records, head->n_records},
        {"number of edits", row->edits, head->n_edits},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        difference_at_block(d, p, number, rows[i].what);
        if (rows[i].expected != rows[i].found)
            return difference_u64(d, rows[i].expected, rows[i].found);
    }
    return true;
}

/* Of a block with records. */
static bool check_times(struct position p, uint64_t number, const struct blocks_row *row,
                        const struct block *block, size_t records, struct difference *d)
{
    int64_t first = block_time(block, 0), last = block_time(block, records - 1);
    difference_at_block(d, p, number, "time of the first record");
    if (row->time != BLOCKS_NO_TIME && row->time != first)
        return difference_i64(d, row->time, first);
    difference_at_block(d, p, number, "time of the last record");
    return row->time_to == BLOCKS_NO_TIME || row->time_to == last ||
           difference_i64(d, row->time_to, last);
}

/* A complete block against its row. */
static bool check_row(struct position p, uint64_t number, const struct blocks_row *row,
                      const struct blocks_read *read, struct difference *d)
{
    const struct block *block = &read->block;
    if (row->has_digests && memcmp(row->sha256, read->sha256, DIGEST_BYTES) != 0) {
        /* What it says of itself is the more precise answer. */
        if (!check_numbers(p, number, row, &block->head, d))
            return false;
        difference_at_block(d, p, number, "SHA-256 of the block");
        return difference_bytes(d, row->sha256, read->sha256, DIGEST_BYTES);
    }
    return check_numbers(p, number, row, &block->head, d) &&
           check_times(p, number, row, block, block->head.n_records, d);
}

/* The tail as it was when that was said; more may have come since. */
static bool check_tail(struct position p, uint64_t number, const struct blocks_row *row,
                       const struct block *block, struct difference *d)
{
    struct block_head then = block->head;
    size_t records = block_records_at(block, row->to);
    then.n_records = (uint32_t)records;
    then.n_edits = (uint32_t)block_edits_of(block, records);
    then.to = records > 0 ? block_version(block, records - 1) : block->head.from;
    return check_numbers(p, number, row, &then, d) &&
           (records == 0 || check_times(p, number, row, block, records, d));
}

static bool check(const struct blocks *blocks, const struct blocks_canvas *canvas, uint64_t number,
                  uint64_t from, struct blocks_read *read, struct difference *d)
{
    struct position p = canvas->position;
    const char *fault = block_parse(&read->block, read->bytes, read->len);
    digest_of(read->sha256, read->bytes, read->len);
    if (fault) {
        free(read->bytes);
        read->bytes = NULL;
        difference_at_block(d, p, number, "bytes of the block");
        char found[100];
        snprintf(found, sizeof found, "one that %s", fault);
        return difference_text(d, "a block", found);
    }
    if (!check_head(blocks, canvas, number, from, &read->block.head, d))
        return false;
    if (number < canvas->n_rows && !block_complete(&read->block)) {
        difference_at_block(d, p, number, "number of edits");
        char found[32];
        snprintf(found, sizeof found, "%u", (unsigned)read->block.head.n_edits);
        return difference_text(d, "those of a complete block", found);
    }
    if (number < canvas->n_rows)
        return check_row(p, number, &canvas->rows[number], read, d);
    return number > canvas->n_rows || check_tail(p, number, &canvas->tail, &read->block, d);
}

enum blocks_result blocks_read(struct blocks *blocks, const struct blocks_canvas *canvas,
                               uint64_t number, uint64_t from, struct blocks_read *read,
                               struct difference *difference, char error[BLOCKS_ERROR_BYTES])
{
    *read = (struct blocks_read){0};
    if (blocks->ops->read(blocks, canvas, number, &read->bytes, &read->len, error) != 0)
        return BLOCKS_FAILED;
    return check(blocks, canvas, number, from, read, difference) ? BLOCKS_OK : BLOCKS_DIFFERENT;
}

bool blocks_check_chain(const struct blocks_canvas *canvas, size_t number,
                        struct difference *difference)
{
    const struct blocks_row *row = &canvas->rows[number];
    uint8_t chain[DIGEST_BYTES];
    if (!row->has_digests)
        return true;
    digest_chain(chain, number > 0 ? row[-1].chain : NULL, row->sha256);
    difference_at_block(difference, canvas->position, number, "chain in the index");
    return memcmp(chain, row->chain, DIGEST_BYTES) == 0 ||
           difference_bytes(difference, chain, row->chain, DIGEST_BYTES);
}
