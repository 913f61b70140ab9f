/* SPDX-License-Identifier: ISC */
/* guard: see guard.h. */
#include "edge/guard.h"

#include <stdlib.h>
#include <string.h>

#include "edge/http.h"
#include "edge/loop_state.h"
#include "edge/parse.h"
#include "edge/tls.h"
#include "edge/ws.h"

enum {
    /* A WebSocket's own buffer, for control frames; also the greatest piece of a message that is
     * handed on at once. */
    RX_BYTES = 256,
    TX_BYTES = 128 * 1024, /* the longest write: a frame (63 kB), as event text a third more */
    KEY_BYTES = 24,        /* Sec-WebSocket-Key: 16 bytes in base64 */
    HEADER_VALUE_BYTES = 512,
};

void conn_pause(struct conn *conn)
{
    if (!conn->paused)
        lws_rx_flow_control(conn->wsi, LWS_RXFLOW_REASON_USER_BOOL | LWS_RXFLOW_REASON_APPLIES |
                                           LWS_RXFLOW_REASON_FLAG_PROCESS_NOW);
    conn->paused = true;
}

void conn_want_writable(struct conn *conn)
{
    if (conn->paused)
        lws_rx_flow_control(conn->wsi, LWS_RXFLOW_REASON_USER_BOOL |
                                           LWS_RXFLOW_REASON_APPLIES_ENABLE |
                                           LWS_RXFLOW_REASON_FLAG_PROCESS_NOW);
    conn->paused = false;
    lws_callback_on_writable(conn->wsi);
}

void conn_kill(struct conn *conn)
{
    lws_set_timeout(conn->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
    lws_cancel_service(conn->loop->lws); /* so that the timeout is looked at in this turn */
}

/* A header's value as a string; "" when there is none, NULL when it is too long. */
static const char *header(struct lws *wsi, enum lws_token_indexes token,
                          char value[HEADER_VALUE_BYTES])
{
    value[0] = '\0';
    if (lws_hdr_total_length(wsi, token) == 0)
        return value;
    return lws_hdr_copy(wsi, value, HEADER_VALUE_BYTES, token) < 0 ? NULL : value;
}

bool guard_origin(struct conn *conn)
{
    char origin[HEADER_VALUE_BYTES], host[HEADER_VALUE_BYTES];
    const struct loop_config *config = &conn->loop->config;
    if (lws_hdr_total_length(conn->wsi, WSI_TOKEN_ORIGIN) == 0)
        return true; /* no browser's page: a browser always says */
    if (!header(conn->wsi, WSI_TOKEN_ORIGIN, origin) || !header(conn->wsi, WSI_TOKEN_HOST, host))
        return false;
    for (size_t i = 0; i < config->n_origins; i++) {
        if (strcmp(origin, config->origins[i]) == 0)
            return true;
    }
    return parse_origin_is_host(origin, host);
}

static int refuse(struct conn *conn, unsigned status, const char *extra, const char *error)
{
    /* Nothing of a request before this one holds. */
    conn->head = conn->body = false;
    (void)reply_error(conn, (struct reply){.status = status, .extra = extra, .close = true}, error);
    return -1;
}

/* An upgrade to WebSocket is let through only when nothing is wrong with it, because what
 * libwebsockets refuses by itself it refuses without an answer. 0, or -1 after an answer. */
static int confirm_upgrade(struct conn *conn)
{
    char value[HEADER_VALUE_BYTES];
    struct lws *wsi = conn->wsi;
    /* Not the callback's argument: for an upgrade that it does not know, libwebsockets 4.1 has
     * answered and let go of the headers before it asks. */
    if (lws_hdr_total_length(wsi, WSI_TOKEN_UPGRADE) == 0)
        return -1;
    const char *upgrade = header(wsi, WSI_TOKEN_UPGRADE, value);
    if (conn->admin || !upgrade || strcasecmp(upgrade, "websocket") != 0)
        return refuse(conn, 400, NULL, "upgrade: only websocket is understood, at /ws");
    const char *path = header(wsi, WSI_TOKEN_GET_URI, value);
    if (!path || strcmp(path, "/ws") != 0)
        return refuse(conn, 404, NULL, "not found");
    const char *version = header(wsi, WSI_TOKEN_VERSION, value);
    if (!version || strcmp(version, "13") != 0)
        return refuse(conn, 426, "Sec-WebSocket-Version: 13\r\n",
                      "sec-websocket-version: expected 13");
    if (lws_hdr_total_length(wsi, WSI_TOKEN_KEY) != KEY_BYTES)
        return refuse(conn, 400, NULL, "sec-websocket-key: expected 16 bytes in base64");
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HOST) == 0)
        return refuse(conn, 400, NULL, "host: missing");
    const char *connection = header(wsi, WSI_TOKEN_CONNECTION, value);
    if (!connection || !parse_list_has(connection, "upgrade"))
        return refuse(conn, 400, NULL, "connection: expected upgrade");
    const char *protocols = header(wsi, WSI_TOKEN_PROTOCOL, value);
    if (!protocols || (*protocols && !parse_list_has(protocols, PROTOCOL_NAME)))
        return refuse(conn, 400, NULL, "sec-websocket-protocol: expected " PROTOCOL_NAME);
    if (!guard_origin(conn))
        return refuse(conn, 403, NULL, "origin: not allowed");
    if (conn->loop->phase != LOOP_RUNS)
        return refuse(conn, 503, "Retry-After: 1\r\n", "closed");
    return 0;
}

static void destroyed(struct conn *conn)
{
    struct loop *loop = conn->loop;
    if (conn->kind == CONN_WS) {
        ws_finish(conn);
        loop->n_ws--;
    } else {
        http_finish(conn);
    }
    if (loop->adopting == conn)
        loop->adopting = NULL;
    loop->n_conns--;
    metric_add(loop->config.metrics, connections, -1);
    conn_pool_give(&loop->pool, conn);
}

/* Events of a socket that is, or still is, HTTP. */
static int on_http(struct conn *conn, enum lws_callback_reasons reason, void *in, size_t len)
{
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return http_request(conn, in, len);
    case LWS_CALLBACK_HTTP_BODY:
        return http_body(conn, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return http_body_end(conn);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return http_writable(conn);
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL: /* the transaction is over, or the socket */
    case LWS_CALLBACK_CLOSED_HTTP:
        http_end(conn);
        return 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return confirm_upgrade(conn);
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return ws_request(conn);
    default:
        return 0;
    }
}

static int on_ws(struct conn *conn, enum lws_callback_reasons reason, void *in, size_t len)
{
    switch (reason) {
    case LWS_CALLBACK_ADD_HEADERS:
        return ws_answer(conn, in);
    case LWS_CALLBACK_ESTABLISHED:
        return ws_begin(conn);
    case LWS_CALLBACK_RECEIVE:
        return ws_receive(conn, in, len);
    case LWS_CALLBACK_RECEIVE_PONG:
        ws_pong(conn);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return ws_writable(conn);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
    case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL: /* it begins to close: no more frames */
    case LWS_CALLBACK_CLOSED:                  /* may come without ESTABLISHED */
        ws_finish(conn);
        return 0;
    default:
        return 0;
    }
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    switch (reason) {
    case LWS_CALLBACK_FILTER_NETWORK_CONNECTION: /* we accept by ourselves: nothing comes here */
    case LWS_CALLBACK_RAW_ADOPT:                 /* CONNECT would leave a socket without time-out */
        return -1;
    case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS: /* where the SSL_CTX is handed out */
        tls_keep(lws_context_user(lws_get_context(wsi)), user);
        return 0;
    default:
        break;
    }
    struct conn *conn = wsi ? lws_get_opaque_user_data(wsi) : NULL;
    if (!conn)
        return 0; /* about the context, not about a client */
    conn->wsi = wsi;
    if (reason == LWS_CALLBACK_WSI_DESTROY) {
        destroyed(conn);
        return 0;
    }
    return conn->kind == CONN_WS ? on_ws(conn, reason, in, len) : on_http(conn, reason, in, len);
}

const struct lws_protocols guard_protocols[] = {
    {
        .name = PROTOCOL_NAME,
        .callback = on_event,
        .per_session_data_size = 1, /* without any, libwebsockets leaves out DROP_PROTOCOL */
        .rx_buffer_size = RX_BYTES,
        .tx_packet_size = TX_BYTES,
    },
    {.name = NULL},
};
