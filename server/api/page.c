/* SPDX-License-Identifier: ISC */
/* page: see page.h. */
#include "api/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/field.h"
#include "http/files.h"
#include "http/http.h"
#include "http/own_address.h"
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

/* Answer with the file. `made`: its bytes are this answer's alone, and freed with it. */
static void answer(struct http *http, const struct file *file, bool made)
{
    const char *accept = request_field(&http->request, "accept-encoding");
    const char *match = request_field(&http->request, "if-none-match");
    bool gzip = file->gzip && accept && field_accepts_gzip(accept);
    char etag[sizeof file->etag + 4], vary[48] = "", extra[256];
    /* A strong tag is of the bytes as they are sent, so each coding has its own. */
    if (gzip)
        snprintf(etag, sizeof etag, "%.*s-gz\"", (int)strlen(file->etag) - 1, file->etag);
    else
        snprintf(etag, sizeof etag, "%s", file->etag);
    if (file->gzip || made)
        snprintf(vary, sizeof vary, "Vary: %s%s%s\r\n", file->gzip ? "Accept-Encoding" : "",
                 file->gzip && made ? ", " : "", made ? "Host" : "");
    snprintf(extra, sizeof extra, "ETag: %s\r\nCache-Control: %s\r\n%s%s", etag,
             file->immutable ? "public, max-age=31536000, immutable" : "no-cache", vary,
             gzip ? "Content-Encoding: gzip\r\n" : "");
    uint8_t *sent = (uint8_t *)(uintptr_t)(gzip ? file->gzip : file->bytes);
    if (made)
        free((void *)(uintptr_t)(gzip ? file->bytes : file->gzip));
    reply_send(http, (struct reply){
                         .status = match && field_none_match(match, etag) ? 304 : 200,
                         .type = file->type,
                         .extra = extra,
                         .body = sent,
                         .len = gzip ? file->gzip_len : file->len,
                         .release = made ? free : NULL,
                         .owned = made ? sent : NULL,
                     });
}

void page_get(struct http *http)
{
    const struct file *file = find(http);
    char address[OWN_ADDRESS_BYTES];
    struct file made;
    if (!file->own_address) {
        answer(http, file, false);
        return;
    }
    /* Nobody has told us our address: it is what the request calls us, else a path. */
    if (files_readdress(file, own_address(http, address) ? address : "/", &made) != 0)
        reply_send(http, (struct reply){.status = 503, .extra = "Retry-After: 1\r\n"});
    else
        answer(http, &made, true);
}
