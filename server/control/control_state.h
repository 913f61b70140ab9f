/* SPDX-License-Identifier: ISC */
/*
 * control_state: the fold of the control log: of each type and name the last record, as long as it
 * is not gone. The same records make the same state on every server. Bounded in number and bytes.
 * One thread at a time.
 */
#ifndef PLACED_CONTROL_CONTROL_STATE_H
#define PLACED_CONTROL_CONTROL_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control_record.h"

struct control_state;

enum {
    CONTROL_RULE_BYTES = 64 * 1024 * 1024,  /* of the records of all types that are kept all */
    CONTROL_NEWEST_BYTES = 4 * 1024 * 1024, /* of those of a type whose newest are kept */
    CONTROL_STRANGERS_MAX = 64,             /* records that must be understood and are not */
};

/* A record that stands. Lives until another of its name is read. */
struct control_entry {
    /* Belong to the state: */
    struct control_entry *next_in_bucket, *older, *newer;
    uint64_t action; /* its number */
    enum control_type type;
    char name[CONTROL_NAME];
    union control_meaning meaning;
    size_t len;
    char text[]; /* the record as JSON, without white space; a NUL follows it */
};

enum control_applied {
    CONTROL_APPLIED,
    CONTROL_IGNORED,   /* it changes nothing: nothing of its name to be gone; no token is needed */
    CONTROL_TOO_MANY,  /* of its type; it counts for nothing */
    CONTROL_NO_MEMORY, /* likewise; servers differ then */
};

struct control_state *control_state_create(void);        /* NULL when out of memory */
void control_state_destroy(struct control_state *state); /* NULL is fine */

/* Apply a record of a known type that was read (CONTROL_READ). */
enum control_applied control_state_apply(struct control_state *state,
                                         const struct control_record *record, uint64_t action);

/* Note a record that this server does not understand. Once it is gone, or another of its name is
 * understood, it no longer counts. */
void control_state_not_understood(struct control_state *state, const struct control_record *record);

/* Does one stand that must be understood and is not? Its type, or NULL. */
const char *control_state_stranger(const struct control_state *state);

/* Would there be room for it, when it is read now? */
bool control_state_has_room(const struct control_state *state, const struct control_record *record);

/* NULL when none stands. */
const struct control_entry *control_state_find(const struct control_state *state,
                                               enum control_type type, const char *name);

/* Does anybody have an operator's token? */
bool control_state_has_operator(const struct control_state *state);

size_t control_state_count(const struct control_state *state, enum control_type type);

/* Those of a type, from the newest to the oldest: the first, and the one after. */
const struct control_entry *control_state_newest(const struct control_state *state,
                                                 enum control_type type);
static inline const struct control_entry *control_state_older(const struct control_entry *entry)
{
    return entry->older;
}

/* Those of a type in order of their names; *n of them. To be freed; NULL when there is none or no
 * memory. */
const struct control_entry **control_state_sorted(const struct control_state *state,
                                                  enum control_type type, size_t *n);

#endif
