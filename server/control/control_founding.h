/* SPDX-License-Identifier: ISC */
/*
 * control_founding: what a server writes into the control log by itself: the first operator's
 * token, when nobody has one; and the fingerprint of its secret, so that the servers of a set find
 * out when they were not given the same. Control's thread.
 */
#ifndef PLACED_CONTROL_CONTROL_FOUNDING_H
#define PLACED_CONTROL_CONTROL_FOUNDING_H

#include <stdbool.h>
#include <stdint.h>

#include "control/control_appends.h"
#include "control/control_state.h"

struct control_founding;
struct identity;

struct control_founding_config {
    const char *first_token; /* file */
    struct identity *others; /* whose secret other servers of the log have to have; NULL: none do */
};

/* NULL when out of memory. */
struct control_founding *control_founding_create(const struct control_founding_config *config);
void control_founding_destroy(struct control_founding *founding); /* NULL is fine */

/* Do what is due, after everything that was read has been applied. Must not be called after the
 * appends have been destroyed, which end what is on its way. */
void control_founding_step(struct control_founding *founding, const struct control_state *state,
                           struct control_appends *appends);

/* Is nothing on its way any more? */
bool control_founding_done(const struct control_founding *founding);

#endif
