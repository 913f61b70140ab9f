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
    /* The rules have changed, or a canvas has opened or closed. From control's thread; quick. */
    void (*changed)(void *context);
    void *context;
};

/* Reads the control log to its end, then starts the thread. NULL with a reason in error. */
struct control *control_create(const struct control_config *config, struct metrics *metrics,
                               char error[CONTROL_ERROR_BYTES]);
void control_destroy(struct control *control); /* NULL is fine */

/* ---- any thread ---- */

/* Whose token is it? Compared in constant time. ROLE_NONE: nobody's. */
enum control_role control_token(struct control *control, const char *token,
                                struct control_actor *actor);

/* Somebody who waits for a record to be in the control log. Embed it. */
struct control_waiter {
    /* action: its number, 0 when it is not in the log. From control's thread; quick, and must not
     * call control. Exactly once for each control_append that returned 0. */
    void (*done)(struct control_waiter *waiter, uint64_t action);
};

/* Append a record of this type: fields is an object of its own members, which becomes the callee's;
 * v, t, name, rid, by, role, why and at are added. It acts when it has been read back: then waiter
 * (NULL: nobody waits) is told. 0, or -1 with a reason in error (too long; the log cannot be
 * written). */
int control_append(struct control *control, const char *type, const char *name,
                   struct cJSON *fields, const struct control_actor *actor,
                   struct control_waiter *waiter, char error[CONTROL_ERROR_BYTES]);

/* What stands now, of one type, as an array of records (with their action numbers as "action"), in
 * order of their names. The caller's; NULL when out of memory. */
struct cJSON *control_list(struct control *control, const char *type);

/* The newest record of a type and name, NULL when there is none. The caller's. */
struct cJSON *control_get(struct control *control, const char *type, const char *name);

/* The newest actions before an action number (0: all), newest first, at most n. */
struct cJSON *control_audit(struct control *control, uint64_t before, size_t n);

/* Somebody who folds records of types that control itself has no use for. Embed it; add it before
 * anybody else calls control. */
struct control_listener {
    const char *type;
    /* The record, and its action number. From control's thread, or from control_listen for what was
     * read already; quick, and must not call control. */
    void (*record)(struct control_listener *listener, const struct cJSON *record, uint64_t action);
    struct control_listener *next;
};
void control_listen(struct control *control, struct control_listener *listener);

/* How far the control log has been read: the next action number. */
uint64_t control_read(struct control *control);

/* The rules are known and understood: else edits are refused, and the server is not ready. */
bool control_ready(struct control *control);

#endif
