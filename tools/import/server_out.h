/* SPDX-License-Identifier: ISC */
/*
 * server_out: batches are painted through a running server, as anybody paints: each is a message
 * over the WebSocket of its canvas, as many in flight as a window holds. A canvas's edits
 * arrive in their order; one that is refused for the moment is sent again after all that was in
 * flight with it.
 */
#ifndef PLACED_IMPORT_SERVER_OUT_H
#define PLACED_IMPORT_SERVER_OUT_H

#include "batcher.h"
#include "work.h"

enum {
    SERVER_OUT_ERROR_BYTES = 512,
    SERVER_OUT_EDITS_MAX = 256, /* of a batch */
};

struct server_out;

struct server_out_config {
    const char *url;
    bool insecure;
    double speed;             /* 0: as fast as it is answered */
    struct work *work;        /* where the place is noted, about once a second */
    struct work_state *state; /* state->first batches have been placed before */
};

/* Asks the resolver; connections are made when they are needed. NULL with a reason in error. */
struct server_out *server_out_create(const struct server_out_config *config,
                                     char error[SERVER_OUT_ERROR_BYTES]);
void server_out_destroy(struct server_out *out); /* NULL is fine */

/* For a batcher of SERVER_OUT_EDITS_MAX edits at most, without authors. */
struct batches *server_out_batches(struct server_out *out);

/* Wait for the answers to all that was sent, also after a batch could not be sent because it was to
 * stop, and note the place. 0; -1, see server_out_error. */
int server_out_finish(struct server_out *out);

/* Why it ended; "" when it was told to stop. */
const char *server_out_error(const struct server_out *out);

uint64_t server_out_found(const struct server_out *out);    /* edits placed by earlier runs */
uint64_t server_out_placed(const struct server_out *out);   /* edits */
uint64_t server_out_messages(const struct server_out *out); /* sent */
uint64_t server_out_refused(const struct server_out *out);  /* edits, for good */

#endif
