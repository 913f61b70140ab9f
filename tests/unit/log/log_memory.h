/* SPDX-License-Identifier: ISC */
/*
 * log_memory: a log for tests and the simulation. One partition, several logs (one a server) on it,
 * all in one thread and in the time of an env; it can hold gaps, duplicates, delays and refusals.
 */
#ifndef PLACED_TESTS_LOG_MEMORY_H
#define PLACED_TESTS_LOG_MEMORY_H

#include "log/log.h"
#include "sys/env.h"

struct memory_partition;

/* Faults, each a chance in 1000 an append; delays are uniform between 0 and the maximum. */
struct memory_faults {
    unsigned gap;       /* the offset jumps by 1 to 100 first */
    unsigned duplicate; /* the record is appended twice */
    unsigned refuse;    /* outcome refused, nothing appended */
    unsigned unknown;   /* outcome unknown, appended or not by even chance */
    uint64_t delay_us;  /* until a record becomes readable, a reader its own delay */
    uint64_t
        ack_delay_us; /* until the outcome is reported, by a poll of a reader of the same log */
};

struct memory_partition *memory_partition_create(struct env *env, struct memory_faults faults);
void memory_partition_destroy(struct memory_partition *partition); /* after its logs */
void memory_partition_set_stalled(struct memory_partition *partition, bool stalled); /* read-only */
void memory_partition_set_record_max(struct memory_partition *partition, size_t bytes);

/* Append a record as it is, as somebody else's program would (garbage for instance). */
void memory_partition_put(struct memory_partition *partition, struct span value);

struct log *log_memory_open(struct memory_partition *partition);

#endif
