/* SPDX-License-Identifier: ISC */
/*
 * given: the tasks of one sequence of records that were given out: whose each is, which are done,
 * and the place before which all are. Records are given in their order, with gaps perhaps, and done
 * in any order. Not locked.
 */
#ifndef PLACED_RENDER_QUEUE_GIVEN_H
#define PLACED_RENDER_QUEUE_GIVEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct given_task {
    uint64_t number; /* by which it is done; grows with the offset */
    uint64_t offset;
    const void *owner; /* NULL: its owner has gone, it is to be given again */
    bool done;
};

struct given {
    struct given_task *tasks; /* those from begin to end - 1 count */
    size_t begin, end, room;
    size_t ownerless; /* to be given again */
    uint64_t place;   /* of the first record that is not done; the end when there is none */
};

void given_init(struct given *given, uint64_t place);
void given_finish(struct given *given);

/* How many there are from the first that is not done on. */
size_t given_count(const struct given *given);

/* A record behind all others is given to somebody. False: no memory. */
bool given_add(struct given *given, uint64_t number, uint64_t offset, const void *owner);

/* The first that has to be given again; it is this owner's now. False: there is none. */
bool given_again(struct given *given, const void *owner, uint64_t *offset);

/* The owner has done this one. False: it is not, or no more, among this owner's. */
bool given_done(struct given *given, uint64_t number, const void *owner);

/* What the owner has not done is to be given again. */
void given_release(struct given *given, const void *owner);

#endif
