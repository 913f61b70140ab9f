/* SPDX-License-Identifier: ISC */
/* handshake: see handshake.h. */
#include "ws/handshake.h"

#include <string.h>
#include <strings.h>

#include "http/cors.h"
#include "http/field.h"
#include "http/http.h"
#include "http/reply.h"
#include "net/loop_state.h"
#include "net/websocket.h"

enum { KEY_BYTES = 24 }; /* Sec-WebSocket-Key: 16 bytes in base64 */

bool handshake_wanted(const struct http *http)
{
    return request_list_has(&http->request, "upgrade", "websocket");
}

static bool refuse(struct http *http, unsigned status, const char *extra, const char *error)
{
    reply_error(http, (struct reply){.status = status, .extra = extra, .close = true}, error);
    return false;
}

static bool good_key(const char *key)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return key && strlen(key) == KEY_BYTES && strspn(key, letters) == KEY_BYTES - 2 &&
           strcmp(key + KEY_BYTES - 2, "==") == 0;
}

bool handshake_check(struct http *http)
{
    const struct request *request = &http->request;
    const char *upgrade = request_field(request, "upgrade");
    const char *version = request_field(request, "sec-websocket-version");
    if (strcasecmp(upgrade, "websocket") != 0 || request_count(request, "upgrade") != 1)
        return refuse(http, 400, NULL, "upgrade: expected websocket alone");
    if (!version || strcmp(version, "13") != 0)
        return refuse(http, 426, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
                      "sec-websocket-version: expected 13");
    if (request_count(request, "sec-websocket-key") != 1 ||
        !good_key(request_field(request, "sec-websocket-key")))
        return refuse(http, 400, NULL, "sec-websocket-key: expected 16 bytes in base64");
    if (!request_list_has(request, "connection", "upgrade"))
        return refuse(http, 400, NULL, "connection: expected upgrade");
    if (request->http_10 || request->chunked || request->body_len > 0)
        return refuse(http, 400, NULL, "upgrade: expected HTTP/1.1 without a body");
    if (request_count(request, "sec-websocket-protocol") > 0 &&
        !request_list_has(request, "sec-websocket-protocol", PROTOCOL_NAME))
        return refuse(http, 400, NULL, "sec-websocket-protocol: expected " PROTOCOL_NAME);
    /* Over TLS libwebsockets reads the head as well, and hangs up on a bad code. */
    if (http->stream.ssl && memchr(request->query, '%', request->query_len))
        return refuse(http, 400, NULL, "query: expected no %");
    if (!cors_allows(http))
        return refuse(http, 403, NULL, "origin: not allowed");
    if (http->conn->loop->phase != LOOP_RUNS)
        return refuse(http, 503, "Retry-After: 1\r\n", "closed");
    if (!websocket_can_upgrade(http->conn))
        return refuse(http, 400, NULL, "upgrade: expected on a connection of its own");
    return true;
}

void handshake_accept(struct http *http)
{
    const struct request *request = &http->request;
    struct websocket_request upgrade = {
        .key = request_field(request, "sec-websocket-key"),
        .subprotocol = request_count(request, "sec-websocket-protocol") > 0,
    };
    (void)websocket_upgrade(http->conn, &upgrade);
    http_free(http);
}
