/* SPDX-License-Identifier: ISC */
/* library: see library.h. */
#include "net/library.h"

#include <libwebsockets.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "net/loop_state.h"
#include "net/tls.h"
#include "sys/diag.h"

enum {
    READ_BYTES = 16 * 1024,   /* read from a socket at once; also holds a handshake's answer */
    HEADER_BYTES = 12 * 1024, /* more than the longest head that we let through */
    TIMEOUT_SECONDS = 10,
};

static void lws_says(int level, const char *line)
{
    diag_warn("libwebsockets: %.*s", (int)strcspn(line, "\n"), line);
}

static void set_log(void)
{
    lws_set_log_level(LLL_ERR, lws_says);
}

int library_open(struct loop *loop, const struct lws_protocols *protocols,
                 char error[LOOP_ERROR_BYTES])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    /* All zero: no validity checks. The default keeps a sorted list of timers in which every pong
     * walks past all others; we ping by ourselves. */
    static const lws_retry_bo_t no_policy;
    void *foreign[1] = {loop->ev};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER, /* listen.c does that */
        .protocols = protocols,
        .options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME |
                   LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .foreign_loops = foreign,
        .user = loop,
        .pt_serv_buf_size = READ_BYTES,
        .max_http_header_data2 = HEADER_BYTES,
        .timeout_secs = TIMEOUT_SECONDS,
        .timeout_secs_ah_idle = TIMEOUT_SECONDS,
        .retry_and_idle_policy = &no_policy,
    };
    struct lws_context_creation_info with_tls = info;
    if (tls_set(loop, &with_tls, error) != 0)
        return -1;
    info.options = with_tls.options;
    info.provided_client_ssl_ctx = with_tls.provided_client_ssl_ctx;
    pthread_once(&once, set_log);
    loop->lws = lws_create_context(&info);
    if (loop->lws) {
        info.vhost_name = "plain";
        loop->plain_vhost = lws_create_vhost(loop->lws, &info);
        with_tls.vhost_name = "tls";
        if (loop->config.tls_cert)
            loop->tls_vhost = lws_create_vhost(loop->lws, &with_tls);
    }
    if (!loop->plain_vhost || (loop->config.tls_cert && !loop->tls_vhost)) {
        snprintf(error, LOOP_ERROR_BYTES,
                 "libwebsockets does not start (see the message before; is its libev plugin "
                 "installed?)");
        return -1;
    }
    return 0;
}

static void unset_log(void)
{
    lws_set_log_level(0, NULL);
}

/* It reports every socket that it is handed as an error. */
void library_quieten(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, unset_log);
}

void library_tick(struct loop *loop)
{
    /* libwebsockets' libev plugin re-arms its timer only after I/O, and never earlier than it was
     * set: without this nudge a silent connection on a quiet server would not time out. */
    lws_cancel_service(loop->lws);
}

void library_close(struct loop *loop)
{
    lws_context_destroy(loop->lws); /* sessions leave the shard in its callbacks */
    loop->lws = NULL;
}
