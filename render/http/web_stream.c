/* SPDX-License-Identifier: ISC */
/* web_stream: see web_stream.h. The queue holds blobs; the connection rests while it is empty. */
#include "render/http/web_stream.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "render/http/site.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"
#include "render/http/web_rest.h"

enum {
    BLOCK_BYTES = 4096, /* asked for at a time */
};

struct piece {
    struct piece *next;
    struct blob *blob;
};

struct web_stream {
    struct web_request *request; /* not in finish: it may be over before the answer is */
    struct counts *counts;
    struct piece *first, **last;
    size_t at;     /* how much of the first has been taken */
    size_t queued; /* bytes that wait */
    bool over;
};

static void drop_first(struct web_stream *stream)
{
    struct piece *piece = stream->first;
    stream->first = piece->next;
    if (!stream->first)
        stream->last = &stream->first;
    stream->at = 0;
    blob_release(piece->blob);
    free(piece);
}

static ssize_t take(void *context, uint64_t position, char *bytes, size_t room)
{
    struct web_stream *stream = context;
    if (stream->over || stream->request->gone)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t taken = 0;
    while (stream->first && taken < room) {
        const struct blob *blob = stream->first->blob;
        size_t n = blob->len - stream->at < room - taken ? blob->len - stream->at : room - taken;
        memcpy(bytes + taken, blob->bytes + stream->at, n);
        taken += n;
        stream->at += n;
        stream->queued -= n;
        if (stream->at == blob->len)
            drop_first(stream);
    }
    if (taken > 0)
        return (ssize_t)taken;
    web_rest(stream->request);
    return 0;
}

/* The answer is over: so is the stream. */
static void finish(void *context)
{
    struct web_stream *stream = context;
    while (stream->first)
        drop_first(stream);
    stream->counts->streams--;
    free(stream);
}

struct web_stream *web_stream_begin(struct web_request *request, const char *type)
{
    if (request->head) {
        web_reply(request, &(struct web_reply){.status = 200, .type = type});
        return NULL;
    }
    struct web_stream *stream = calloc(1, sizeof *stream);
    struct MHD_Response *response =
        stream
            ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, take, stream, finish)
            : NULL;
    if (!response) {
        free(stream);
        web_reply_error(request, 500, "out of memory");
        return NULL;
    }
    stream->request = request;
    stream->counts = &request->site->counts;
    stream->last = &stream->first;
    stream->counts->streams++;
    MHD_add_response_header(response, "Content-Type", type);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "X-Accel-Buffering", "no"); /* nginx passes it on at once */
    request->streaming = true;
    request->answered = true;
    request->status = 200;
    request->response = response;
    web_wake(stream->request);
    return stream;
}

void web_stream_write(struct web_stream *stream, struct blob *blob)
{
    struct piece *piece = malloc(sizeof *piece);
    if (!piece || stream->queued + blob->len > WEB_STREAM_MAX) {
        free(piece);
        stream->over = true;
    } else if (blob->len == 0) {
        free(piece);
    } else {
        *piece = (struct piece){NULL, blob_hold(blob)};
        *stream->last = piece;
        stream->last = &piece->next;
        stream->queued += blob->len;
    }
    web_wake(stream->request);
}
