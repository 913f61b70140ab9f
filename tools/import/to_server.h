/* SPDX-License-Identifier: ISC */
/* to_server: an import through a running server, from its beginning to its end. */
#ifndef PLACED_IMPORT_TO_SERVER_H
#define PLACED_IMPORT_TO_SERVER_H

#include "import_id.h"
#include "options.h"
#include "report.h"

/* 0; -1 after a message, or without one when stop_asked() said so. report is filled in. */
int to_server(const struct options *options, const struct import_id *id, struct work *work,
              struct report *report);

#endif
