/* SPDX-License-Identifier: ISC */
/*
 * log_local_writer: the one thread that writes the embedded log: a bounded queue of batches in, one
 * durable transaction for all that wait (group commit), one outcome each out.
 */
#ifndef PLACED_LOG_LOCAL_LOG_LOCAL_WRITER_H
#define PLACED_LOG_LOCAL_LOG_LOCAL_WRITER_H

#include <lmdb.h>

#include "log/log.h"

/* An open LMDB environment and its two databases. */
struct local_store {
    MDB_env *env;
    MDB_dbi records; /* offset (native 8-byte integer) -> record */
    MDB_dbi meta;    /* name -> bytes */
    const char *dir; /* for messages and to ask for free space */
    size_t map_bytes;
};

struct local_writer;

/* Start the thread. high: the offset of the next record. Outcomes go to log->sink. NULL with errno.
 */
struct local_writer *local_writer_create(const struct local_store *store, uint64_t high,
                                         struct log *log);

/* As log_append, log_state, log_wake and log_flush. */
enum log_append local_writer_append(struct local_writer *writer, const struct log_batch *batch);
enum log_state local_writer_state(struct local_writer *writer);
void local_writer_wake(struct local_writer *writer);
void local_writer_flush(struct local_writer *writer, int timeout_ms);

/* Wait until there is a record at offset, a wake, or the time-out; returns the log's end. */
uint64_t local_writer_wait(struct local_writer *writer, uint64_t offset, int timeout_ms);

void local_writer_destroy(struct local_writer *writer); /* flushes first. NULL is fine */

#endif
