/* SPDX-License-Identifier: ISC */
/*
 * queue_conformance: what every kind of queue promises, as one list of tests. A test program brings
 * a world and runs the list.
 */
#ifndef PLACED_TESTS_RENDER_QUEUE_CONFORMANCE_H
#define PLACED_TESTS_RENDER_QUEUE_CONFORMANCE_H

#include <stdbool.h>

/* One kind of queue. */
struct queue_world {
    const char *name;
    char *(*create)(void); /* the URL of an empty queue */
    void (*destroy)(char *url);
    bool lasts; /* it survives that it is closed */
};

/* Run all that applies to this kind; the number of failures. */
int queue_conformance_run(const struct queue_world *world);

#endif
