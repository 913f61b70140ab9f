/* SPDX-License-Identifier: ISC */
/*
 * farm_fixture: a farm on a loop of its own, with pools of the tests' child, and people who ask.
 * A gate is a picture that is not finished before the test opens it, so that nothing depends on
 * how fast anything is.
 */
#ifndef PLACED_RENDER_FARM_FARM_FIXTURE_H
#define PLACED_RENDER_FARM_FARM_FIXTURE_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "child_acts.h"
#include "render/farm/farm.h"

enum { FIXTURE_GATES = 64, FIXTURE_ORDER = 20000 };

/* Somebody who asks; what came of it. */
struct person {
    struct farm_waiter waiter;
    struct fixture *fixture;
    unsigned answers; /* how often */
    enum farm_outcome outcome;
    unsigned retry_s, attempts;
    char why[256];
    struct blob *picture;
    unsigned order; /* the how-many-th answer of all this was */
};

struct gate {
    char name[PICTURE_NAME_BYTES]; /* of the first picture of the job; "" is a free place */
    char letters[32];              /* one for each attempt */
    unsigned opened;               /* attempts that have begun */
    int end;                       /* that keeps the child waiting; -1 */
    bool open;                     /* later attempts do not wait */
};

struct fixture {
    struct farm_config config; /* first, so that callbacks find the fixture */
    struct farm_observer observer;
    struct ev_loop *loop;
    struct farm *farm;
    struct gate gates[FIXTURE_GATES];
    unsigned finished; /* pictures */
    unsigned answers;  /* of all people */
    unsigned changes;  /* that the observer was told of */
    bool no_input;     /* the file of an image is not there */
};

struct fixture *fixture_create(void);
/* Destroys the farm, and fails when a child of this process is left. */
void fixture_destroy(struct fixture *fixture);

/* A pool of the tests' child with generous times; how: its argument. */
struct pool_config fixture_pool(const char *name, const char *how, unsigned children);
struct pool *fixture_add(struct fixture *fixture, struct pool_config config);

/* Let the loop run until the condition holds; a test that waits for 60 s has failed. */
#define UNTIL(fixture, condition)                                                                  \
    do {                                                                                           \
        fixture_deadline(fixture, __FILE__, __LINE__, #condition);                                 \
        while (!(condition))                                                                       \
            ev_run((fixture)->loop, EVRUN_ONCE);                                                   \
    } while (0)
void fixture_deadline(struct fixture *fixture, const char *file, int line, const char *condition);

/* A picture by its name. */
struct picture picture_named(const char *name);
/* A picture with which the child does this; n tells several apart. */
struct picture picture_act(enum act act, unsigned n);

/* A gate for the job of this picture: the child waits in it. letters: what it does in its first,
 * second, ... attempt when it is open: c(rash), f(ail), h(ang); behind them it renders. */
struct gate *fixture_gate(struct fixture *fixture, const struct picture *picture,
                          const char *letters);
void gate_open(struct gate *gate);

void person_ask(struct fixture *fixture, struct pool *pool, const struct picture *picture,
                enum farm_priority priority, struct person *person);
void person_forget(struct person *person); /* releases the picture; may ask again */

struct pool_look *look_of(const struct pool *pool); /* until the next call */

#endif
