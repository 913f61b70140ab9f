/* SPDX-License-Identifier: ISC */
/* stencil_link: see stencil_link.h. */
#include "render/http/stencil_link.h"

#include <stdio.h>
#include <string.h>

enum { HOST_MAX = 255, TITLE_CHARS = 8 };

/* Everything but what stands for itself in a query, as %XX. */
static void encode(char *out, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";
    for (; *text; text++)
        if (strchr(plain, *text))
            *out++ = *text;
        else
            out += sprintf(out, "%%%02X", (unsigned char)*text);
    *out = '\0';
}

static bool is_host(const char *host)
{
    const size_t len = strlen(host);
    return len > 0 && len <= HOST_MAX &&
           strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_") ==
               len;
}

bool stencil_link(char link[STENCIL_LINK_BYTES], const char *canvas, const char *host, bool secure,
                  const char *id)
{
    char url[HOST_MAX + 128], encoded[3 * sizeof url];
    if (!is_host(host))
        return false;
    snprintf(url, sizeof url, "%s://%s/images/%.64s/stencil", secure ? "https" : "http", host, id);
    encode(encoded, url);
    return snprintf(link, STENCIL_LINK_BYTES, "%s#template=%s&title=%.*s", canvas, encoded,
                    TITLE_CHARS, id) < STENCIL_LINK_BYTES;
}
