/* SPDX-License-Identifier: ISC */
/* http: see http.h. */
#include "http/http.h"

#include <stdlib.h>
#include <string.h>

void http_wait(struct http *http, const struct conn_ops *ops, void *work, uint64_t deadline_us)
{
    http->work = work;
    http->conn->ops = ops;
    stream_watch(&http->stream, STREAM_REST);
    if (deadline_us > 0)
        conn_set_deadline(http->conn, deadline_us);
    else
        http->conn->deadline_us = 0;
}

void http_drop_output(struct http *http)
{
    struct http_output *output = &http->output;
    free(output->head);
    if (output->release)
        output->release(output->owned);
    memset(output, 0, sizeof *output);
}

void http_drop_input(struct http *http)
{
    free(http->input);
    http->input = NULL;
    http->input_len = http->used = http->head_len = http->scanned = 0;
    /* What of the request pointed into it: its path and query, and its fields. */
    http->request.path = http->request.query = "";
    http->request.path_len = http->request.query_len = 0;
    http->request.authority = NULL;
    http->request.n_fields = 0;
}

void http_free(struct http *http)
{
    http_drop_output(http);
    http_drop_input(http);
    free(http->cors);
    free(http);
}
