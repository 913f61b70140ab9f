/* SPDX-License-Identifier: ISC */
/*
 * log_local: the embedded log, an LMDB environment with one durable commit a batch (or for several
 * batches that were waiting: group commit), a CRC-32C a record, kept for ever.
 */
#ifndef PLACED_LOG_LOG_LOCAL_H
#define PLACED_LOG_LOG_LOCAL_H

#include "log/log.h"

/* Open or make the log in directory dir (made if missing). NULL with a message in error: unreadable,
 * open in another process, wrong format. map_bytes: address space reserved, 0 for the default. */
struct log *log_local_open(const char *dir, size_t map_bytes, char error[LOG_ERROR_BYTES]);

#endif
