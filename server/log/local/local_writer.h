/* SPDX-License-Identifier: ISC */
/*
 * local_writer: the one thread that writes the embedded log: a bounded queue of batches in, one
 * durable transaction for all that waits (group commit), one outcome for each out.
 */
#ifndef PLACED_LOG_LOCAL_LOCAL_WRITER_H
#define PLACED_LOG_LOCAL_LOCAL_WRITER_H

#include "log/local/local_store.h"
#include "log/local/local_tail.h"
#include "log/log.h"

/* Start the thread, which appends at the tail and moves it. store and tail must outlive it. NULL
 * with a reason in error. */
struct log_writer *local_writer_create(const struct local_store *store, struct local_tail *tail,
                                       char error[LOG_ERROR_BYTES]);

#endif
