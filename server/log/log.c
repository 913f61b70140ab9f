/* SPDX-License-Identifier: ISC */
/* log: passes each call on to the implementation. */
#include "log/log.h"

void log_set_sink(struct log *log, struct log_sink *sink)
{
    log->sink = sink;
}

struct log_identity log_identify(struct log *log)
{
    return log->ops->identify(log);
}

int log_bounds(struct log *log, struct log_bounds *bounds, char error[LOG_ERROR_BYTES])
{
    return log->ops->bounds(log, bounds, error);
}

int log_seek(struct log *log, uint64_t offset, char error[LOG_ERROR_BYTES])
{
    return log->ops->seek(log, offset, error);
}

enum log_event log_poll(struct log *log, int timeout_ms, size_t *delivered,
                        char error[LOG_ERROR_BYTES])
{
    return log->ops->poll(log, timeout_ms, delivered, error);
}

bool log_caught_up(struct log *log)
{
    return log->ops->caught_up(log);
}

void log_wake(struct log *log)
{
    log->ops->wake(log);
}

enum log_append log_append(struct log *log, const struct log_batch *batch)
{
    return log->ops->append(log, batch);
}

enum log_state log_state(struct log *log)
{
    return log->ops->state(log);
}

void log_flush(struct log *log, int timeout_ms)
{
    log->ops->flush(log, timeout_ms);
}

void log_destroy(struct log *log)
{
    if (log)
        log->ops->destroy(log);
}
