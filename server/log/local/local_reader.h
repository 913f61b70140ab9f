/* SPDX-License-Identifier: ISC */
/* local_reader: one reader of the embedded log, with a read transaction and a place of its own. */
#ifndef PLACED_LOG_LOCAL_LOCAL_READER_H
#define PLACED_LOG_LOCAL_LOCAL_READER_H

#include "log/local/local_store.h"
#include "log/local/local_tail.h"
#include "log/log.h"

/* store and tail must outlive it. NULL with a reason in error. */
struct log_reader *local_reader_create(const struct local_store *store, struct local_tail *tail,
                                       char error[LOG_ERROR_BYTES]);

#endif
