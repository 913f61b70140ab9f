/* SPDX-License-Identifier: ISC */
/* shelf: see shelf.h. */
#include "history/shelf.h"

#include <stdlib.h>

struct shelf *shelf_create(struct position position, const uint8_t genesis[GENESIS_BYTES])
{
    struct shelf *shelf = calloc(1, sizeof *shelf);
    if (shelf) {
        shelf->position = position;
        tail_begin(&shelf->tail, position, genesis, 0, 0, NULL);
        shelf_show(shelf);
    }
    return shelf;
}

void shelf_destroy(struct shelf *shelf)
{
    if (!shelf)
        return;
    tail_finish(&shelf->tail);
    activity_finish(&shelf->activity);
    free(shelf->rows);
    free(shelf);
}

const uint8_t *shelf_chain(const struct shelf *shelf)
{
    return shelf->n_rows > 0 ? shelf->rows[shelf->n_rows - 1].chain : NULL;
}

int shelf_add(struct shelf *shelf, uint64_t offset, int64_t time_ms, const uint8_t *edits,
              uint32_t n)
{
    if (activity_reserve(&shelf->activity) != 0 ||
        tail_add(&shelf->tail, offset, time_ms, edits, n) != 0)
        return -1;
    shelf->fresh = true;
    return activity_add(&shelf->activity, offset + 1, time_ms, n);
}

static int reserve(struct shelf *shelf)
{
    if (shelf->n_rows < shelf->room_rows)
        return 0;
    uint64_t room = shelf->room_rows ? 2 * shelf->room_rows : 4;
    struct store_row *rows = realloc(shelf->rows, room * sizeof *rows);
    if (!rows)
        return -1;
    shelf->rows = rows;
    shelf->room_rows = room;
    return 0;
}

int shelf_close_block(struct shelf *shelf, const uint8_t genesis[GENESIS_BYTES],
                      const struct store_row *row)
{
    if (reserve(shelf) != 0)
        return -1;
    shelf->rows[shelf->n_rows++] = *row;
    shelf->disk_bytes += row->bytes;
    shelf->fresh = true;
    tail_begin(&shelf->tail, shelf->position, genesis, shelf->n_rows, row->to, row->chain);
    return 0;
}

void shelf_show(struct shelf *shelf)
{
    shelf->seen = (struct store_canvas){.position = shelf->position,
                                        .version = shelf->tail.info.to,
                                        .edits = shelf->activity.edits,
                                        .n_blocks = shelf->n_rows,
                                        .tail = shelf->tail.info};
    shelf->seen_length = tail_length(&shelf->tail);
    shelf->fresh = false;
}
