/* SPDX-License-Identifier: ISC */
/* pacer: when something is due that is to happen K times as fast as it did. */
#ifndef PLACED_IMPORT_PACER_H
#define PLACED_IMPORT_PACER_H

#include <stdbool.h>
#include <stdint.h>

struct pacer {
    double speed; /* 0: everything is due */
    bool begun;
    int64_t begun_ms, begun_at; /* when the first was due: by our clock, by its own time */
};

/* How many ms are left at now_ms until what happened at time_ms is due; 0: it is. The first that is
 * asked for is due at once, and so is what has no time (0). */
static inline int64_t pacer_left_ms(struct pacer *pacer, int64_t time_ms, int64_t now_ms)
{
    if (pacer->speed <= 0 || time_ms <= 0)
        return 0;
    if (!pacer->begun) {
        pacer->begun = true;
        pacer->begun_ms = now_ms;
        pacer->begun_at = time_ms;
    }
    double after = (double)(time_ms - pacer->begun_at) / pacer->speed;
    double left = after - (double)(now_ms - pacer->begun_ms);
    return left <= 0 ? 0 : left < 1e15 ? (int64_t)left + 1 : (int64_t)1e15;
}

#endif
