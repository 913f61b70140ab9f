/* SPDX-License-Identifier: ISC */
/*
 * parallel: threads that share the parts of one piece of work. Each takes the next part as soon as
 * it has finished one, so that dear and cheap parts even out.
 *
 * Threads: parallel_run from one thread at a time, which works too.
 */
#ifndef PLACED_RENDER_FRACTAL_PARALLEL_H
#define PLACED_RENDER_FRACTAL_PARALLEL_H

struct parallel;

/* Embed it. */
struct parallel_work {
    void (*part)(struct parallel_work *work, unsigned i); /* from any of the threads */
    unsigned parts;
};

/* threads: the caller of parallel_run included, at least 1. NULL: no memory or no threads. */
struct parallel *parallel_create(unsigned threads);
void parallel_destroy(struct parallel *parallel); /* NULL is fine */

/* Returns when all parts are done. */
void parallel_run(struct parallel *parallel, struct parallel_work *work);

#endif
