/* SPDX-License-Identifier: ISC */
/*
 * crew: threads that share the parts of one piece of work. Each takes the next part as soon as it
 * has finished one, so that dear and cheap parts even out.
 *
 * Threads: crew_run from one thread at a time, which works too.
 */
#ifndef PLACED_RENDER_FRACTAL_CREW_H
#define PLACED_RENDER_FRACTAL_CREW_H

struct crew;

/* Embed it. */
struct crew_work {
    void (*part)(struct crew_work *work, unsigned i); /* from any thread of the crew */
    unsigned parts;
};

/* threads: the caller of crew_run included, at least 1. NULL: no memory or no threads. */
struct crew *crew_create(unsigned threads);
void crew_destroy(struct crew *crew); /* NULL is fine */

/* Returns when all parts are done. */
void crew_run(struct crew *crew, struct crew_work *work);

#endif
