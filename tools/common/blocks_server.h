/* SPDX-License-Identifier: ISC */
/* blocks_server: the blocks of a server, over HTTP. */
#ifndef PLACED_TOOLS_BLOCKS_SERVER_H
#define PLACED_TOOLS_BLOCKS_SERVER_H

#include "blocks.h"

/* Ask the server at http://HOST:PORT or https://HOST:PORT for what it has. timeout_s: see
 * fetch_create. NULL with a reason in error. */
struct blocks *blocks_server_open(const char *url, unsigned timeout_s,
                                  char error[BLOCKS_ERROR_BYTES]);

#endif
