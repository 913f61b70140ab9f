/* SPDX-License-Identifier: ISC */
/*
 * source_blocks: a stream a canvas, in a heap by the offset of its next record. A stream whose
 * block has not been read yet stands where that block can begin at the earliest, and is read when
 * it gets to the top: so of each canvas at most one block is in memory, and of those whose time has
 * not come or is over none.
 */
#include "source_blocks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/edit.h"
#include "stop.h"

#define MEMORY_MAX ((size_t)2 << 30) /* of all blocks that are in memory at one time */

struct stream {
    const struct blocks_canvas *canvas;
    uint64_t key;    /* the next record's offset, or where the next block begins */
    uint64_t number; /* of the block */
    uint64_t from;   /* the version before it */
    struct blocks_read read;
    bool loaded;
    size_t record, edit; /* in the block: the next record, and its first edit */
};

struct source_blocks {
    struct source source; /* first: a source is cast to it */
    struct blocks *blocks;
    struct stream *streams;
    struct stream **heap;
    size_t n_streams, n_heap;
    size_t memory;
    uint64_t from, to;
    bool given; /* the top's record was given out: it is done with at the next call */
    bool failed;
};

static struct source_blocks *of(struct source *source)
{
    return (struct source_blocks *)source;
}

/* ---- the heap ---- */

static void sink(struct source_blocks *s, size_t at)
{
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < s->n_heap; child++)
            if (s->heap[child]->key < s->heap[least]->key)
                least = child;
        if (least == at)
            return;
        struct stream *stream = s->heap[at];
        s->heap[at] = s->heap[least];
        s->heap[least] = stream;
        at = least;
    }
}

static void remove_top(struct source_blocks *s)
{
    s->heap[0] = s->heap[--s->n_heap];
    sink(s, 0);
}

/* ---- streams ---- */

static void unload(struct source_blocks *s, struct stream *stream)
{
    if (stream->loaded)
        s->memory -= stream->read.len;
    free(stream->read.bytes);
    stream->read.bytes = NULL;
    stream->loaded = false;
}

static const struct blocks_row *row_of(const struct blocks_canvas *canvas, uint64_t number)
{
    return number < canvas->n_rows ? &canvas->rows[number] : &canvas->tail;
}

/* Read one block, and check it and its link of the chain. 0, or -1 and the source's error. */
static int read_block(struct source_blocks *s, const struct blocks_canvas *canvas, uint64_t number,
                      uint64_t from, struct blocks_read *read)
{
    struct difference difference;
    char text[DIFFERENCE_TEXT_BYTES];
    enum blocks_result result =
        blocks_read(s->blocks, canvas, number, from, read, &difference, s->source.error);
    if (result == BLOCKS_OK && number < canvas->n_rows &&
        !blocks_check_chain(canvas, (size_t)number, &difference))
        result = BLOCKS_DIFFERENT;
    if (result == BLOCKS_OK)
        return 0;
    if (result == BLOCKS_DIFFERENT)
        snprintf(s->source.error, sizeof s->source.error, "%s", difference_say(&difference, text));
    free(read->bytes);
    read->bytes = NULL;
    return -1;
}

static int load(struct source_blocks *s, struct stream *stream)
{
    if (read_block(s, stream->canvas, stream->number, stream->from, &stream->read) != 0)
        return -1;
    stream->loaded = true;
    stream->record = stream->edit = 0;
    s->memory += stream->read.len;
    if (s->memory <= MEMORY_MAX)
        return 0;
    snprintf(s->source.error, sizeof s->source.error,
             "too many canvases at one time: their blocks take more than %zu bytes", MEMORY_MAX);
    return -1;
}

/* The stream stands before a record, or behind its block's last one: there the next block is due.
 */
static void settle(struct source_blocks *s, struct stream *stream)
{
    const struct block *block = &stream->read.block;
    if (stream->record < block->head.n_records) {
        stream->key = block_version(block, stream->record) - 1;
        return;
    }
    bool last = stream->number >= stream->canvas->n_rows;
    stream->key = last ? UINT64_MAX : block->head.to;
    stream->from = block->head.to;
    stream->number++;
    unload(s, stream);
}

static void skip_to(struct stream *stream, uint64_t offset)
{
    const struct block *block = &stream->read.block;
    for (; stream->record < block->head.n_records && block_version(block, stream->record) <= offset;
         stream->record++)
        stream->edit += block_count(block, stream->record);
}

static void finish_given(struct source_blocks *s)
{
    if (!s->given)
        return;
    struct stream *top = s->heap[0];
    top->edit += block_count(&top->read.block, top->record);
    top->record++;
    settle(s, top);
    sink(s, 0);
    s->given = false;
}

static enum source_result next(struct source *source, struct source_record *record)
{
    struct source_blocks *s = of(source);
    if (s->failed)
        return SOURCE_FAILED;
    finish_given(s);
    while (s->n_heap > 0 && s->heap[0]->key < s->to) {
        struct stream *top = s->heap[0];
        if (!top->loaded) {
            if (stop_asked())
                snprintf(source->error, sizeof source->error, "interrupted");
            s->failed = stop_asked() || load(s, top) != 0;
            if (s->failed)
                return SOURCE_FAILED;
            skip_to(top, s->from);
            settle(s, top);
            sink(s, 0);
            continue;
        }
        const struct block *block = &top->read.block;
        *record = (struct source_record){
            .offset = top->key,
            .time_ms = block_time(block, top->record),
            .position = top->canvas->position,
            .edits = block->edits + EDIT_BYTES * top->edit,
            .n = block_count(block, top->record),
        };
        s->given = true;
        return SOURCE_RECORD;
    }
    while (s->n_heap > 0 && s->heap[0]->key == UINT64_MAX)
        remove_top(s);
    return SOURCE_END;
}

/* ---- places ---- */

/* The first block with a version above `from`; n_rows + 1 when there is none. */
static uint64_t block_after(const struct blocks_canvas *canvas, uint64_t from)
{
    size_t low = 0, high = canvas->n_rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (canvas->rows[middle].to <= from)
            low = middle + 1;
        else
            high = middle;
    }
    return low == canvas->n_rows && canvas->tail.to <= from ? low + 1 : low;
}

static int seek(struct source *source, uint64_t from, uint64_t to)
{
    struct source_blocks *s = of(source);
    s->from = from;
    s->to = to < source->end ? to : source->end;
    s->given = s->failed = false;
    s->n_heap = 0;
    for (size_t i = 0; i < s->n_streams; i++) {
        struct stream *stream = &s->streams[i];
        unload(s, stream);
        stream->number = block_after(stream->canvas, from);
        if (stream->number > stream->canvas->n_rows)
            continue;
        stream->key = stream->from = row_of(stream->canvas, stream->number)->from;
        s->heap[s->n_heap++] = stream;
    }
    for (size_t i = s->n_heap; i-- > 0;)
        sink(s, i);
    return 0;
}

/* The version of one canvas at a time: 0, or -1 and the source's error. */
static int version_at(struct source_blocks *s, const struct blocks_canvas *canvas, int64_t time_ms,
                      uint64_t *version)
{
    *version = 0;
    for (uint64_t left = canvas->n_rows + 1; left > 0; left--) {
        const struct blocks_row *row = row_of(canvas, left - 1);
        struct blocks_read read;
        if (row->records == 0 || row->time > time_ms)
            continue;
        if (row->time_to >= 0 && row->time_to <= time_ms) {
            *version = row->to;
            return 0;
        }
        if (read_block(s, canvas, left - 1, row->from, &read) != 0)
            return -1;
        size_t n = block_records_until(&read.block, time_ms);
        if (n > 0)
            *version = block_version(&read.block, n - 1);
        free(read.bytes);
        if (n > 0)
            return 0;
    }
    return 0;
}

static int offset_at(struct source *source, int64_t time_ms, uint64_t *version)
{
    struct source_blocks *s = of(source);
    *version = 0;
    for (size_t i = 0; i < s->n_streams; i++) {
        uint64_t found;
        if (version_at(s, s->streams[i].canvas, time_ms, &found) != 0)
            return -1;
        *version = found > *version ? found : *version;
    }
    *version = *version < source->end ? *version : source->end;
    return 0;
}

/* ---- opening and closing ---- */

static void close_blocks(struct source *source)
{
    struct source_blocks *s = of(source);
    for (size_t i = 0; i < s->n_streams; i++)
        unload(s, &s->streams[i]);
    free(s->streams);
    free(s->heap);
    blocks_close(s->blocks);
    free(s);
}

static const struct source_ops ops = {
    .offset_at = offset_at, .seek = seek, .next = next, .close = close_blocks};

struct source *source_blocks_open(struct blocks *blocks, const struct source_options *options,
                                  char error[SOURCE_ERROR_BYTES])
{
    struct source_blocks *s = calloc(1, sizeof *s);
    if (s) {
        s->streams = calloc(blocks->n_canvases + 1, sizeof *s->streams);
        s->heap = calloc(blocks->n_canvases + 1, sizeof(struct stream *));
    }
    if (!s || !s->streams || !s->heap) {
        snprintf(error, SOURCE_ERROR_BYTES, "no memory");
        if (s) {
            free(s->streams);
            free(s->heap);
        }
        free(s);
        blocks_close(blocks);
        return NULL;
    }
    s->source.ops = &ops;
    s->source.options = *options;
    s->source.has_genesis = blocks->has_genesis;
    memcpy(s->source.genesis, blocks->genesis, GENESIS_BYTES);
    s->source.end = blocks->version;
    s->blocks = blocks;
    for (size_t i = 0; i < blocks->n_canvases; i++)
        if (source_wants(options, blocks->canvases[i].position))
            s->streams[s->n_streams++].canvas = &blocks->canvases[i];
    seek(&s->source, 0, UINT64_MAX);
    return &s->source;
}
