/* SPDX-License-Identifier: ISC */
/*
 * issuing: how many new identities the networks have been given. One time stamp a network (GCRA),
 * in a table of fixed size. Of one server; any thread.
 */
#ifndef PLACED_IDENTITY_ISSUING_H
#define PLACED_IDENTITY_ISSUING_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/visitor.h"

struct issuing;

/* rate: new identities an hour from one narrow network, and so many at once when it had none for an
 * hour; four times as many from a wide one, sixteen times from a widest one. 0: any number. NULL
 * when out of memory. */
struct issuing *issuing_create(unsigned rate);
void issuing_destroy(struct issuing *issuing); /* NULL is fine */

/* Take one from each of the visitor's networks, or from none. False: *retry_ms until it works. */
bool issuing_take(struct issuing *issuing, const uint64_t networks[VISITOR_NETWORKS],
                  int64_t now_ms, uint64_t *retry_ms);

#endif
