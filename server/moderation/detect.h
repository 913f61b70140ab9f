/* SPDX-License-Identifier: ISC */
/*
 * detect: what a rule would have found in an old stretch of the log, so that it can be tried on
 * last week before it is switched on. Reads the log with a reader of its own, on the caller's
 * thread.
 */
#ifndef PLACED_MODERATION_DETECT_H
#define PLACED_MODERATION_DETECT_H

#include <stdbool.h>
#include <stdint.h>

struct cJSON;
struct log;
struct sightings;

enum { DETECT_ERROR_BYTES = 256 };

struct detect_request {
    int rule;               /* detectors_find */
    uint32_t threshold;     /* 0: the rule's own */
    int64_t from_ms, to_ms; /* since 1970 */
};

/* Who hears how far it is. Embed it. */
struct detect_progress {
    /* Some work was done: of all of it done (0 to 1), and so many edits were looked at. False: give
     * up. */
    bool (*go_on)(struct detect_progress *progress, double done, uint64_t edits);
};

/* {"rule","threshold","from","to","edits","suspects":[...]}: the caller's. NULL with a reason in
 * error, "cancelled" when progress said so. */
struct cJSON *detect_run(struct log *log, struct sightings *sightings,
                         const struct detect_request *request, struct detect_progress *progress,
                         char error[DETECT_ERROR_BYTES]);

#endif
