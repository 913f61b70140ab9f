/* SPDX-License-Identifier: ISC */
/* web_connection: one socket of a client, and how long it has been doing what it does. Types only.
 */
#ifndef PLACED_RENDER_HTTP_WEB_CONNECTION_H
#define PLACED_RENDER_HTTP_WEB_CONNECTION_H

#include <stdbool.h>

struct front;
struct web_request;

enum web_phase {
    WEB_PHASE_HEAD,    /* no request, or the head of one is being read */
    WEB_PHASE_BODY,    /* its body is being read */
    WEB_PHASE_WAITING, /* it waits for its answer */
    WEB_PHASE_SENDING, /* the answer is being sent */
};

struct web_connection {
    struct web_connection *next, **link; /* all of the front */
    struct front *front;
    bool *woken; /* the front's: the daemon has to run, which nothing else tells */
    int fd;
    bool admin;
    enum web_phase phase;
    double since; /* of the phase, by ev_now */
    struct web_request *request;
};

#endif
