/* SPDX-License-Identifier: ISC */
/* control_span: a time from a moment on, until another. 0: since ever, for ever. Pure. */
#ifndef PLACED_CONTROL_CONTROL_SPAN_H
#define PLACED_CONTROL_CONTROL_SPAN_H

#include <stdbool.h>
#include <stdint.h>

static inline bool span_holds(int64_t from_ms, int64_t until_ms, int64_t now_ms)
{
    return now_ms >= from_ms && (until_ms == 0 || now_ms < until_ms);
}

/* When it begins or ends next, if that is earlier than *next_ms. */
static inline void span_next(int64_t from_ms, int64_t until_ms, int64_t now_ms, int64_t *next_ms)
{
    if (from_ms > now_ms && from_ms < *next_ms)
        *next_ms = from_ms;
    if (until_ms > now_ms && until_ms < *next_ms)
        *next_ms = until_ms;
}

#endif
