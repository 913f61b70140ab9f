/* SPDX-License-Identifier: ISC */
/*
 * log_found: what of this import is in the log already. Its records carry its nonce in header o and
 * count from 1, so the log itself says how far it has come, whatever ended the run before.
 */
#ifndef PLACED_IMPORT_LOG_FOUND_H
#define PLACED_IMPORT_LOG_FOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/log.h"

/* The end of a log. */
struct log_end {
    struct log_bounds bounds;
    bool has_record; /* there is a last one, and the next two are its: */
    uint64_t offset;
    int64_t time_ms;
    uint64_t batch; /* its number in this import; 0: it is not one of ours */
};

/* 0, or -1 with a reason in error (empty: stop_asked). */
int log_end_find(struct log *log, uint64_t nonce, struct log_end *end, char error[LOG_ERROR_BYTES]);

/* The records of this import, in order from 1. */
struct log_found {
    uint64_t n;
    uint32_t *crcs;        /* log_found_crc of each */
    int64_t first_time_ms; /* of the first, when n is not 0 */
    size_t room;
};

/* All records from offset first on have to be this import's, numbered from 1. 0, or -1 with a
 * reason in error (empty: stop_asked). To be finished in any case. */
int log_found_read(struct log *log, uint64_t nonce, uint64_t first, struct log_found *found,
                   char error[LOG_ERROR_BYTES]);
void log_found_finish(struct log_found *found);

/* What tells one batch from another. */
uint32_t log_found_crc(struct span value, struct span authors);

#endif
