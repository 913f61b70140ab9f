/* SPDX-License-Identifier: ISC */
/* source_open: a source by its name: a log, a server, or a folder of blocks. */
#ifndef PLACED_TOOLS_SOURCE_OPEN_H
#define PLACED_TOOLS_SOURCE_OPEN_H

#include "source.h"

enum source_kind { SOURCE_LOG, SOURCE_SERVER, SOURCE_FOLDER };

/* What `where` names, by its form and by what lies there; see source_open. */
enum source_kind source_kind(const char *where);

/* Open what `where` names:
 *
 *   local:DIR, DIR            an embedded log, also while a server has it open
 *   kafka://HOST:PORT/TOPIC   a log on Kafka
 *   http://HOST, https://HOST a server: its blocks, compared with its index's hashes while they are
 *                             read
 *   DIR of a history folder   DATA/history/G: a server's blocks on its disk
 *
 * What is there now is the source: what is appended later is not waited for. NULL with a reason in
 * error. */
struct source *source_open(const char *where, const struct source_options *options,
                           char error[SOURCE_ERROR_BYTES]);

#endif
