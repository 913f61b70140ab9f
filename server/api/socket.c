/* SPDX-License-Identifier: ISC */
/* socket: see socket.h. */
#include "api/socket.h"

#include "api/canvas_path.h"
#include "http/form.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/who_asks.h"
#include "rules/visitor.h"
#include "ws/handshake.h"
#include "ws/ws.h"

enum { FROM_BYTES = 32 }; /* the longest version, and some room to be wrong in */

void socket_get(struct http *http)
{
    const struct request *request = &http->request;
    char value[FROM_BYTES];
    uint64_t version;
    if (!handshake_wanted(http)) {
        reply_error(http, (struct reply){.status = 426, .extra = "Upgrade: websocket\r\n"},
                    "upgrade: expected websocket");
        return;
    }
    if (!handshake_check(http))
        return;
    struct canvas_place *place = canvas_path_find(http);
    struct visitor visitor;
    if (!place || !who_asks(http, &visitor) || !who_asks_counted(http))
        return;
    int len = form_get(request->query, request->query_len, "from", value, sizeof value);
    enum session_from from = FROM_GARBAGE;
    if (len >= 0 || len == FORM_NONE)
        from = session_parse_from(len < 0 ? NULL : value, len < 0 ? 0 : (size_t)len, &version);
    else
        version = 0;
    bool companion =
        form_get(request->query, request->query_len, "companion", value, sizeof value) != FORM_NONE;
    ws_begin(http->conn, place, &visitor, from, version, companion, http->input_len > http->used);
    handshake_accept(http);
}
