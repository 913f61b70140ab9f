/* SPDX-License-Identifier: ISC */
/* painter: see painter.h. */
#include "painter.h"

#include <stdlib.h>

static uint64_t now_us(struct env *env)
{
    return ((struct painter *)env)->now_us;
}

static int64_t time_ms(struct env *env)
{
    return (int64_t)(((struct painter *)env)->now_us / 1000);
}

static void fill_random(struct env *env, void *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)(i + 1);
}

struct painter *painter_create(size_t w, size_t h, const struct ring_plan *plan)
{
    struct painter *painter = calloc(1, sizeof *painter);
    if (!painter)
        abort();
    painter->env = (struct env){.now_us = now_us, .time_ms = time_ms, .random = fill_random};
    painter->now_us = 100 * 1000 * 1000;
    painter->canvases = canvases_create(w, h, &painter->metrics, &painter->env, plan);
    if (!painter->canvases)
        abort();
    return painter;
}

void painter_destroy(struct painter *painter)
{
    canvases_destroy(painter->canvases);
    free(painter);
}

void painter_go_live(struct painter *painter)
{
    struct fold *fold = canvases_fold(painter->canvases);
    fold->ops->live(fold);
}

void painter_deliver(struct painter *painter)
{
    struct fold *fold = canvases_fold(painter->canvases);
    fold->ops->delivered(fold);
}

int painter_fold(struct painter *painter, struct record *record)
{
    struct fold *fold = canvases_fold(painter->canvases);
    struct fold_record full = {
        .record = record, .edits = record_edits(record), .anchor = record_anchor(record)};
    return fold->ops->record(fold, &full, painter->error);
}

int painter_paint(struct painter *painter, struct position position, size_t n, uint32_t colour)
{
    uint8_t *value = malloc(POSITION_BYTES + EDIT_BYTES * n);
    if (!value)
        abort();
    position_store(value, position);
    for (size_t i = 0; i < n; i++)
        edit_store(value + POSITION_BYTES + EDIT_BYTES * i,
                   edit_pack((uint32_t)i % 1000, (uint32_t)(i / 1000) % 1000, colour));
    struct record record = {.offset = painter->offset++,
                            .value = {value, POSITION_BYTES + EDIT_BYTES * n}};
    int result = painter_fold(painter, &record);
    free(value);
    return result;
}

struct canvas_place *painter_at(struct painter *painter, int gx, int gy)
{
    return canvases_find(painter->canvases, (struct position){(int16_t)gx, (int16_t)gy});
}
