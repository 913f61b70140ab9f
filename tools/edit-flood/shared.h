/* SPDX-License-Identifier: ISC */
/*
 * shared: the memory that all processes of the flood have in common: in which phase it is, and what
 * each process has counted.
 */
#ifndef PLACED_EDIT_FLOOD_SHARED_H
#define PLACED_EDIT_FLOOD_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "stats.h"

enum phase {
    PHASE_CONNECT, /* connections are being made */
    PHASE_LOAD,
    PHASE_SETTLE, /* the writers have stopped, the last answers and frames are awaited */
};

struct shared {
    uint64_t begun_us;             /* when the program began: all 32-bit times count from here */
    _Atomic bool stop;             /* asked to end early */
    _Atomic unsigned ready;        /* processes whose connections are all open */
    _Atomic uint64_t load_from_us; /* when the load began; 0: not yet */
    _Atomic uint64_t load_to_us;   /* when it was over; 0: not yet */
    _Atomic bool writers_done;     /* final_versions are what every reader has to reach */
    _Atomic uint64_t final_versions[CANVASES_MAX];
    struct stats stats[PROCESSES_MAX];
};

static inline enum phase shared_phase(struct shared *shared)
{
    if (atomic_load_explicit(&shared->load_to_us, memory_order_acquire) != 0)
        return PHASE_SETTLE;
    return atomic_load_explicit(&shared->load_from_us, memory_order_acquire) != 0 ? PHASE_LOAD
                                                                                  : PHASE_CONNECT;
}

#endif
