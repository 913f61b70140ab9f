/* SPDX-License-Identifier: ISC */
/* refusals: those of one client's messages that could not be sent yet, oldest first; bounded. */
#ifndef PLACED_SESSION_REFUSALS_H
#define PLACED_SESSION_REFUSALS_H

#include <stddef.h>
#include <stdint.h>

#include "core/message.h"
#include "rules/verdict.h"

enum { REFUSALS_MAX = 64 }; /* that wait for one client */

struct pending_refusal;

/* All zeros: none. */
struct refusals {
    struct pending_refusal *all; /* allocated when first needed */
    uint8_t n, room;
};

void refusals_finish(struct refusals *refusals);

/* Message `id` is refused, because of that verdict. -1: there is no room for one more. */
int refusals_add(struct refusals *refusals, uint32_t id, const struct verdict *verdict);

/* The first ones as messages, at most room of them; how many. They live until those are dropped. */
size_t refusals_list(const struct refusals *refusals, struct message *messages, size_t room);

/* The first n have been sent. */
void refusals_drop(struct refusals *refusals, size_t n);

#endif
