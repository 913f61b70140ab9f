/* SPDX-License-Identifier: ISC */
/* history_canvases: see history_canvases.h. */
#include "history/history_canvases.h"

static struct canvases *canvases_of(struct history_source *source)
{
    return ((struct history_canvases *)source)->canvases;
}

static bool genesis(struct history_source *source, uint8_t id[GENESIS_BYTES])
{
    return canvases_genesis(canvases_of(source), id);
}

static uint64_t version(struct history_source *source)
{
    return canvases_version(canvases_of(source));
}

static bool exists(struct history_source *source, struct position position)
{
    return canvases_find(canvases_of(source), position) != NULL;
}

void history_canvases_init(struct history_canvases *source, struct canvases *canvases)
{
    *source = (struct history_canvases){
        .source = {.genesis = genesis, .version = version, .exists = exists},
        .canvases = canvases,
    };
}
