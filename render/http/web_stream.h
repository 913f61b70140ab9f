/* SPDX-License-Identifier: ISC */
/*
 * web_stream: an answer without end, for server-sent events. What is written is queued for the
 * client by reference; who reads so slowly that more than WEB_STREAM_MAX bytes wait is cut off.
 */
#ifndef PLACED_RENDER_HTTP_WEB_STREAM_H
#define PLACED_RENDER_HTTP_WEB_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "render/name/blob.h"

enum { WEB_STREAM_MAX = 4 * 1024 * 1024 };

struct web_request;
struct web_stream;

/* Begin to answer the request (200, no-store) so. The stream ends with the request: forget it in
 * request->ended. NULL: no memory, and it has been answered. HEAD: NULL, too. */
struct web_stream *web_stream_begin(struct web_request *request, const char *type);

/* Queue a blob, of which a holder is taken. */
void web_stream_write(struct web_stream *stream, struct blob *blob);

#endif
