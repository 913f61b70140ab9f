/* SPDX-License-Identifier: ISC */
/*
 * local_store: the LMDB environment that holds an embedded log: opened, locked against a second
 * writer, and proved to be whole.
 *
 * In its directory: data.mdb and lock.mdb (LMDB's), and placed.lock, which the one process that may
 * write holds with flock. data.mdb has two databases:
 *   records   offset (native 8-byte integer, from 0, each one more than the one before)
 *             -> record, see local_record.c
 *   meta      "format" -> u32 = 1; "id" -> 16 random bytes, this log's own; "probe": see
 *             local_writer.c
 * A missing offset, a bad record, a file shorter than LMDB believes: each is an error, never
 * skipped.
 */
#ifndef PLACED_LOG_LOCAL_LOCAL_STORE_H
#define PLACED_LOG_LOCAL_LOCAL_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lmdb.h>

#include "log/log.h"

enum { LOCAL_ID_BYTES = 16 };

struct local_store {
    MDB_env *env;
    MDB_dbi records;
    MDB_dbi meta;
    char *dir;
    int lock_fd; /* -1 when readonly */
    bool readonly;
    char id[2 * LOCAL_ID_BYTES + 1]; /* in hex */
};

/* Open or make the log in dir; map_bytes as in struct log_options. *high becomes the offset of the
 * next record. 0, or -1 with a reason in error. */
int local_store_open(struct local_store *store, const char *dir, size_t map_bytes, bool readonly,
                     uint64_t *high, char error[LOG_ERROR_BYTES]);
void local_store_close(struct local_store *store);

/* The end of the log as it is on the disk now: an LMDB error code. Any thread. */
int local_store_high(const struct local_store *store, uint64_t *high);

/* Write "DIR: what LMDB says" into error, and return -1. */
int local_store_error(const struct local_store *store, int rc, char error[LOG_ERROR_BYTES]);

#endif
