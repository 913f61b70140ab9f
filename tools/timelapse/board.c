/* SPDX-License-Identifier: ISC */
/* board: see board.h. */
#include "board.h"

#include <stdlib.h>

int board_init(struct board *board, const struct region *region, uint32_t shrink)
{
    *board = (struct board){.region = *region};
    board->pixels = calloc((size_t)region->width * region->height, 1);
    if (!board->pixels)
        return -1;
    if (shrink > 1 && cells_init(&board->cells, shrink, region->width, region->height) != 0) {
        board_finish(board);
        return -1;
    }
    return 0;
}

void board_finish(struct board *board)
{
    free(board->pixels);
    cells_finish(&board->cells);
    *board = (struct board){0};
}

static void paint(struct board *board, uint32_t x, uint32_t y, uint8_t colour)
{
    uint8_t *pixel = board->pixels + (size_t)y * board->region.width + x;
    if (*pixel == colour)
        return;
    *pixel = colour;
    if (board->cells.side > 0)
        cells_mark(&board->cells, x, y);
    else
        board->touched = rect_with(board->touched, x, y);
}

size_t board_paint(struct board *board, struct position canvas, const uint8_t *edits, size_t n,
                   uint64_t limit, uint64_t *inside)
{
    int64_t left = region_left(&board->region, canvas), top = region_top(&board->region, canvas);
    *inside = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t word = edit_load(edits + EDIT_BYTES * i);
        int64_t x = left + edit_x(word), y = top + edit_y(word);
        if (x < 0 || y < 0 || x >= board->region.width || y >= board->region.height)
            continue;
        if (*inside == limit)
            return i;
        ++*inside;
        paint(board, (uint32_t)x, (uint32_t)y, (uint8_t)edit_colour(word));
    }
    return n;
}

struct picture board_picture(struct board *board)
{
    const struct region *region = &board->region;
    struct cells *cells = &board->cells;
    if (cells->side > 0)
        return (struct picture){
            .touched = cells_update(cells, board->pixels, region->width, region->height),
            .pixels = cells->colours,
            .width = cells->width,
            .height = cells->height};
    struct picture picture = {board->pixels, region->width, region->height, board->touched};
    board->touched = (struct rect){0};
    return picture;
}
