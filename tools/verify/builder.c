/* SPDX-License-Identifier: ISC */
/* builder: see builder.h. */
#include "builder.h"

#include <stdlib.h>
#include <string.h>

#include "core/edit.h"

struct row {
    uint64_t offset;
    int64_t time_ms;
    uint32_t n;
};

struct canvas {
    struct position position;
    uint64_t number, from; /* of the open block */
    struct row *rows;
    size_t n_rows, rows_room;
    uint8_t *edits;
    size_t n_edits, edits_room;
    uint8_t chain[DIGEST_BYTES]; /* zero bytes before the first block */
};

struct builder {
    uint8_t genesis[GENESIS_BYTES];
    uint32_t *places; /* by position: 0, or the canvas's number in the list + 1 */
    struct canvas *canvases;
    size_t n, room;
    uint8_t *bytes; /* of the block that was given out */
};

static size_t place_of(struct position p)
{
    return (size_t)(p.gy - POSITION_MIN) * POSITION_SPAN + (size_t)(p.gx - POSITION_MIN);
}

struct builder *builder_create(const uint8_t *genesis)
{
    struct builder *builder = calloc(1, sizeof *builder);
    if (!builder)
        return NULL;
    /* 16 MB, of which the system gives what is touched. */
    builder->places = calloc((size_t)POSITION_SPAN * POSITION_SPAN, sizeof *builder->places);
    if (!builder->places) {
        free(builder);
        return NULL;
    }
    if (genesis)
        memcpy(builder->genesis, genesis, GENESIS_BYTES);
    return builder;
}

void builder_destroy(struct builder *builder)
{
    if (!builder)
        return;
    for (size_t i = 0; i < builder->n; i++) {
        free(builder->canvases[i].rows);
        free(builder->canvases[i].edits);
    }
    free(builder->canvases);
    free(builder->places);
    free(builder->bytes);
    free(builder);
}

/* Room for n things of this size. */
static bool reserve(void **array, size_t n, size_t *room, size_t size)
{
    if (n <= *room)
        return true;
    size_t wanted = n + n / 2 + 16;
    void *grown = realloc(*array, wanted * size);
    if (!grown)
        return false;
    *array = grown;
    *room = wanted;
    return true;
}

/* NULL without memory. */
static struct canvas *canvas_of(struct builder *builder, struct position position)
{
    uint32_t *place = &builder->places[place_of(position)];
    if (*place > 0)
        return &builder->canvases[*place - 1];
    void *canvases = builder->canvases;
    bool room = reserve(&canvases, builder->n + 1, &builder->room, sizeof *builder->canvases);
    builder->canvases = canvases;
    if (!room)
        return NULL;
    builder->canvases[builder->n] = (struct canvas){.position = position};
    *place = (uint32_t)++builder->n;
    return &builder->canvases[builder->n - 1];
}

static bool add(struct canvas *canvas, const struct source_record *record)
{
    void *rows = canvas->rows, *edits = canvas->edits;
    bool room = reserve(&rows, canvas->n_rows + 1, &canvas->rows_room, sizeof *canvas->rows) &&
                reserve(&edits, canvas->n_edits + record->n, &canvas->edits_room, EDIT_BYTES);
    canvas->rows = rows;
    canvas->edits = edits;
    if (!room)
        return false;
    canvas->rows[canvas->n_rows++] =
        (struct row){record->offset, record->time_ms, (uint32_t)record->n};
    memcpy(canvas->edits + canvas->n_edits * EDIT_BYTES, record->edits, record->n * EDIT_BYTES);
    canvas->n_edits += record->n;
    return true;
}

/* The canvas's open block as bytes. */
static int encode(struct builder *builder, const struct canvas *canvas, struct built *built)
{
    struct block_head head = {
        .position = canvas->position,
        .number = canvas->number,
        .from = canvas->from,
        .n_records = (uint32_t)canvas->n_rows,
        .n_edits = (uint32_t)canvas->n_edits,
    };
    memcpy(head.genesis, builder->genesis, GENESIS_BYTES);
    size_t len = block_bytes(head.n_records, head.n_edits);
    struct block_writer writer;
    free(builder->bytes);
    builder->bytes = malloc(len);
    if (!builder->bytes)
        return -1;
    block_begin(&writer, builder->bytes, &head);
    const uint8_t *edits = canvas->edits;
    for (size_t i = 0; i < canvas->n_rows; i++) {
        const struct row *row = &canvas->rows[i];
        block_add(&writer, row->offset, row->time_ms, edits, row->n);
        edits += (size_t)row->n * EDIT_BYTES;
    }
    *built = (struct built){
        .position = canvas->position,
        .number = canvas->number,
        .bytes = builder->bytes,
        .len = len,
    };
    digest_of(built->sha256, built->bytes, built->len);
    memcpy(built->chain, canvas->chain, DIGEST_BYTES);
    return 0;
}

int builder_add(struct builder *builder, const struct source_record *record, struct built *built)
{
    struct canvas *canvas = canvas_of(builder, record->position);
    if (!canvas || !add(canvas, record))
        return -1;
    if (canvas->n_edits < BLOCK_EDITS)
        return 0;
    if (encode(builder, canvas, built) != 0)
        return -1;
    digest_chain(canvas->chain, canvas->chain, built->sha256);
    memcpy(built->chain, canvas->chain, DIGEST_BYTES);
    canvas->number++;
    canvas->from = record->offset + 1;
    canvas->n_rows = canvas->n_edits = 0;
    return 1;
}

size_t builder_canvases(const struct builder *builder)
{
    return builder->n;
}

int builder_open_block(struct builder *builder, size_t i, struct built *built)
{
    return encode(builder, &builder->canvases[i], built);
}

uint64_t builder_number(const struct builder *builder, struct position position)
{
    uint32_t place = builder->places[place_of(position)];
    return place > 0 ? builder->canvases[place - 1].number : 0;
}
