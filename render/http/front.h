/* SPDX-License-Identifier: ISC */
/*
 * front: the HTTP server: libmicrohttpd, driven by the event loop. Connections are accepted here
 * and handed to it; a request that is not answered at once rests outside of its polling. Slow
 * clients are bounded in time: a head may take 40 s, a body or an answer 30 s and as long as 16
 * kB/s take.
 *
 * Threads: the loop's.
 */
#ifndef PLACED_RENDER_HTTP_FRONT_H
#define PLACED_RENDER_HTTP_FRONT_H

#include <stdbool.h>
#include <stddef.h>

#include "render/http/accepting.h"
#include "render/http/web_route.h"

struct ev_loop;
struct front;
struct site;

enum { FRONT_ERROR_BYTES = LISTENING_ERROR_BYTES };

/* How long a client may take. */
struct front_times {
    double sweep_s;  /* how often that is looked at */
    double head_s;   /* from the end of a request to the head of the next */
    double pace_s;   /* a body or an answer, and as long beyond that as 16 kB/s take */
    unsigned idle_s; /* without any progress */
};
extern const struct front_times front_times_default;

struct front_config {
    struct ev_loop *loop;
    struct site *site;
    const struct web_routes *routes;
    const struct listen_address *listen;
    size_t n_listen;
    const struct listen_address *admin;
    unsigned connections;            /* at most; the admin listener has some more */
    const struct front_times *times; /* NULL: front_times_default */
};

/* Listen, and answer as the loop runs. NULL with a message in error. */
struct front *front_create(const struct front_config *config, char error[FRONT_ERROR_BYTES]);

/* Tell the operator where it listens. */
void front_say(const struct front *front);

/* Take no more connections, and close those that wait for a request or are streams. Requests that
 * are under way are answered. */
void front_drain(struct front *front);

/* Are there none left? */
bool front_is_idle(const struct front *front);

/* End all connections. NULL is fine. */
void front_destroy(struct front *front);

#endif
