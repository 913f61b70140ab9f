/* SPDX-License-Identifier: ISC */
/* history_json: the indexes of the history as JSON. See PROTOCOL.md, "History". */
#ifndef PLACED_HISTORY_HISTORY_JSON_H
#define PLACED_HISTORY_HISTORY_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "core/record.h"
#include "history/store.h"

/* The bytes of one, for free(), and the version that it shows. */
struct history_json {
    uint8_t *bytes;
    size_t len;
    uint64_t version;
};

/* Of one canvas, also of one that was never painted. */
enum store_result history_json_canvas(struct store *store, const uint8_t genesis[GENESIS_BYTES],
                                      struct position position, struct history_json *into);

/* Of all that were ever painted. */
enum store_result history_json_plane(struct store *store, const uint8_t genesis[GENESIS_BYTES],
                                     struct history_json *into);

#endif
