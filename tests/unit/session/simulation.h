/* SPDX-License-Identifier: ISC */
/*
 * simulation: several servers and their clients in one process, one thread, in virtual time, all
 * from one seed. Plane and sessions are the real ones; the clock, the random numbers, the log and
 * the transport are ours. Ends by checking the invariant: nothing acknowledged is lost, nothing
 * refused appears, everybody ends with the same canvases.
 */
#ifndef PLACED_TESTS_SIMULATION_H
#define PLACED_TESTS_SIMULATION_H

#include <stdbool.h>
#include <stdint.h>

#include "log_memory.h"

enum { SIMULATION_ERROR_BYTES = 256, SIMULATION_SERVERS_MAX = 4 };

/* A fault of a client's transport, put in to see that the check notices. */
enum sabotage {
    SABOTAGE_NONE,
    SABOTAGE_SKIP_FRAME,
    SABOTAGE_FLIP_COLOUR,
    SABOTAGE_FALSE_ACK,
};

/* As --plane: how many canvases take edits on a server. */
struct simulation_plane {
    unsigned width, height; /* 0: 1 x 1 */
};

struct simulation_plan {
    uint64_t seed;
    unsigned servers, clients;
    uint64_t run_us;     /* virtual time with edits, before things settle */
    unsigned busy;       /* chance in 1000 that a transport takes nothing */
    unsigned disconnect; /* chance in 1000 a client and step */
    unsigned garbage;    /* chance in 1000 a step of a foreign record */
    unsigned stall;      /* chance in 1000 a step that the log turns read-only, or back */
    unsigned foreign;    /* chance in 1000 a step of a record of a canvas that is open nowhere */
    struct simulation_plane planes[SIMULATION_SERVERS_MAX];
    bool restart; /* one server after the other, into the larger plane */
    struct simulation_plane larger;
    const char *energy; /* policy; NULL: free */
    struct memory_faults faults;
    enum sabotage sabotage;
};

/* What happened, so that a test can tell that the plan did what it says. */
struct simulation_result {
    uint64_t sent, placed, refused, locked, unknown, resets, fell, records, version;
    uint64_t canvases; /* painted */
    uint64_t tired;    /* refused for energy */
    uint64_t checksum; /* of the canvases at the end: the same for the same seed */
};

/* 0 when the invariant holds, else -1 and what is wrong. */
int simulate(const struct simulation_plan *plan, struct simulation_result *result,
             char error[SIMULATION_ERROR_BYTES]);

#endif
