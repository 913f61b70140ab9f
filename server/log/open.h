/* SPDX-License-Identifier: ISC */
/* open: a log by its URL, the same for every program. */
#ifndef PLACED_LOG_OPEN_H
#define PLACED_LOG_OPEN_H

#include "log/log.h"
#include "log/options.h"

/* Open the log that url names; options may be NULL for the defaults.
 *
 *   local:DIR or DIR          the embedded log in the directory DIR; DIR must not contain "://"
 *   kafka://BROKERS/TOPIC     partition 0 of TOPIC; BROKERS is HOST:PORT[,HOST:PORT]...
 *
 * Unless options->readonly, a missing log is made (the directory, but not its parent; the topic),
 * and no second process can open the same embedded log. A Kafka log is verified: one partition, no
 * compaction. Waits up to about 10 s for a broker. NULL with a reason in error. */
struct log *log_open(const char *url, const struct log_options *options,
                     char error[LOG_ERROR_BYTES]);

#endif
