/* SPDX-License-Identifier: ISC */
/* source_log: a log as a source; also while a server writes it. */
#ifndef PLACED_TOOLS_SOURCE_LOG_H
#define PLACED_TOOLS_SOURCE_LOG_H

#include "source.h"

/* See source_open. */
struct source *source_log_open(const char *url, const struct source_options *options,
                               char error[SOURCE_ERROR_BYTES]);

#endif
