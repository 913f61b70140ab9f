/* SPDX-License-Identifier: ISC */
/* history_canvases: what the history asks of the plane, answered by the canvases. */
#ifndef PLACED_HISTORY_HISTORY_CANVASES_H
#define PLACED_HISTORY_HISTORY_CANVASES_H

#include "history/history.h"
#include "plane/canvases.h"

struct history_canvases {
    struct history_source source; /* first: the pointers are exchanged; `ready` is the caller's */
    struct canvases *canvases;
};

void history_canvases_init(struct history_canvases *source, struct canvases *canvases);

#endif
