/* SPDX-License-Identifier: ISC */
/* site: what the answers are made from, the same for all loops. */
#ifndef PLACED_HTTP_SITE_H
#define PLACED_HTTP_SITE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/route.h"
#include "http/web_origin.h"
#include "sys/network.h"

struct canvases;
struct control;
struct control_failures;
struct control_writer;
struct files;
struct history;
struct identity;
struct moderation;
struct pictures;
struct rules;
struct watch;
struct who_service;

struct site {
    const struct routes *routes, *admin_routes;
    const struct files *files; /* the web client; NULL: none, "/" is 404 */
    struct pictures *pictures;
    struct canvases *canvases;
    struct history *history; /* NULL: none is kept */
    struct rules *rules;
    struct identity *identity;
    struct control *control;
    struct control_failures *control_failures; /* of those who show a token */
    struct control_writer *control_writer;
    struct moderation *moderation;
    struct watch *watch;
    struct who_service *who;
    const char *sso_header;           /* in small letters; NULL: none */
    bool staff_page;                  /* the staff's part works on the public listener, too */
    const struct web_origin *origins; /* allowed beside the request's own host */
    size_t n_origins;
    const struct network *proxies; /* whose forwarding fields are believed */
    size_t n_proxies;
    const char *frame_ancestors;     /* who may show our pages in a frame, as in a policy */
    const char *template_sources;    /* from where they may show pictures; NULL: from here only */
    _Atomic uint64_t origin_said_us; /* when a refused origin was last reported */
    _Atomic uint64_t proxy_said_us;  /* when it was last said that a proxy is not trusted */
};

#endif
