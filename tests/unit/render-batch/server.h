/* SPDX-License-Identifier: ISC */
/*
 * server: what placed-render has besides HTTP, on a loop of its own: a farm of the tests' children,
 * a store of files, a queue in memory, and the work on them.
 */
#ifndef PLACED_TESTS_RENDER_BATCH_SERVER_H
#define PLACED_TESTS_RENDER_BATCH_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "render/batch/work.h"
#include "render/farm/farm.h"

struct cJSON;
struct queue;
struct store;

struct server {
    struct farm_config farm_config; /* first */
    struct work_config work_config;
    struct ev_loop *loop;
    struct farm *farm;
    struct store *store;
    struct queue *queue; /* the test's */
    struct work *work;
    struct pool *map, *ops[PICTURE_OP_COUNT];
    char dir[200];     /* of the states of batches */
    const char *hash;  /* of the style "world", zooms 0 to 8; NULL: there is none */
    bool originals;    /* images have one: without it they fail */
    const char *fails; /* the name of a map's job that fails, or NULL */
    unsigned events, jobs_run;
    struct server *other; /* who is told of events, too */
};

extern unsigned servers_open; /* how many; a test that has failed leaves some */

/* children: of each pool; loop: NULL for a new one. */
void server_open(struct server *server, const char *name, const char *dir, struct store *store,
                 struct queue *queue, unsigned children, struct ev_loop *loop);
void server_close(struct server *server);

/* End and begin the work only, as a restart does. */
void server_restart_work(struct server *server);

/* The member of the first batch in the list; -1 when there is none. */
double server_batch_number(struct server *server, const char *member);
bool server_batch_is(struct server *server, const char *state);

bool server_has(struct server *server, const char *name);

/* Let the loop run until the condition holds; a test that waits for 60 s has failed. */
#define UNTIL(server, condition)                                                                   \
    do {                                                                                           \
        double until_ = server_deadline(server);                                                   \
        while (!(condition))                                                                       \
            server_wait(server, until_, #condition, __FILE__, __LINE__);                           \
    } while (0)
double server_deadline(struct server *server);
void server_wait(struct server *server, double until, const char *condition, const char *file,
                 int line);

#endif
