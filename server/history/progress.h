/* SPDX-License-Identifier: ISC */
/*
 * progress: how far the files of a log's history go, and of which log they are, as the bytes of the
 * file `progress`. Pure.
 *
 * The files may hold more than it says (a process that was killed wrote them last): that is not
 * believed, because nothing proves that it is of the log that is read now.
 */
#ifndef PLACED_HISTORY_PROGRESS_H
#define PLACED_HISTORY_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/record.h"

enum {
    PROGRESS_CLUSTER_BYTES = 64,
    PROGRESS_TOPIC_BYTES = 256,
    PROGRESS_BYTES = 80 + PROGRESS_CLUSTER_BYTES + PROGRESS_TOPIC_BYTES,
};

struct progress {
    uint8_t genesis[GENESIS_BYTES];
    uint64_t read;        /* all records below this offset are in the files; at least 1 */
    struct anchor anchor; /* of the last record below it */
    uint64_t canvases;    /* so many were painted by then */
    uint64_t edits;       /* with so many edits in all. A file that is missing shows in these */
    char cluster[PROGRESS_CLUSTER_BYTES], topic[PROGRESS_TOPIC_BYTES]; /* of the log */
};

void progress_encode(uint8_t bytes[PROGRESS_BYTES], const struct progress *progress);

/* False when it is damaged, or of an unknown format. */
bool progress_decode(const uint8_t *bytes, size_t len, struct progress *progress);

#endif
