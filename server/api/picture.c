/* SPDX-License-Identifier: ISC */
/* picture: see picture.h. */
#include "api/picture.h"

#include <stdio.h>

#include "derived/snapshot.h"
#include "http/field.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "net/loop_state.h"

enum {
    WAIT_US = 5 * 1000 * 1000, /* for a fresh picture; then an older one is better than none */
};

static void release(void *snapshot)
{
    snapshot_release(snapshot);
}

static void answer(struct http *http, struct snapshot *snapshot, bool fresh)
{
    const char *match = request_field(&http->request, "if-none-match");
    char extra[256];
    snprintf(extra, sizeof extra, "ETag: %s\r\nX-Canvas-Version: %llu\r\nCache-Control: %s\r\n",
             snapshot->etag, (unsigned long long)snapshot->version,
             fresh ? "public, max-age=1, stale-while-revalidate=5" : "no-cache");
    bool known = match && field_none_match(match, snapshot->etag);
    reply_send(http, (struct reply){.status = known ? 304 : 200,
                                    .type = "image/png",
                                    .extra = extra,
                                    .body = snapshot->png,
                                    .len = snapshot->len,
                                    .release = release,
                                    .owned = snapshot});
}

static void on_picture(struct conn *conn)
{
    struct http *http = http_of(conn);
    struct snapshot *snapshot = snapshots_get(http->site->snapshots);
    if (snapshot) /* else the one after this one */
        answer(http, snapshot, true);
}

static void on_expired(struct conn *conn)
{
    struct http *http = http_of(conn);
    struct snapshot *snapshot = snapshots_newest(http->site->snapshots);
    if (snapshot)
        answer(http, snapshot, false);
    else
        reply_error(http, (struct reply){.status = 503, .extra = "Retry-After: 1\r\n"},
                    "no picture yet");
}

static void on_closed(struct conn *conn)
{
    http_free(http_of(conn));
}

static const struct conn_ops waiting_ops = {
    .picture = on_picture, .expired = on_expired, .closed = on_closed};

void picture_get(struct http *http)
{
    struct snapshot *snapshot = snapshots_get(http->site->snapshots);
    if (snapshot)
        answer(http, snapshot, true);
    else
        http_wait(http, &waiting_ops, NULL, WAIT_US);
}

void picture_ready(struct loop *loop)
{
    struct snapshot *snapshot = snapshots_newest(loop->config.site->snapshots);
    if (snapshot)
        shard_set_picture_bytes(loop->shard, snapshot->len);
    snapshot_release(snapshot);
    conn_picture(loop);
}
