/* SPDX-License-Identifier: ISC */
/*
 * control_fold: what has been read of the control log, as any thread may look at it: what stands,
 * the audit, and those who fold records of their own types.
 */
#ifndef PLACED_CONTROL_CONTROL_FOLD_H
#define PLACED_CONTROL_CONTROL_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control_actor.h"
#include "control/control_state.h"
#include "core/record.h"
#include "log/log.h"

struct cJSON;
struct control_fold;

/* Somebody who folds records of types that control itself has no use for. Embed it. */
struct control_listener {
    const char *type;
    /* The record, and its action number: each that was understood, once and in order, from the
     * log's beginning. From control's thread, or from control_replay for what was read already;
     * quick, and must not call control. */
    void (*record)(struct control_listener *listener, const struct cJSON *record, uint64_t action);
    struct control_listener *next;
};

/* What a record did, as far as control's thread has to do something. */
struct control_news {
    bool rules;      /* they are to be made anew */
    bool heard;      /* everybody has to hear of it */
    bool tokens;     /* there are others */
    bool failed;     /* it was no good, or there was no room for it */
    uint64_t refill; /* an author who gets a full charge; 0: none */
};

struct control_fold *control_fold_create(void);       /* NULL when out of memory */
void control_fold_destroy(struct control_fold *fold); /* NULL is fine */

/* ---- control's thread ---- */

/* Apply a record; what it did is added to *news. */
void control_fold_record(struct control_fold *fold, const struct record *record,
                         struct control_news *news);

/* What stands. Only this thread changes it. */
const struct control_state *control_fold_state(const struct control_fold *fold);

/* ---- any thread ---- */

/* The next action number. */
uint64_t control_fold_next(struct control_fold *fold);

/* Is a record that must be understood not understood? Then its type is in name. */
bool control_fold_stranger(struct control_fold *fold, char name[CONTROL_TYPE_NAME]);

/* Would there be room for this record? It is one that can be read. */
bool control_fold_has_room(struct control_fold *fold, const char *text);

/* As control.h has them. */
struct cJSON *control_fold_list(struct control_fold *fold, const char *type);
struct cJSON *control_fold_get(struct control_fold *fold, const char *type, const char *name);
struct cJSON *control_fold_audit(struct control_fold *fold, uint64_t before, size_t n);

/* This one is told, from the next control_fold_replay on. */
void control_fold_listen(struct control_fold *fold, struct control_listener *listener);

/* Tell those who have come since the last replay of all that was read before, by reading the log
 * again, once for all of them; from now on they are told with the others. 0, or -1 with a reason in
 * error: they are told of what comes all the same. */
int control_fold_replay(struct control_fold *fold, struct log *log,
                        char error[CONTROL_ERROR_BYTES]);

#endif
