/* SPDX-License-Identifier: ISC */
/* board: see board.h. */
#include "board.h"

#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "shuffle.h"

int board_init(struct board *board, unsigned number, struct position position)
{
    *board = (struct board){.position = position, .waiting = NO_CONN};
    /* The first one has the key 0, so that one canvas alone uses the ledger word by word. */
    board->key = number == 0 ? 0 : (uint32_t)(shuffle_mix(number) & LEDGER_KEY_MAX);
    return reference_init(&board->reference);
}

void board_finish(struct board *board)
{
    reference_finish(&board->reference);
    free(board->claims.items);
    memset(board, 0, sizeof *board);
}
