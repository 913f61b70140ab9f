/* SPDX-License-Identifier: ISC */
/*
 * answers: made on demand by two workers, each name once for all who ask meanwhile, and kept for
 * who asks again until others need the room. A name without an answer that nobody is making takes
 * no memory: made-up names come and go.
 */
#ifndef PLACED_HISTORY_ANSWERS_H
#define PLACED_HISTORY_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history/history_answer.h"

struct answers;

/* What a worker found out. */
struct answers_made {
    /* READY with an answer, MOVED with a name, NONE. BUSY: memory was short. COMING: not yet, and
     * somebody else will say when. The last two are not kept. */
    enum history_state state;
    struct history_answer *answer;
    struct history_name moved;
};

/* Who makes them, and who is told. Embed it. */
struct answers_maker {
    /* From a worker: that of what is slow, or the other one. */
    struct answers_made (*make)(struct answers_maker *maker, struct history_name name);
    /* An answer can be had that could not be had before. From a worker; must not block. */
    void (*ready)(struct answers_maker *maker);
};

struct answers_limits {
    size_t
        cache_bytes; /* of what is kept; a name counts at least 4 kB, the newest one always fits */
    size_t queue;    /* names that wait, for each worker */
};

/* Start the workers. The maker must outlive them. NULL with errno. */
struct answers *answers_create(struct answers_maker *maker, struct answers_limits limits);
void answers_destroy(struct answers *answers); /* ends the workers. NULL is fine */

/* READY (*answer is it; release it), MOVED (*moved is the name), NONE, COMING (ready will say so)
 * or BUSY (the queue is full). An answer of another stamp is not good any more: 0 for what is true
 * for ever. slow: made by the worker of what takes long. Any thread, never blocks. */
enum history_state answers_get(struct answers *answers, struct history_name name, uint64_t stamp,
                               bool slow, struct history_answer **answer,
                               struct history_name *moved);

#endif
