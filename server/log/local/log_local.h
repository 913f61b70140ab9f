/* SPDX-License-Identifier: ISC */
/*
 * log_local: the embedded log, an LMDB environment with one durable commit a batch (or for several
 * batches that were waiting: group commit), a CRC-32C a record, kept for ever.
 */
#ifndef PLACED_LOG_LOCAL_LOG_LOCAL_H
#define PLACED_LOG_LOCAL_LOG_LOCAL_H

#include "log/log.h"
#include "log/options.h"

/* Open or make the log in directory dir (made if missing; not its parent). NULL with a reason in
 * error: unreadable, open in another process, wrong format, damaged. An I/O error at a write ends
 * the process with status 1, because then nobody knows what is on the disk.
 *
 * With options->readonly another process may be writing it meanwhile; readers notice new records
 * within 50 ms. Never in the process that has it open already. */
struct log *log_local_open(const char *dir, const struct log_options *options,
                           char error[LOG_ERROR_BYTES]);

#endif
