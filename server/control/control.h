/* SPDX-License-Identifier: ISC */
/*
 * control: the control log, which all servers of a set read: what the operator and the moderators
 * have decided. A thread folds it, makes the rules of the moment from it, opens and closes canvases
 * at their time, and tells everybody. See PROTOCOL.md, "The control log".
 */
#ifndef PLACED_CONTROL_CONTROL_H
#define PLACED_CONTROL_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control_actor.h"
#include "control/control_appends.h"
#include "control/control_fold.h"
#include "sys/metrics.h"

struct canvases;
struct cJSON;
struct control;
struct identity;
struct log;
struct rules;

struct control_config {
    struct log *log; /* the control log; control's from now on, also when it fails */
    struct canvases
        *canvases; /* opened and closed; those that --plane opens are open by themselves */
    struct rules *rules;
    struct identity *identity; /* told of bots */
    const char *first_token;   /* file for the first operator's token, when there is none */
    const volatile int *stop;  /* give up reading to the end, and do nothing; a signal handler sets
                                  it */
    /* The rules that everybody has to know have changed (not the bans), or a canvas has opened or
     * closed. From control's thread; quick. */
    void (*changed)(void *context);
    void *context;
};

/* Reads the control log to its end, makes the rules, opens the canvases; then starts the thread.
 * NULL with a reason in error. */
struct control *control_create(const struct control_config *config, struct metrics *metrics,
                               char error[CONTROL_ERROR_BYTES]);
void control_destroy(struct control *control); /* NULL is fine */

/* ---- any thread ---- */

/* Whose token is it? Compared in constant time. ROLE_NONE: nobody's. */
enum control_role control_token(struct control *control, const char *token,
                                struct control_actor *actor);

/* Append a record of this type: fields is an object of its own members (NULL: it has none), which
 * becomes the callee's; v, t, name, rid, by, role, why and at are added. It acts when it has been
 * read back: then waiter (NULL: nobody waits) is told. 0, or -1 with a reason in error (a name or a
 * member that no server would take; too long; too many of its type; the log cannot be written). */
int control_append(struct control *control, const char *type, const char *name,
                   struct cJSON *fields, const struct control_actor *actor,
                   struct control_waiter *waiter, char error[CONTROL_ERROR_BYTES]);

/* What stands now, of one type, as an array of records (with their action numbers as "action", and
 * tokens without their hash), in order of their names. The caller's; NULL when out of memory. */
struct cJSON *control_list(struct control *control, const char *type);

/* The record of a type and name that stands, NULL when there is none. The caller's. */
struct cJSON *control_get(struct control *control, const char *type, const char *name);

/* The newest actions before an action number (0: all), newest first, at most n. */
struct cJSON *control_audit(struct control *control, uint64_t before, size_t n);

/* Let somebody fold records of a type (control_fold.h), from the next control_replay on. */
void control_listen(struct control *control, struct control_listener *listener);

/* Tell those who listen since the last one of all that was read before. On Kafka a reading takes
 * some ten milliseconds, so let all of them listen first. */
void control_replay(struct control *control);

/* How far the control log has been read: the next action number. */
uint64_t control_read(struct control *control);

/* The rules are known and understood. Else the server is not ready; and edits are refused when a
 * record must be understood and is not, while a control log that is away leaves the rules as they
 * are. */
bool control_ready(struct control *control);

/* Why the server is not ready, or why the control log cannot be written: a sentence without a final
 * stop. False: nothing is wrong. */
bool control_trouble(struct control *control, char words[CONTROL_ERROR_BYTES]);

#endif
