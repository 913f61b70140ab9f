/* SPDX-License-Identifier: ISC */
/*
 * control_audit: the newest actions of the control log, whatever became of them since: who did
 * what, when and why. Bounded in number and bytes; the oldest go first. One thread at a time.
 */
#ifndef PLACED_CONTROL_CONTROL_AUDIT_H
#define PLACED_CONTROL_CONTROL_AUDIT_H

#include <stddef.h>
#include <stdint.h>

struct control_audit;

enum {
    CONTROL_AUDIT_MAX = 10000,
    CONTROL_AUDIT_BYTES = 16 * 1024 * 1024,
};

struct control_audit *control_audit_create(void);        /* NULL when out of memory */
void control_audit_destroy(struct control_audit *audit); /* NULL is fine */

/* Note an action, whose number is greater than that of the one before. text (JSON) is copied; one
 * for which there is no memory is left out. */
void control_audit_add(struct control_audit *audit, uint64_t action, const char *text, size_t len);

/* An action, as it was noted. */
struct control_audited {
    uint64_t action;
    const char *text; /* until the next one is added */
};

/* Those before an action number (0: all), newest first: at most room of them into *into. How many
 * those are. */
size_t control_audit_before(const struct control_audit *audit, uint64_t before,
                            struct control_audited *into, size_t room);

#endif
