/* SPDX-License-Identifier: ISC */
/* options: what can be chosen when a log is opened. */
#ifndef PLACED_LOG_OPTIONS_H
#define PLACED_LOG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* One librdkafka property, passed on as it is. */
struct log_property {
    const char *name;
    const char *value;
};

/* Read NAME=VALUE, as programs take it after -X, into properties[*n], which has room for max. The
 * text is cut in two and must outlive it. False when it is something else, or there is no room. */
static inline bool log_property_add(struct log_property *properties, size_t *n, size_t max,
                                    char *text)
{
    char *equals = strchr(text, '=');
    if (!equals || *n == max)
        return false;
    *equals = '\0';
    properties[(*n)++] = (struct log_property){text, equals + 1};
    return true;
}

/* All zero is a good choice. Everything is copied. */
struct log_options {
    bool readonly; /* only to be read: it must exist, and gets no writer. Another process may be
                      writing it meanwhile */

    /* the embedded log */
    size_t map_bytes; /* address space reserved, which bounds the log's size; 0: 64 GiB, or four
                         times the log when that is more */

    /* Kafka */
    int replication; /* of a topic that has to be made; 0: 1 */
    bool keep_times; /* a topic that has to be made keeps the times that batches bring (CreateTime);
                        else it has its broker's clock (LogAppendTime) */
    const struct log_property *properties;
    size_t n_properties;
};

#endif
