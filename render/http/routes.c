/* SPDX-License-Identifier: ISC */
/* routes: see routes.h. The first row that fits counts: what is asked for most stands first. */
#include "render/http/routes.h"

#include "render/http/about.h"
#include "render/http/admin.h"
#include "render/http/admin_batch.h"
#include "render/http/admin_dead.h"
#include "render/http/admin_estimate.h"
#include "render/http/admin_workers.h"
#include "render/http/events.h"
#include "render/http/health.h"
#include "render/http/images.h"
#include "render/http/maps.h"
#include "render/http/metrics.h"
#include "render/http/metrics_json.h"
#include "render/http/pages.h"
#include "render/http/tiles.h"
#include "render/http/upload.h"

static const struct web_route table[] = {
    {WEB_GET, "/mandelbrot/*", .handle = tiles_get},
    {WEB_GET, "/julia/*", .handle = tiles_get},
    {WEB_GET, "/map/*/tilejson.json", .handle = tilejson_get},
    {WEB_GET, "/map/*", .handle = tiles_get},
    {WEB_GET, "/images/*/original", .handle = image_original_get},
    {WEB_GET, "/images/*/*", .handle = tiles_get},
    {WEB_GET, "/images/*", .handle = image_get},
    {WEB_GET, "/images", .handle = images_get},
    {WEB_POST, "/upload", .body = WEB_BODY_STREAM, .handle = upload_post, .begin = upload_begin,
     .data = upload_data},

    {WEB_GET, "/render.json", .handle = about_get},
    {WEB_GET, "/events", .handle = events_get},
    {WEB_GET, "/metrics/json", .handle = metrics_json_get},

    {WEB_GET, "/metrics", .admin = true, .handle = metrics_get},
    {WEB_GET, "/healthz", .admin = true, .handle = health_get},
    {WEB_GET, "/readyz", .admin = true, .handle = readiness_get},
    {WEB_POST, "/admin/scale", .admin = true, .body = WEB_BODY_JSON, .handle = admin_scale_post},
    {WEB_POST, "/admin/batch", .admin = true, .body = WEB_BODY_JSON, .handle = admin_batch_post},
    {WEB_POST, "/admin/batch/cancel", .admin = true, .body = WEB_BODY_JSON,
     .handle = admin_batch_cancel_post},
    {WEB_POST, "/admin/batch/resume", .admin = true, .body = WEB_BODY_JSON,
     .handle = admin_batch_resume_post},
    {WEB_GET, "/admin/workers", .admin = true, .handle = admin_workers_get},
    {WEB_GET, "/admin/batches", .admin = true, .handle = admin_batches_get},
    {WEB_POST, "/admin/estimate", .admin = true, .body = WEB_BODY_JSON,
     .handle = admin_estimate_post},
    {WEB_GET, "/admin/dead", .admin = true, .handle = admin_dead_get},
    {WEB_POST, "/admin/dead/requeue", .admin = true, .body = WEB_BODY_JSON,
     .handle = admin_dead_requeue_post},
    {WEB_POST, "/admin/reload", .admin = true, .body = WEB_BODY_JSON, .handle = admin_reload_post},

    {WEB_GET, "/*", .handle = pages_get},
    {WEB_GET, "/", .handle = pages_get},
};

const struct web_routes routes = {table, sizeof table / sizeof *table};
