/* SPDX-License-Identifier: ISC */
/* routes: see routes.h. The first row that fits counts: what is asked for most stands first. */
#include "render/http/routes.h"

#include "render/http/about.h"
#include "render/http/admin.h"
#include "render/http/health.h"
#include "render/http/maps.h"
#include "render/http/metrics.h"
#include "render/http/pages.h"
#include "render/http/tiles.h"

static const struct web_route table[] = {
    {WEB_GET, "/mandelbrot/*", .handle = tiles_get},
    {WEB_GET, "/julia/*", .handle = tiles_get},
    {WEB_GET, "/map/*/tilejson.json", .handle = tilejson_get},
    {WEB_GET, "/map/*", .handle = tiles_get},
    {WEB_GET, "/images/*/*", .handle = tiles_get},

    {WEB_GET, "/render.json", .handle = about_get},

    {WEB_GET, "/metrics", .admin = true, .handle = metrics_get},
    {WEB_GET, "/healthz", .admin = true, .handle = health_get},
    {WEB_GET, "/readyz", .admin = true, .handle = readiness_get},
    {WEB_POST, "/admin/scale", .admin = true, .body = WEB_BODY_JSON, .handle = admin_scale_post},
    {WEB_POST, "/admin/reload", .admin = true, .body = WEB_BODY_JSON, .handle = admin_reload_post},

    {WEB_GET, "/*", .handle = pages_get},
    {WEB_GET, "/", .handle = pages_get},
};

const struct web_routes routes = {table, sizeof table / sizeof *table};
