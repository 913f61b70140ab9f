/* SPDX-License-Identifier: ISC */
/* source_log: a log as a source; also while a server writes it. */
#ifndef PLACED_TOOLS_SOURCE_LOG_H
#define PLACED_TOOLS_SOURCE_LOG_H

#include "log/log.h"
#include "source.h"

/* See source_open. */
struct source *source_log_open(const char *url, const struct source_options *options,
                               char error[SOURCE_ERROR_BYTES]);

/* The same of a log that is open; takes it over, also when it fails. */
struct source *source_log_take(struct log *log, const struct source_options *options,
                               char error[SOURCE_ERROR_BYTES]);

#endif
