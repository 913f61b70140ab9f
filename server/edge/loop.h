/* SPDX-License-Identifier: ISC */
/*
 * loop: one event loop: a libev loop, the libwebsockets context on it, and the shard that it runs.
 * Serves WebSocket, HTTP and event streams on its listeners, and on the first loop the admin
 * listener.
 */
#ifndef PLACED_EDGE_LOOP_H
#define PLACED_EDGE_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "sys/env.h"
#include "sys/metrics.h"
#include "sys/address.h"
#include "plane/reducer.h"
#include "session/shard.h"
#include "derived/snapshot.h"

struct loop;
struct files;

enum { LOOP_ERROR_BYTES = 256 };

/* Everything pointed to must outlive the loop. */
struct loop_config {
    struct env *env;
    struct log_writer *writer;
    struct reducer *reducer;
    struct ring *ring;
    struct metrics *metrics;
    const struct shard_config *shard;
    struct snapshots *snapshots;
    const struct files *files; /* the web client; NULL: none, "/" is 404 */
    const struct listen_address *listen;
    size_t n_listen;
    const struct listen_address *admin; /* NULL: not on this loop */
    char *const *origins;               /* allowed beside the request's own host */
    size_t n_origins;
    const char *tls_cert, *tls_key; /* NULL: plain */
    unsigned max_connections;       /* of this loop; refused politely beyond */
    bool share_ports;               /* other loops listen on the same ports (SO_REUSEPORT) */
};

/* Open the listeners. NULL with a message in error. On return listen[i].port of the copy that
 * loop_address gives is the real one. */
struct loop *loop_create(const struct loop_config *config, char error[LOOP_ERROR_BYTES]);

/* The shard that this loop runs; the reader notifies it. */
struct shard *loop_shard(struct loop *loop);

/* Where listener i really listens (port 0 replaced); i == n_listen: the admin listener. */
struct listen_address loop_address(const struct loop *loop, size_t i);

/* Run until loop_stop's work is done: the calling thread becomes the loop's. */
void loop_run(struct loop *loop);

/* A new picture is there: answer who waits for it. Any thread. */
void loop_picture_ready(struct loop *loop);

/* End gracefully: close the listeners, refuse new edits, wait (bounded, 5 s) until what is in
 * flight has been settled and told, close every session with 1012, give the close frames a moment,
 * return from loop_run. Any thread, also a signal handler's. */
void loop_stop(struct loop *loop);

/* Read again what can change while running: certificate and key. Any thread, also a signal
 * handler's. */
void loop_reload(struct loop *loop);

void loop_destroy(struct loop *loop); /* after loop_run has returned. NULL is fine */

#endif
