/* SPDX-License-Identifier: ISC */
/* log_local: joins store, tail, readers and writer to a log. */
#include "log/local/log_local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/local/local_reader.h"
#include "log/local/local_store.h"
#include "log/local/local_tail.h"
#include "log/local/local_writer.h"

struct log_local {
    struct log log; /* first: a log is cast to it */
    struct local_store store;
    struct local_tail tail;
};

static struct log_local *of(struct log *log)
{
    return (struct log_local *)log;
}

static struct log_identity identify(struct log *log)
{
    return (struct log_identity){.cluster = of(log)->store.id, .topic = "local"};
}

static enum log_times keeps_times(struct log *log)
{
    (void)log;
    return LOG_TIMES_KEPT;
}

static struct log_writer *writer_create(struct log *log, char error[LOG_ERROR_BYTES])
{
    struct log_local *l = of(log);
    if (l->store.readonly) {
        snprintf(error, LOG_ERROR_BYTES, "%.120s: the log is open for reading only", l->store.dir);
        return NULL;
    }
    return local_writer_create(&l->store, &l->tail, error);
}

static struct log_reader *reader_create(struct log *log, char error[LOG_ERROR_BYTES])
{
    return local_reader_create(&of(log)->store, &of(log)->tail, error);
}

static void close_log(struct log *log)
{
    struct log_local *l = of(log);
    local_tail_finish(&l->tail);
    local_store_close(&l->store);
    free(l);
}

static const struct log_ops ops = {
    .identify = identify,
    .keeps_times = keeps_times,
    .writer_create = writer_create,
    .reader_create = reader_create,
    .close = close_log,
};

struct log *log_local_open(const char *dir, const struct log_options *options,
                           char error[LOG_ERROR_BYTES])
{
    uint64_t high = 0;
    struct log_local *l = calloc(1, sizeof *l);
    if (!l) {
        snprintf(error, LOG_ERROR_BYTES, "no memory");
        return NULL;
    }
    l->log.ops = &ops;
    if (local_store_open(&l->store, dir, options->map_bytes, options->readonly, &high, error) != 0)
        goto no_store;
    int rc = local_tail_init(&l->tail, high);
    if (rc != 0) {
        snprintf(error, LOG_ERROR_BYTES, "%.120s: %s", dir, strerror(rc));
        goto no_tail;
    }
    return &l->log;

no_tail:
    local_store_close(&l->store);
no_store:
    free(l);
    return NULL;
}
