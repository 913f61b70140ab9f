/* SPDX-License-Identifier: ISC */
/* pages: see pages.h. */
#include "render/http/pages.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "http/field.h"
#include "http/files.h"
#include "render/http/site.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"

enum { PATH_BYTES = 256 };

/* A page has its name without ".html" as well. */
static const struct file *find(const struct web_request *request)
{
    char path[PATH_BYTES];
    const struct files *files = request->site->files;
    if (!files || request->path_len + sizeof ".html" > sizeof path)
        return NULL;
    memcpy(path, request->path, request->path_len);
    path[request->path_len] = '\0';
    const struct file *file = files_find(files, path);
    if (file || strchr(path, '.'))
        return file;
    strcat(path, ".html");
    return files_find(files, path);
}

void pages_get(struct web_request *request)
{
    const struct file *file = find(request);
    if (!file) {
        web_reply_error(request, 404, "there is nothing by this name");
        return;
    }
    const char *accept = web_field(request, "Accept-Encoding");
    bool gzip = file->gzip && accept && field_accepts_gzip(accept);
    char etag[sizeof file->etag + 4];
    /* A strong tag is of the bytes as they are sent, so each coding has its own. */
    if (gzip)
        snprintf(etag, sizeof etag, "%.*s-gz\"", (int)strlen(file->etag) - 1, file->etag);
    else
        snprintf(etag, sizeof etag, "%s", file->etag);
    struct web_header more[5] = {
        {"Content-Security-Policy",
         "default-src 'self'; img-src 'self' blob: data:; frame-ancestors 'self'"},
        {"Referrer-Policy", "same-origin"},
    };
    size_t n = 2;
    if (file->gzip)
        more[n++] = (struct web_header){"Vary", "Accept-Encoding"};
    if (gzip)
        more[n++] = (struct web_header){"Content-Encoding", "gzip"};
    web_reply(request,
              &(struct web_reply){
                  .status = 200,
                  .type = file->type,
                  .cache = file->immutable ? "public, max-age=31536000, immutable" : "no-cache",
                  .etag = etag,
                  .more = more,
                  .bytes = gzip ? file->gzip : file->bytes,
                  .len = gzip ? file->gzip_len : file->len,
              });
}
