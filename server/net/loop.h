/* SPDX-License-Identifier: ISC */
/*
 * loop: one event loop: a libev loop, the libwebsockets context on it, the listeners, and the shard
 * that it runs. What is spoken on the connections is handed in.
 */
#ifndef PLACED_NET_LOOP_H
#define PLACED_NET_LOOP_H

#include "net/loop_config.h"

struct loop;
struct shard;

/* Open the listeners. NULL with a message in error. */
struct loop *loop_create(const struct loop_config *config, char error[LOOP_ERROR_BYTES]);

/* Where listener i really listens (port 0 replaced); i == n_listen: the admin listener. */
struct listen_address loop_address(const struct loop *loop, size_t i);

/* Run until loop_stop's work is done: the calling thread becomes the loop's. */
void loop_run(struct loop *loop);

/* A new picture is there: answer the requests that wait for it. Any thread. */
void loop_picture_ready(struct loop *loop);

/* The history has something new: the same for those that wait for that. Any thread. */
void loop_history_ready(struct loop *loop);

/* The moderators' rules are others than before, or canvases were opened or closed: tell the
 * clients. Any thread. */
void loop_rules_changed(struct loop *loop);

/* The control log has taken, or not, what a request waits for: the same for those. Any thread. */
void loop_control_ready(struct loop *loop);

/* End gracefully: close the listeners, refuse new edits, wait (bounded, 5 s) until what is in
 * flight has been settled and answered, close every session with 1012, give the close frames a
 * moment, return from loop_run. Any thread, also a signal handler's. */
void loop_stop(struct loop *loop);

/* Read again what can change while running: certificate and key. Any thread, also a signal
 * handler's. */
void loop_reload(struct loop *loop);

void loop_destroy(struct loop *loop); /* after loop_run has returned. NULL is fine */

#endif
