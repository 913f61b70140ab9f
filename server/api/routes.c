/* SPDX-License-Identifier: ISC */
/* routes: see routes.h. */
#include "api/routes.h"

#include "api/at.h"
#include "api/control_routes.h"
#include "api/edit.h"
#include "api/events.h"
#include "api/health.h"
#include "api/history.h"
#include "api/identity.h"
#include "api/info.h"
#include "api/metrics.h"
#include "api/page.h"
#include "api/picture.h"
#include "api/pixel.h"
#include "api/poll.h"
#include "api/report.h"
#include "api/socket.h"

#define PICTURE_FIELDS "X-Canvas-Version, X-Canvas-Genesis"
#define HISTORY_FIELDS PICTURE_FIELDS ", Retry-After"

/* A path without a canvas means canvas (0, 0). */
static const struct route public[] = {
    {"/canvas.png", .get = picture_get, .readers = READERS_ANY, .exposed = PICTURE_FIELDS},
    {"/c/#,#/canvas.png", .get = picture_get, .readers = READERS_ANY, .exposed = PICTURE_FIELDS},
    {"/preview.png", .get = picture_get_preview, .readers = READERS_ANY, .exposed = PICTURE_FIELDS},
    {"/t/#/#/#.png", .get = picture_get_tile, .readers = READERS_ANY, .exposed = PICTURE_FIELDS},
    {"/h/$/#,#/#.png", .get = history_get_picture, .readers = READERS_ANY,
     .exposed = HISTORY_FIELDS},
    {"/h/$/#,#/#.bin", .get = history_get_block, .readers = READERS_ANY, .exposed = HISTORY_FIELDS},
    {"/h/$/#,#/tail.bin", .get = history_get_tail, .readers = READERS_ANY,
     .exposed = HISTORY_FIELDS},
    {"/h/$/#,#/heat/#-#.png", .get = history_get_heat, .readers = READERS_ANY,
     .exposed = HISTORY_FIELDS},
    {"/h/$/#,#/edits/#", .get = poll_get, .readers = READERS_ANY, .exposed = HISTORY_FIELDS},
    {"/h/$/#,#/index.json", .get = history_get_index, .readers = READERS_ANY,
     .exposed = HISTORY_FIELDS},
    {"/h/$/index.json", .get = history_get_plane_index, .readers = READERS_ANY,
     .exposed = HISTORY_FIELDS},
    {"/h/*", .get = history_get_nothing, .readers = READERS_ANY, .exposed = HISTORY_FIELDS},
    {"/at", .get = at_get, .readers = READERS_ANY, .exposed = HISTORY_FIELDS},
    {"/pixel/#/#", .get = pixel_get, .readers = READERS_ANY, .exposed = "Retry-After"},
    {"/info", .get = info_get, .readers = READERS_ANY},
    {"/plane", .get = info_get_plane, .readers = READERS_ANY},
    {"/edit", .post = edit_post, .readers = READERS_FRIEND, .exposed = "Retry-After"},
    {"/report", .post = report_post, .readers = READERS_FRIEND, .exposed = "Retry-After"},
    {"/events", .get = events_get, .stream = true, .readers = READERS_FRIEND},
    {"/c/#,#/events", .get = events_get, .stream = true, .readers = READERS_FRIEND},
    {"/identity", .post = identity_post, .readers = READERS_FRIEND, .exposed = "Retry-After"},
    {"/identity/challenge", .get = identity_get_challenge, .readers = READERS_FRIEND},
    {"/control/*", .get = control_routes_get, .post = control_routes_post},
    {"/ws", .get = socket_get, .stream = true, .websocket = true},
    {"/c/#,#/ws", .get = socket_get, .stream = true, .websocket = true},
};

/* Any other path is a file of the web client, or nothing. */
static const struct route page = {"", .get = page_get};

static const struct route admin[] = {
    {"/metrics", .get = metrics_get},
    {"/healthz", .get = health_get},
    {"/readyz", .get = readiness_get},
    {"/control/*", .get = control_routes_get, .post = control_routes_post},
    {"/c/#,#/canvas.png", .get = picture_get}, /* for who copies a part of it */
};

const struct routes routes_public = {public, sizeof public / sizeof *public, &page, page_exists};
const struct routes routes_admin = {admin, sizeof admin / sizeof *admin, NULL, NULL};
