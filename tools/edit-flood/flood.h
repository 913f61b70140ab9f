/* SPDX-License-Identifier: ISC */
/*
 * flood: one process of the flood: its connections on one epoll loop, from the first connection to
 * the last check. Several processes share one block of memory; the first one holds all writers.
 */
#ifndef PLACED_EDIT_FLOOD_FLOOD_H
#define PLACED_EDIT_FLOOD_FLOOD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ledger.h"
#include "options.h"
#include "pattern.h"
#include "stats.h"

enum phase {
    PHASE_CONNECT, /* connections are being made */
    PHASE_LOAD,
    PHASE_SETTLE, /* the writers have stopped, the last answers and frames are awaited */
};

struct shared {
    uint64_t begun_us;             /* when the program began: all 32-bit times count from here */
    _Atomic bool stop;             /* asked to end early */
    _Atomic unsigned ready;        /* processes whose connections stand */
    _Atomic uint64_t load_from_us; /* when the load began; 0: not yet */
    _Atomic uint64_t load_to_us;   /* when it was over; 0: not yet */
    _Atomic bool writers_done;     /* then final_version is what everybody has to reach */
    _Atomic uint64_t final_version;
    struct stats stats[PROCESSES_MAX];
};

/* Microseconds, monotonic. */
uint64_t clock_us(void);

static inline enum phase shared_phase(struct shared *shared)
{
    if (atomic_load_explicit(&shared->load_to_us, memory_order_acquire) != 0)
        return PHASE_SETTLE;
    return atomic_load_explicit(&shared->load_from_us, memory_order_acquire) != 0 ? PHASE_LOAD
                                                                                  : PHASE_CONNECT;
}

/* Run process number `process` to its end. tick (may be NULL) is called some times a second. 0, or
 * -1 with a message when it could not even begin. */
int flood_run(const struct options *options, struct shared *shared, struct ledger *ledger,
              struct pattern *pattern, unsigned process, void (*tick)(uint64_t now_us));

/* How many connections the process holds. */
unsigned flood_connections(const struct options *options, unsigned process);

#endif
