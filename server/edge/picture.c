/* SPDX-License-Identifier: ISC */
/* picture: GET /canvas.png. Who comes while the picture is being made waits; all get the same
 * bytes. */
#include <libwebsockets.h>
#include <stdio.h>

#include "edge/handlers.h"
#include "edge/http.h"
#include "edge/loop_state.h"
#include "edge/parse.h"

enum {
    WAIT_US = 5 * 1000 * 1000, /* for a fresh picture; then an older one is better than none */
};

static int answer(struct conn *conn, struct snapshot *snapshot, bool fresh)
{
    char match[1024] = "", extra[384];
    if (lws_hdr_copy(conn->wsi, match, sizeof match, WSI_TOKEN_HTTP_IF_NONE_MATCH) < 0)
        match[0] = '\0';
    snprintf(extra, sizeof extra,
             "ETag: %s\r\nX-Canvas-Version: %llu\r\nCache-Control: %s\r\n"
             "Access-Control-Allow-Origin: *\r\n"
             "Access-Control-Expose-Headers: X-Canvas-Version\r\n",
             snapshot->etag, (unsigned long long)snapshot->version,
             fresh ? "public, max-age=1, stale-while-revalidate=5" : "no-cache");
    return reply_send(conn,
                      (struct reply){.status = parse_none_match(match, snapshot->etag) ? 304 : 200,
                                     .type = "image/png",
                                     .extra = extra,
                                     .body = snapshot->png,
                                     .len = snapshot->len,
                                     .snapshot = snapshot});
}

int picture_request(struct conn *conn)
{
    struct snapshot *snapshot = snapshots_get(conn->loop->config.snapshots);
    if (snapshot)
        return answer(conn, snapshot, true);
    conn->kind = CONN_PICTURE;
    conn->deadline_us = env_now_us(conn->loop->config.env) + WAIT_US;
    lws_set_timeout(conn->wsi, NO_PENDING_TIMEOUT, 0); /* the deadline is ours */
    conn_pause(conn);
    return 0;
}

int picture_writable(struct conn *conn)
{
    struct snapshots *snapshots = conn->loop->config.snapshots;
    struct snapshot *snapshot = snapshots_get(snapshots);
    if (snapshot)
        return answer(conn, snapshot, true);
    if (!conn->late) {
        conn_pause(conn); /* the one after this one, then */
        return 0;
    }
    snapshot = snapshots_newest(snapshots);
    if (snapshot)
        return answer(conn, snapshot, false);
    return reply_error(conn, (struct reply){.status = 503, .extra = "Retry-After: 1\r\n"},
                       "no picture yet");
}

void picture_ready(struct loop *loop)
{
    struct snapshot *snapshot = snapshots_newest(loop->config.snapshots);
    if (snapshot)
        place_set_picture_bytes(loop->place, snapshot->len);
    snapshot_release(snapshot);
    for (struct conn *conn = loop->http; conn; conn = conn->next) {
        if (conn->kind == CONN_PICTURE)
            conn_want_writable(conn);
    }
}
