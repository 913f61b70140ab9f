/* SPDX-License-Identifier: ISC */
/*
 * dead: tasks that failed for good, and records that are no tasks: the topic `dead`, which is kept.
 * The newest of them that were not put back are in memory, read by a thread of their own.
 *
 *   {"topic","group","name","batch" or absent,"why","attempts"}   a dead letter
 *   {"requeued":[offsets]}                                        these were put back
 *
 * Threads: dead_list and dead_find any; the others the loop's.
 */
#ifndef PLACED_RENDER_BATCH_DEAD_H
#define PLACED_RENDER_BATCH_DEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/batch/task_record.h"
#include "render/queue/queue.h"

enum {
    DEAD_LETTERS = 1000, /* that are in memory at most */
    DEAD_NAME_BYTES = 256,
    DEAD_WHY_BYTES = 256,
    DEAD_GROUP_BYTES = 32,
    DEAD_MARK_OFFSETS = 150, /* in one record that says so */
};

struct dead;
struct cJSON;

struct dead_letter {
    uint64_t offset;
    int64_t time_ms;
    bool uploads; /* the topic; else tiles */
    char group[DEAD_GROUP_BYTES];
    char
        name[DEAD_NAME_BYTES]; /* the job's first picture; of a record that is none its beginning */
    char batch[TASK_BATCH_CHARS + 1]; /* or "" */
    char why[DEAD_WHY_BYTES];
    unsigned attempts; /* 0: it was no task */
};

/* Start to read. NULL: no memory, or no thread. */
struct dead *dead_create(struct queue *queue);
void dead_destroy(struct dead *dead); /* NULL is fine */

/* How many there are; the newest n of them, the newest first, for free(). NULL: no memory, or none
 * (*n is then 0). */
size_t dead_count(struct dead *dead);
struct dead_letter *dead_list(struct dead *dead, size_t *n);

/* False: it is not there, or was put back. */
bool dead_find(struct dead *dead, uint64_t offset, struct dead_letter *letter);

/* What is written to the topic; the length, below TASK_RECORD_BYTES. */
size_t dead_write(char text[TASK_RECORD_BYTES], const struct dead_letter *letter);
/* The event that tells of it: the same with "t":"dead". */
size_t dead_write_event(char text[TASK_RECORD_BYTES], const struct dead_letter *letter);
size_t dead_write_mark(char text[TASK_RECORD_BYTES], const uint64_t *offsets, size_t n);

/* Some bytes of a record as a text that can be shown: what is not plain becomes '?'. */
void dead_show(char name[DEAD_NAME_BYTES], const uint8_t *value, size_t len);

#endif
