/* SPDX-License-Identifier: ISC */
/* source_blocks: blocks as a source: the canvases' records, merged into the order of the log. */
#ifndef PLACED_TOOLS_SOURCE_BLOCKS_H
#define PLACED_TOOLS_SOURCE_BLOCKS_H

#include "blocks.h"
#include "source.h"

/* Takes the blocks over, also when it fails: NULL with a reason in error. */
struct source *source_blocks_open(struct blocks *blocks, const struct source_options *options,
                                  char error[SOURCE_ERROR_BYTES]);

#endif
