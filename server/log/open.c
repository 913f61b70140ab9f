/* SPDX-License-Identifier: ISC */
/* open: tells the kinds of log apart by the URL. */
#include "log/open.h"

#include <stdio.h>
#include <string.h>

#include "log/kafka/log_kafka.h"
#include "log/local/log_local.h"

struct log *log_open(const char *url, const struct log_options *options,
                     char error[LOG_ERROR_BYTES])
{
    static const struct log_options defaults = {0};
    static const char kafka[] = "kafka://", local[] = "local:";
    if (!options)
        options = &defaults;
    if (strncmp(url, kafka, strlen(kafka)) == 0)
        return log_kafka_open(url + strlen(kafka), options, error);
    if (strncmp(url, local, strlen(local)) == 0)
        url += strlen(local);
    if (!*url || strstr(url, "://")) {
        snprintf(error, LOG_ERROR_BYTES,
                 "%.100s: not a log: expected local:DIR or kafka://HOST:PORT/TOPIC", url);
        return NULL;
    }
    return log_local_open(url, options, error);
}
