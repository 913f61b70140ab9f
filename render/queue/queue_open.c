/* SPDX-License-Identifier: ISC */
/* queue_open: tells the kinds of queue apart by the URL. */
#include "render/queue/queue_open.h"

#include <stdio.h>
#include <string.h>

#include "render/queue/embedded/queue_embedded.h"
#include "render/queue/embedded/shelf_lmdb.h"
#include "render/queue/embedded/shelf_memory.h"
#include "render/queue/kafka/queue_kafka.h"

struct queue *queue_open(const char *url, const struct queue_options *options,
                         char error[QUEUE_ERROR_BYTES])
{
    static const struct queue_options defaults = {0};
    static const char memory[] = "memory:", local[] = "local:", kafka[] = "kafka://";
    if (!options)
        options = &defaults;
    if (strcmp(url, memory) == 0)
        return queue_embedded_open(shelf_memory_create(error), error);
    if (strncmp(url, local, strlen(local)) == 0 && url[strlen(local)])
        return queue_embedded_open(shelf_lmdb_open(url + strlen(local), options->map_bytes, error),
                                   error);
    if (strncmp(url, kafka, strlen(kafka)) == 0)
        return queue_kafka_open(url + strlen(kafka), options, error);
    snprintf(error, QUEUE_ERROR_BYTES,
             "%.100s: not a queue: expected local:DIR or kafka://HOST:PORT/PREFIX", url);
    return NULL;
}
