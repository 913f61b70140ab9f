/* SPDX-License-Identifier: ISC */
/* page: see page.h. */
#include "api/page.h"

#include <stdio.h>
#include <string.h>

#include "http/field.h"
#include "http/files.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"

static const struct file *find(const struct http *http)
{
    const struct files *files = http->site->files;
    return files ? files_find(files, http->request.path) : NULL;
}

bool page_exists(const struct http *http)
{
    return find(http) != NULL;
}

void page_get(struct http *http)
{
    const struct file *file = find(http);
    const char *accept = request_field(&http->request, "accept-encoding");
    const char *match = request_field(&http->request, "if-none-match");
    bool gzip = file->gzip && accept && field_accepts_gzip(accept);
    char etag[sizeof file->etag + 4], extra[256];
    /* A strong tag is of the bytes as they are sent, so each coding has its own. */
    if (gzip)
        snprintf(etag, sizeof etag, "%.*s-gz\"", (int)strlen(file->etag) - 1, file->etag);
    else
        snprintf(etag, sizeof etag, "%s", file->etag);
    snprintf(extra, sizeof extra, "ETag: %s\r\nCache-Control: %s\r\n%s%s", etag,
             file->immutable ? "public, max-age=31536000, immutable" : "no-cache",
             file->gzip ? "Vary: Accept-Encoding\r\n" : "",
             gzip ? "Content-Encoding: gzip\r\n" : "");
    reply_send(http, (struct reply){
                         .status = match && field_none_match(match, etag) ? 304 : 200,
                         .type = file->type,
                         .extra = extra,
                         .body = gzip ? file->gzip : file->bytes,
                         .len = gzip ? file->gzip_len : file->len,
                     });
}
