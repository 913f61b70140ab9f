/* SPDX-License-Identifier: ISC */
/*
 * lws_idiomatic: a broadcast as the examples of libwebsockets write it: the new message is kept,
 * writability is asked for on all connections, and each one's WRITEABLE callback sends it. Its own
 * poll loop, everything else at its default.
 */
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "sys/descriptors.h"

enum { PAYLOAD_MAX = 1024, HISTORY = 64 };

struct viewer {
    uint64_t next; /* the next message to send */
};

static struct {
    unsigned char bytes[LWS_PRE + PAYLOAD_MAX];
    size_t len;
} history[HISTORY];
static uint64_t newest; /* messages so far */

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    struct viewer *viewer = user;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        viewer->next = newest;
        return 0;
    case LWS_CALLBACK_RECEIVE:
        if (len > PAYLOAD_MAX || !lws_is_final_fragment(wsi))
            return -1;
        memcpy(history[newest % HISTORY].bytes + LWS_PRE, in, len);
        history[newest % HISTORY].len = len;
        newest++;
        lws_callback_on_writable_all_protocol(lws_get_context(wsi), lws_get_protocol(wsi));
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        if (viewer->next == newest)
            return 0;
        if (newest - viewer->next > HISTORY)
            return -1; /* too far behind */
        unsigned char *bytes = history[viewer->next % HISTORY].bytes;
        int wanted = (int)history[viewer->next % HISTORY].len;
        if (lws_write(wsi, bytes + LWS_PRE, (size_t)wanted, LWS_WRITE_BINARY) < wanted)
            return -1;
        if (++viewer->next < newest)
            lws_callback_on_writable(wsi);
        return 0;
    default:
        return 0;
    }
}

int main(int argc, char **argv)
{
    standard_descriptors_open();
    static const struct lws_protocols protocols[] = {
        {.name = "bench",
         .callback = on_event,
         .per_session_data_size = sizeof(struct viewer),
         .rx_buffer_size = PAYLOAD_MAX},
        {.name = NULL}};
    struct rlimit limit;
    if (argc != 2) {
        fprintf(stderr, "usage: lws_idiomatic PORT\n");
        return 2;
    }
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    lws_set_log_level(LLL_ERR, NULL);
    struct lws_context_creation_info info = {
        .port = atoi(argv[1]), .iface = "127.0.0.1", .protocols = protocols};
    struct lws_context *context = lws_create_context(&info);
    if (!context)
        return 1;
    while (lws_service(context, 0) >= 0)
        ;
    lws_context_destroy(context);
    return 0;
}
