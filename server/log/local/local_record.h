/* SPDX-License-Identifier: ISC */
/* local_record: the bytes of one record in the embedded log. Pure. */
#ifndef PLACED_LOG_LOCAL_LOCAL_RECORD_H
#define PLACED_LOG_LOCAL_LOCAL_RECORD_H

#include "core/record.h"
#include "log/log.h"

/* How many bytes the record of batch takes. */
size_t local_record_size(const struct log_batch *batch);

/* Write the record of batch to bytes (local_record_size of them); it still has to be sealed. */
void local_record_encode(uint8_t *bytes, const struct log_batch *batch);

/* Put in what is known only at the commit, and the checksum. */
void local_record_seal(uint8_t *bytes, size_t len, uint64_t offset, int64_t time_ms);

/* Read the record that stands at offset; its spans point into bytes. NULL, or what is wrong with
 * it. */
const char *local_record_decode(struct span bytes, uint64_t offset, struct record *record);

#endif
