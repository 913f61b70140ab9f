/* SPDX-License-Identifier: ISC */
/* did: which jobs of other servers' batches have ended here, until they are told so. Pure. */
#ifndef PLACED_RENDER_BATCH_DID_H
#define PLACED_RENDER_BATCH_DID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DID_MAX = 128 }; /* that wait; so many fit into one event */

struct did;

struct did *did_create(void); /* NULL: no memory */
void did_destroy(struct did *did);

/* True: there is no room for another one: tell. */
bool did_add(struct did *did, const char *batch, uint64_t number, bool failed);

/* All of them, as one event a batch (batches.h). */
void did_tell(struct did *did, const char *server,
              void (*publish)(void *context, const char *json, size_t len), void *context);

#endif
