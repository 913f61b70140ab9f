/* SPDX-License-Identifier: ISC */
/* prepare: the first half of an import: the files become sorted runs in the work folder. */
#ifndef PLACED_IMPORT_PREPARE_H
#define PLACED_IMPORT_PREPARE_H

#include "import_id.h"
#include "report.h"
#include "work.h"

/* Take up what an earlier run has sorted, or read and sort the files; log is the name of where the
 * edits will go. state->log is "" when nothing is known of a beginning there. 0; -1 with a reason
 * in error, which is empty when stop_asked() said so. report gets the time it took. */
int prepare(const struct options *options, const struct import_id *id, const char *log,
            struct work *work, struct work_state *state, struct report *report,
            char error[WORK_ERROR_BYTES]);

/* The work folder when no other is named; it lies beside what is written, or read. */
void prepare_work_folder(const struct options *options, char *path, size_t room);

#endif
