/* SPDX-License-Identifier: ISC */
/* to_log: an import into a log, from its beginning to its end. */
#ifndef PLACED_IMPORT_TO_LOG_H
#define PLACED_IMPORT_TO_LOG_H

#include "import_id.h"
#include "options.h"
#include "report.h"

/* 0; -1 after a message, or without one when stop_asked() said so. report is filled in. */
int to_log(const struct options *options, const struct import_id *id, struct work *work,
           struct report *report);

#endif
