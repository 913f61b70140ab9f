/* SPDX-License-Identifier: ISC */
/* blocks_index: the JSON text of /h/G/index.json, read and checked for being possible. Pure. */
#ifndef PLACED_TOOLS_BLOCKS_INDEX_H
#define PLACED_TOOLS_BLOCKS_INDEX_H

#include "blocks.h"

/* Fill in genesis, version and canvases from the text, whose rows have digests. Blocks that do not
 * follow each other, canvases out of order, sums that are wrong and the like are errors. 0, or -1
 * with a reason in error; the caller frees what is there, by blocks_close, either way. */
int blocks_index_parse(struct blocks *blocks, const char *text, size_t len,
                       char error[BLOCKS_ERROR_BYTES]);

/* Of /info: the genesis id. *has_history: it says that it keeps its history. 0, or -1. */
int blocks_index_parse_info(struct blocks *blocks, const char *text, size_t len, bool *has_history,
                            char error[BLOCKS_ERROR_BYTES]);

#endif
