/* SPDX-License-Identifier: ISC */
/*
 * log_local: the embedded log, an LMDB environment with one durable commit a batch (or for several
 * batches that were waiting: group commit), a CRC-32C a record, kept for ever.
 */
#ifndef PLACED_LOG_LOCAL_LOG_LOCAL_H
#define PLACED_LOG_LOCAL_LOG_LOCAL_H

#include "log/log.h"

/* Open or make the log in directory dir (made if missing; not its parent). NULL with a message in
 * error: unreadable, open in another process, wrong format, damaged. map_bytes: address space
 * reserved, which bounds the log's size; 0 for 64 GiB, or four times the log when that is more. An
 * I/O error at a write ends the process with status 1, because then nobody knows what is on the
 * disk. */
struct log *log_local_open(const char *dir, size_t map_bytes, char error[LOG_ERROR_BYTES]);

/* Open an existing log for reading only, while another process may be writing it. It is always
 * LOG_STALLED and notices new records within 50 ms. Never in the process that has it open already.
 */
struct log *log_local_open_readonly(const char *dir, char error[LOG_ERROR_BYTES]);

#endif
